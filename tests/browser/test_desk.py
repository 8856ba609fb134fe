"""The secretariat's desk in a real browser: accessible, by keyboard, in the editor's language, and nothing typed is lost."""

import re

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from alliance.publishing import editing
from cities.models import City
from declarations.models import Declaration
from desk import history
from desk.models import Link
from events.models import Event
from practices.models import Practice
from projects.models import Project
from resources.models import Resource
from tests import factories
from tests.accounts.signing_in import code, recovery_codes, with_app
from tests.browser.conftest import PHONE
from tests.browser.test_pages import ON_ONE_DATABASE, WCAG, complaints

pytestmark = pytest.mark.usefixtures("founding_content")

# What Django brings and we do not write: Select2 puts the sign that empties a field into the list of what is chosen.
NOT_OURS = [".select2-selection--multiple .select2-selection__clear"]
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


def follow(page, control):
    """Click, and wait until the page that this leads to is there, with its scripts."""
    with page.expect_navigation():
        control.click()


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
    application = factories.application(declaration=Declaration.objects.get(slug="nice-2017"))
    link = Link.objects.create(url="https://example.org/", state=Link.State.BROKEN, failures=3)
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
        *(change(model.objects.first()) for model in (City, Declaration, Event, Project, Resource)),
        "/admin/declarations/application/",
        change(application),
        "/admin/events/event/add/",
        "/admin/resources/resource/add/",
        "/admin/exchange/texts/import/",
        "/admin/exchange/table/import/",
        "/admin/exchange/mail/",
        "/admin/desk/link/",
        change(link),
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
        ("fr", {}),
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
@pytest.mark.parametrize("language, scheme", [("fr", "light"), ("ru", "dark")])
def test_axe_finds_nothing_on_the_way_in(open_page, language, scheme):
    user = with_app(factories.editor(interface_language=language))
    page = open_page(locale=language, color_scheme=scheme, viewport=PHONE)
    found = []
    for path in ("/admin/password/", "/admin/password/sent/", "/admin/"):
        page.goto(path)
        found += complaints(page, WCAG)
    sign_in(page, "editor", "not the password")
    expect(page.locator(".errornote")).to_be_visible()
    found += complaints(page, WCAG)
    sign_in(page, "editor")
    page.wait_for_url("**/admin/login/code/**")
    found += complaints(page, WCAG)
    page.locator("#id_code").fill(code())
    page.locator("form:has(#id_code) [type=submit]").click()
    page.wait_for_url("**/admin/")
    for path in ("", "codes/", "codes/new/", "second-factor/remove/"):
        page.goto(f"/admin/account/{path}")
        found += complaints(page, WCAG)
    assert (found, len(recovery_codes(user))) == ([], 10)


@ON_ONE_DATABASE
def test_axe_finds_nothing_where_the_desk_says_no(signed_in):
    page = signed_in(factories.translator("ru", interface_language="ru"), viewport=PHONE)
    found = []
    for path, status in {"/admin/desk/auditentry/": 403, "/admin/no-such-page/": 404}.items():
        assert page.goto(path).status == status
        found += complaints(page, WCAG)
    assert found == []


@ON_ONE_DATABASE
def test_axe_finds_nothing_on_the_pages_that_forms_lead_to(signed_in, practice, tmp_path):
    page = signed_in(factories.editor(interface_language="fr"))
    found = []

    def look_at_what_follows(button):
        follow(page, page.locator(button))
        found.extend(complaints(page, WCAG))

    def act(action):
        page.goto("/admin/practices/practice/?q=mamma")
        page.locator("#action-toggle").check()
        page.locator("select[name=action]").select_option(action)
        look_at_what_follows(".actions button")

    def come_back(address, name):
        with page.expect_download() as download:
            page.locator(".submit-row [type=submit]").click()
        file = tmp_path / name
        download.value.save_as(file)
        file.write_bytes(file.read_bytes().replace(practice.title_de.encode(), b"Mammakraft"))
        page.goto(address)
        page.locator("input[type=file]").set_input_files(file)
        look_at_what_follows(".submit-row [type=submit]")
        assert "/preview/" in page.url

    act("delete_selected")
    act("export_table")
    page.locator("[name=format][value=csv]").check()
    come_back("/admin/exchange/table/import/?table=practices.practice", "table.csv")
    act("export_texts")
    page.locator("[name=targets][value=de]").check()
    page.locator("[name=only][value=all]").check()
    come_back("/admin/exchange/texts/import/", "texts.xlf")
    look_at_what_follows(".submit-row [type=submit]")
    page.goto("/admin/practices/practice/add/")
    look_at_what_follows("[name=_save]")
    expect(page.locator(".errornote")).to_be_visible()
    assert found == []


