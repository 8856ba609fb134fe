"""The secretariat's desk in a real browser: accessible, by keyboard, in the editor's language, and nothing typed is lost."""

import re

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from alliance.publishing import editing
from declarations.models import Declaration
from desk import history
from desk.models import Link
from practices.models import Practice
from tests import factories
from tests.accounts.signing_in import code, recovery_codes, with_app
from tests.browser.conftest import PHONE
from tests.browser.test_pages import ON_ONE_DATABASE, WCAG, complaints

pytestmark = pytest.mark.usefixtures("founding_content")

# What Django itself brings and we do not write: the field with which Select2 searches has no name, its list no focus.
NOT_OURS = [".select2-container"]
SLUG = "malmo-mammakraft"


@pytest.fixture
def practice():
    return Practice.objects.get(slug=SLUG)


@pytest.fixture
def signed_in(open_page, live_server):
    """Makes pages of somebody who is signed in at the desk: `signed_in(user, viewport=PHONE)`."""

    def signed_in(user, **options):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        page = open_page(**options)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        return page

    return signed_in


def change(entry):
    return f"/admin/{entry._meta.app_label}/{entry._meta.model_name}/{entry.pk}/change/"


def workbench(entry, language="de"):
    return f"/admin/translate/{ContentType.objects.get_for_model(entry).pk}/{entry.pk}/{language}/"


def pages_of(practice):
    """One address of each kind of page of the desk."""
    with editing(by=User.objects.first(), reason="A shorter summary"):
        practice.summary_fr = "Un résumé plus court."
        practice.source_revision += 1
        practice.save()
    factories.application(declaration=Declaration.objects.get(slug="nice-2017"))
    Link.objects.create(url="https://example.org/", state=Link.State.BROKEN, failures=3)
    revision = history.revisions(Practice, practice.pk)[0]
    entry = change(practice).removesuffix("change/")
    return [
        "/admin/",
        "/admin/board/?type=practices.practice",
        "/admin/contradictions/",
        workbench(practice),
        "/admin/practices/practice/",
        "/admin/practices/practice/add/",
        f"{entry}change/",
        f"{entry}history/",
        f"{entry}history/{revision.pk}/",
        f"{entry}delete/",
        f"{entry}previews/",
        "/admin/practices/practice/deleted/",
        *(change(factory.objects.first()) for factory in (Declaration, type(practice.city))),
        "/admin/declarations/application/",
        "/admin/events/event/add/",
        "/admin/resources/resource/add/",
        "/admin/exchange/texts/import/",
        "/admin/exchange/table/import/",
        "/admin/desk/link/",
        "/admin/desk/auditentry/",
        "/admin/translations/machineuse/",
        "/admin/translations/glossaryterm/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/account/",
        "/admin/account/second-factor/",
        "/admin/password_change/",
    ]


# --- Seen, heard and reached ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "language, screen",
    [
        ("de", {}),
        ("ru", {"viewport": PHONE, "color_scheme": "dark"}),
    ],
    ids=["desktop", "dark phone"],
)
@ON_ONE_DATABASE
def test_axe_finds_nothing_at_the_desk_and_nothing_is_wider_than_the_screen(
    signed_in, practice, language, screen
):
    page = signed_in(factories.administrator(interface_language=language), **screen)
    found, wide = [], []
    for path in pages_of(practice):
        answer = page.goto(path)
        assert answer.status == 200, path
        page.evaluate(
            "selectors => document.querySelectorAll(selectors.join()).forEach(each => each.remove())",
            NOT_OURS,
        )
        found += complaints(page, WCAG)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)
    assert (found, wide) == ([], [])


@ON_ONE_DATABASE
def test_axe_finds_nothing_on_the_way_in(open_page):
    with_app(factories.editor(interface_language="fr"))
    page = open_page()
    page.goto("/admin/")
    found = complaints(page, WCAG)
    sign_in(page, "editor")
    found += complaints(page, WCAG)
    assert found == []


@ON_ONE_DATABASE
def test_the_keyboard_reaches_every_control_of_the_board_and_of_the_translators_view(signed_in, practice):
    page = signed_in(factories.editor(interface_language="fr"))
    for path in ("/admin/board/?type=practices.practice&q=mamma", workbench(practice)):
        page.goto(path)
        wanted = page.evaluate(
            """() => [...document.querySelectorAll("#content :is(a[href], button, input, select, textarea, summary)")]
            .filter(each => each.checkVisibility() && each.type !== "hidden" && each.tabIndex >= 0).length"""
        )
        reached = set()
        for _step in range(wanted + 40):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    """() => { const all = [...document.querySelectorAll("#content :is(a[href], button, input, select, textarea, summary)")];
                    const at = all.indexOf(document.activeElement);
                    return at < 0 || getComputedStyle(document.activeElement).outlineStyle === "none"
                        && getComputedStyle(document.activeElement).boxShadow === "none" ? -1 : at; }"""
                )
            )
        assert len(reached - {-1}) == wanted, path


# --- Signing in -----------------------------------------------------------------------------------


def sign_in(page, name, password=factories.PASSWORD):
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("#login-form [type=submit]").click()


def test_a_second_factor_is_set_up_and_asked_for_and_a_recovery_code_opens_as_well(open_page):
    user = factories.editor(interface_language="en")
    page = open_page()
    page.goto("/admin/account/second-factor/")
    sign_in(page, "editor")
    secret = page.locator(".account-key").inner_text()
    page.locator("#id_code").fill(code(secret))
    page.locator(".account form [type=submit]").click()
    expect(page.locator("#content")).to_contain_text(recovery_codes(user)[0])

    other = open_page()
    other.goto("/admin/")
    sign_in(other, "editor")
    other.locator("#id_code").fill(recovery_codes(user)[0])
    other.locator("form:has(#id_code) [type=submit]").click()
    expect(other.locator("#site-name")).to_be_visible()
    other.wait_for_url("**/admin/")