# What a person at the keyboard should reach on the page: one radio button speaks for its group, and one tab for its row.
CONTROLS = """() => {
  const all = [...document.querySelectorAll(":is(a[href], button, input, select, textarea, summary)")];
  const stops = all.filter(each => each.checkVisibility({visibilityProperty: true}) && each.tabIndex >= 0
    && !each.disabled && each.type !== "hidden" && !each.closest(".select2-container"));
  const groups = new Set();
  const wanted = stops.filter(each => {
    if (each.type !== "radio") return true;
    const first = !groups.has(each.name);
    groups.add(each.name);
    return first;
  });
  wanted.forEach(each => {
    const all = each.type === "radio" ? document.getElementsByName(each.name) : [each];
    all.forEach(one => { one.dataset.control = each.id + ":" + wanted.indexOf(each) + ":" + each.outerHTML.slice(0, 80) });
  });
  return wanted.map(each => each.dataset.control);
}"""
# Where the keyboard is, and whether that can be seen.
AT = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return [at.dataset.control ?? "", seen];
}"""


@ON_ONE_DATABASE
@pytest.mark.parametrize("kind", ["index", "list", "form", "board", "translator’s view"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(signed_in, practice, kind):
    page = signed_in(factories.editor(interface_language="fr"))
    addresses = {
        "index": "/admin/",
        "list": "/admin/practices/practice/?q=mamma",
        "form": change(practice),
        "board": "/admin/board/?type=practices.practice&q=mamma",
        "translator’s view": workbench(practice),
    }
    page.goto(addresses[kind])
    wanted = page.evaluate(CONTROLS)
    reached, unseen = [], []
    for _press in range(len(wanted) + 40):
        page.keyboard.press("Tab")
        at, is_seen = page.evaluate(AT)
        reached.append(at)
        if at and not is_seen:
            unseen.append(at)
    in_order = [at for at in dict.fromkeys(reached) if at]
    assert (in_order, unseen) == (wanted, [])


@ON_ONE_DATABASE
def test_the_first_tab_leads_past_the_menu_of_the_desk(signed_in, practice):
    page = signed_in(factories.editor(interface_language="ru"))
    page.goto(change(practice))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content-start"


@ON_ONE_DATABASE
def test_the_arrow_keys_change_the_language_of_a_form(signed_in, practice):
    page = signed_in(factories.editor(interface_language="fr"))
    page.goto(change(practice))
    page.locator("[role=tab][aria-selected=true]").first.focus()
    page.keyboard.press("ArrowRight")
    chosen = page.locator("[role=tab][aria-selected=true]").first
    expect(chosen).to_be_focused()
    expect(page.locator(f"#{chosen.get_attribute('aria-controls')}")).to_be_visible()


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
    follow(page, page.locator(".account form [type=submit]"))
    expect(page.locator("#content")).to_contain_text(recovery_codes(user)[0])

    other = open_page()
    other.goto("/admin/")
    sign_in(other, "editor")
    other.locator("#id_code").fill(recovery_codes(user)[0])
    other.locator("form:has(#id_code) [type=submit]").click()
    expect(other.locator("#site-name")).to_be_visible()
    other.wait_for_url("**/admin/")


# --- Nothing typed is lost ------------------------------------------------------------------------


def type_and_leave(page, practice, words):
    """Type, wait until it is kept, and leave without saving, which has to be confirmed."""
    page.goto(change(practice))
    page.locator("#id_summary_fr").fill(words)
    expect(page.locator("#unsaved-status")).to_be_visible(timeout=15_000)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/admin/")
    assert asked == ["beforeunload"]


def test_leaving_asks_first_and_what_was_typed_is_offered_again(signed_in, practice):
    page = signed_in(factories.editor(interface_language="en"))
    type_and_leave(page, practice, "Un texte que personne n’a enregistré.")
    page.goto(change(practice))
    follow(page, page.locator("#unsaved-offer a"))
    expect(page.locator("#id_summary_fr")).to_have_value("Un texte que personne n’a enregistré.")
    page.locator("[name=meaning][value=wording]").check()
    page.locator("[name=_save]").click()
    page.wait_for_url("**/practices/practice/")
    assert Practice.objects.get(slug=SLUG).summary_fr == "Un texte que personne n’a enregistré."


def test_what_was_typed_can_be_discarded(signed_in, practice):
    page = signed_in(factories.editor(interface_language="en"))
    type_and_leave(page, practice, "Un texte dont personne ne veut.")
    page.goto(change(practice))
    follow(page, page.locator("[form=unsaved-discard]"))
    expect(page.locator("#id_summary_fr")).to_have_value(practice.summary_fr)
    expect(page.locator("#unsaved-offer")).to_have_count(0)


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
        follow(page, page.locator("[name=_save]"))
    expect(other.locator(".conflict")).to_contain_text("Une autre version.")
    expect(other.locator(".conflict")).to_contain_text("Une version.")
    assert complaints(other, WCAG) == []
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
    follow(page, page.locator(f"a.is-missing[href$='/{practice.pk}/de/']"))
    text = page.locator("[data-unit] textarea").first
    text.fill("Mammakraft: Mütter stärken")
    text.press("Control+Enter")
    expect(page.locator("[data-unit] textarea").nth(1)).to_be_focused()
    follow(page, page.locator("[name=save][value=unreviewed]"))
    assert Practice.objects.get(slug=SLUG).provenance("de") == "unreviewed"
    reader = open_page()
    reader.goto(f"/de/practices/{SLUG}/")
    expect(reader.locator("h1")).to_have_text("Mammakraft: Mütter stärken")
    expect(reader.locator(".provenance").first).to_contain_text("Ungeprüfte")


@ON_ONE_DATABASE
def test_a_form_that_takes_its_time_says_so_and_is_sent_once(signed_in):
    page = signed_in(factories.editor(interface_language="en"))
    page.goto("/admin/exchange/texts/import/")
    page.evaluate(
        "document.querySelector('form.exchange').addEventListener('submit', event => event.preventDefault())"
    )
    page.locator("input[type=file]").set_input_files({"name": "a.xlf", "mimeType": "", "buffer": b"x"})
    button = page.locator(".submit-row [type=submit]")
    button.click()
    expect(page.locator(".exchange [role=status]")).to_contain_text("At work.")
    expect(button).to_be_disabled()


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
    follow(page, page.locator(".historylink"))
    expect(page.locator(".history-table tbody tr").first).to_contain_text("By mistake")
    page.locator(".history-table tbody tr").first.locator("a").click()
    expect(page.locator(".differences ins").first).to_contain_text("Erreur.")
    page.go_back()
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
    follow(page, page.locator("[name=revoke]"))
    assert reader.goto(link).status == 404


def test_the_desk_speaks_the_language_of_its_editor(signed_in):
    for language in ("fr", "de", "it", "ru", "tr", "en"):
        page = signed_in(factories.editor(username=f"editor-{language}", interface_language=language))
        page.goto("/admin/")
        assert page.evaluate("document.documentElement.lang") == language