# --- Nothing typed is lost ------------------------------------------------------------------------


def test_leaving_asks_first_and_what_was_typed_is_offered_again(signed_in, practice):
    page = signed_in(factories.editor(interface_language="en"))
    page.goto(change(practice))
    page.locator("#id_summary_fr").fill("Un texte que personne n’a enregistré.")
    expect(page.locator("#unsaved-status")).to_be_visible(timeout=15_000)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/admin/")
    assert asked == ["beforeunload"]
    page.goto(change(practice))
    page.locator("#unsaved-offer a").click()
    expect(page.locator("#id_summary_fr")).to_have_value("Un texte que personne n’a enregistré.")
    page.locator("[name=meaning][value=wording]").check()
    page.locator("[name=_save]").click()
    page.wait_for_url("**/practices/practice/")
    assert Practice.objects.get(slug=SLUG).summary_fr == "Un texte que personne n’a enregistré."


def test_who_saves_second_chooses_and_nothing_of_either_is_lost(signed_in, practice):
    one = signed_in(factories.editor(username="one", interface_language="en"))
    other = signed_in(factories.editor(username="other", interface_language="en"))
    for page in (one, other):
        page.goto(change(practice))
    one.locator("#id_summary_fr").fill("Une version.")
    other.locator("#id_summary_fr").fill("Une autre version.")
    other.locator("#id_title_de").evaluate("(field, words) => { field.value = words; }", "Ein anderer Titel")
    for page in (one, other):
        page.locator("[name=meaning][value=wording]").check()
        page.locator("[name=_save]").click()
    expect(other.locator(".conflict")).to_contain_text("Une autre version.")
    expect(other.locator(".conflict")).to_contain_text("Une version.")
    assert Practice.objects.get(slug=SLUG).summary_fr == "Une version."
    other.locator("[value=mine][name^='_choice']").first.check()
    other.locator(".conflict .submit-row .default").click()
    other.wait_for_url("**/practices/practice/")
    saved = Practice.objects.get(slug=SLUG)
    assert (saved.summary_fr, saved.title_de) == ("Une autre version.", "Ein anderer Titel")


# --- The work -------------------------------------------------------------------------------------


def test_a_missing_text_is_found_on_the_board_translated_and_read(signed_in, open_page, practice):
    Practice.objects.filter(pk=practice.pk).update(
        title_de="", summary_de="", body_de="", provenance_de="", made_from_revision_de=None
    )
    page = signed_in(factories.translator("de", interface_language="de"))
    page.goto("/admin/board/")
    page.locator("#board-language").select_option("de")
    page.locator("#board-state").select_option("missing")
    page.locator(".board-do [type=submit]").click()
    page.wait_for_url("**state=missing**")
    page.locator(f"a.is-missing[href$='/{practice.pk}/de/']").click()
    text = page.locator("[data-unit] textarea").first
    text.fill("Mammakraft: Mütter stärken")
    text.press("Control+Enter")
    expect(page.locator("[data-unit] textarea").nth(1)).to_be_focused()
    page.locator("[name=save][value=unreviewed]").click()
    page.wait_for_load_state()
    assert Practice.objects.get(slug=SLUG).provenance("de") == "unreviewed"
    reader = open_page()
    reader.goto(f"/de/practices/{SLUG}/")
    expect(reader.locator("h1")).to_have_text("Mammakraft: Mütter stärken")


def test_entries_are_ticked_on_the_board_and_confirmed(signed_in, practice):
    page = signed_in(factories.editor(interface_language="en"))
    page.goto("/admin/board/?type=practices.practice&q=mamma")
    page.locator("[data-all]").check()
    page.locator("#board-action").select_option("confirm")
    page.locator(".board-actions [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Practice.objects.get(slug=SLUG).confirmed_on is not None


def test_a_change_is_seen_word_by_word_and_taken_back_in_one_step(signed_in, practice):
    before = practice.summary_fr
    with editing(by=factories.editor(username="somebody"), reason="By mistake"):
        practice.summary_fr = f"{before} Erreur."
        practice.save()
    page = signed_in(factories.editor(interface_language="en"))
    page.goto(change(practice))
    page.locator(".historylink").click()
    expect(page.locator(".history-table tbody tr").first).to_contain_text("By mistake")
    page.locator(".history-table tbody tr").nth(1).locator("a").click()
    page.locator(".submit-row [type=submit]").click()
    page.wait_for_url(re.compile("/(change|history)/"))
    assert Practice.objects.get(slug=SLUG).summary_fr == before


def test_a_draft_is_read_by_its_link_without_an_account(signed_in, open_page, practice):
    Practice.objects.filter(pk=practice.pk).update(status="draft")
    page = signed_in(factories.editor(interface_language="en"))
    page.goto(change(practice).replace("change", "previews"))
    page.locator("form.desk-actions [type=submit]").click()
    link = page.locator(".preview-list input[type=text]").input_value()
    reader = open_page()
    assert reader.goto(f"/fr/practices/{SLUG}/").status == 404
    assert reader.goto(link).status == 200
    expect(reader.locator("h1")).to_be_visible()
    page.locator("[name=revoke]").click()
    page.wait_for_load_state()
    assert reader.goto(link).status == 404


def test_the_desk_speaks_the_language_of_its_editor(signed_in):
    for language in ("fr", "de", "it", "ru", "tr", "en"):
        page = signed_in(factories.editor(username=f"editor-{language}", interface_language=language))
        page.goto("/admin/")
        assert page.evaluate("document.documentElement.lang") == language
