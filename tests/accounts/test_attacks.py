"""What somebody tries who is not supposed to get in, or not so far."""

from urllib.parse import quote

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import second_factor
from accounts.models import Session, User
from desk import previews
from desk.models import AuditEntry, Link, PreviewLink
from events.models import Registration
from exchange.models import Mail
from practices.models import Practice
from tests import factories
from tests.accounts.signing_in import code, is_in, recovery_codes, sign_in, with_app
from tests.accounts.test_roles import columns
from tests.desk import form_data, url_of
from translations.models import Standing, TranslationDraft

pytestmark = pytest.mark.django_db

LOGIN, CODE, SET_UP = "/admin/login/", "/admin/login/code/", "/admin/account/second-factor/"
CONFIRM, REMOVE, RESET = "/admin/account/confirm/", "/admin/account/second-factor/remove/", "/admin/password/"


# --- Sessions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_app", [False, True])
def test_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in(client, has_app):
    editor = factories.editor()
    if has_app:
        with_app(editor)
    planted = client.session
    planted["planted"] = "yes"
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    sign_in(client)
    if has_app:
        client.post(CODE, {"code": code()})
    assert is_in(client)
    assert Session.objects.get(user=editor).session_key != planted.session_key
    stranger = type(client)()
    stranger.cookies["sessionid"] = planted.session_key
    assert not is_in(stranger)


def test_whoever_is_put_out_of_use_is_out_at_once_and_for_good(client):
    editor = factories.editor()
    sign_in(client)
    administrator = type(client)()
    administrator.force_login(factories.administrator())
    data = form_data(administrator.get(url_of(editor)), is_active=None)
    data = {name: value for name, value in data.items() if name != "is_active"}
    assert administrator.post(url_of(editor), data).status_code == 302
    assert not is_in(client)
    assert AuditEntry.objects.latest("pk").about.startswith("editor: active: + → –")
    editor.is_active = True
    editor.save()
    assert not is_in(client)


def test_whoever_is_put_out_of_use_between_two_steps_does_not_get_in(client):
    editor = with_app(factories.editor())
    sign_in(client)
    type(editor).objects.update(is_active=False)
    client.post(CODE, {"code": code()})
    assert not is_in(client)


# --- Other sites ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [LOGIN, CODE, RESET, CONFIRM, SET_UP, REMOVE, "/admin/account/"])
def test_another_site_cannot_send_a_form_of_ours(client, page):
    with_app(factories.editor())
    sign_in(client)
    client.post(CODE, {"code": code()})
    forging = type(client)(enforce_csrf_checks=True)
    forging.cookies = client.cookies
    sent = {"username": "editor", "password": factories.PASSWORD, "code": "1", "others": ""}
    assert forging.post(page, sent).status_code == 403


@pytest.mark.parametrize(
    "elsewhere",
    [
        *(
            "//e.example",
            "///e.example",
            "/\\e.example",
            "\\\\e.example",
            "\t//e.example",
            "//testserver@e.example",
        ),
        *("https://e.example", "https:e.example", "http:///e.example", "javascript:alert(1)", "\0"),
    ],
)
def test_nobody_is_sent_to_another_site(client, elsewhere):
    factories.editor()
    ends = [sign_in(client, next=elsewhere).headers["Location"]]
    again = client.post(f"{CONFIRM}?next=x", {"password": factories.PASSWORD, "next": elsewhere})
    ends.append(again.headers["Location"])
    client.logout()
    with_app(factories.translator())
    sign_in(client, "translator", next=elsewhere)
    ends.append(client.post(CODE, {"code": code()}).headers["Location"])
    ends.append(client.post(reverse("admin:logout"), {"next": elsewhere}).headers.get("Location", "/"))
    foreign = [end for end in ends if "e.example" in end or ":" in end or not end.startswith("/")]
    assert foreign == []


# --- A new password -------------------------------------------------------------------------------


def test_the_link_of_a_mail_leads_to_the_portal_whatever_host_was_asked(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    factories.editor(email="editor@example.org")
    hosts = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert client.post(RESET, {"email": "editor@example.org"}, headers=hosts).status_code == 302
    body = Mail.objects.get().letter["body"]
    assert f"{settings.SITE_URL}/admin/password/" in body
    assert "evil.example" not in body


def test_asking_for_a_new_password_does_not_tell_who_has_an_account(client):
    factories.editor(email="editor@example.org")
    factories.user(username="former", email="former@example.org", is_active=False)
    answers = [
        client.post(RESET, {"email": f"{name}@example.org"}) for name in ("editor", "former", "nobody")
    ]
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {(302, f"{RESET}sent/")}
    assert [mail.letter["to"] for mail in Mail.objects.all()] == ["editor@example.org"]


@pytest.mark.parametrize("password", ["short", "123456789012345", "password1234", "unforgettable-editor"])
def test_weak_passwords_are_refused_wherever_one_is_set(client, password):
    factories.editor(username="unforgettable-editor", email="editor@example.org")
    client.post(RESET, {"email": "editor@example.org"})
    link = next(word for word in Mail.objects.get().letter["body"].split() if "/admin/password/" in word)
    page = client.get("/" + link.partition("://")[2].partition("/")[2]).headers["Location"]
    twice = {"new_password1": password, "new_password2": password}
    assert client.post(page, twice).context["form"].errors
    sign_in(client, "unforgettable-editor")
    own = client.post("/admin/password_change/", twice | {"old_password": factories.PASSWORD})
    assert own.context["form"].errors
    client.force_login(factories.administrator())
    new = {"username": "unforgettable-editor2", "usable_password": "true", "interface_language": "en"}
    made = client.post("/admin/accounts/user/add/", new | {"password1": password, "password2": password})
    assert made.context["adminform"].form.errors


def test_an_unattended_computer_of_an_administrator_does_not_give_away_their_password(client):
    administrator = factories.administrator()
    client.force_login(administrator)
    page = f"/admin/accounts/user/{administrator.pk}/password/"
    twice = {"password1": "a new one of many signs", "password2": "a new one of many signs"}
    for response in (client.get(page), client.post(page, twice | {"usable_password": "true"})):
        assert response.headers["Location"] == "/admin/password_change/"
    administrator.refresh_from_db()
    assert administrator.check_password(factories.PASSWORD)


# --- The second factor ----------------------------------------------------------------------------


def test_the_code_that_set_the_second_factor_up_does_not_sign_in(client):
    factories.editor()
    sign_in(client)
    secret = client.get(SET_UP).context["form"].secret
    seen = code(secret)
    client.post(SET_UP, {"code": seen})
    client.logout()
    sign_in(client)
    assert client.post(CODE, {"code": seen}).context["form"].errors
    assert not is_in(client)


def test_a_second_factor_is_not_removed_without_a_fresh_proof(client):
    editor = with_app(factories.editor())
    client.force_login(editor)
    for page in (REMOVE, "/admin/account/codes/new/"):
        assert client.post(page).headers["Location"].startswith(CONFIRM)
    client.post("/admin/account/", {"second-factor": ""})
    assert second_factor.app_of(editor)
    assert second_factor.codes_left(editor) == 10


def test_an_administrator_without_a_second_factor_gets_nowhere_by_asking_for_parts_or_data(client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    draft = factories.practice(status="draft")
    sign_in_as = factories.administrator()
    client.force_login(sign_in_as)
    for method in (client.get, client.post, client.head, client.put, client.options):
        for headers in (
            {"HX-Request": "true"},
            {"X-Requested-With": "XMLHttpRequest"},
            {"Accept": "text/csv"},
        ):
            for page in ("/admin/desk/auditentry/csv/", "/admin/board/?format=csv", draft.get_absolute_url()):
                assert method(page, headers=headers).headers["Location"] == SET_UP


# --- Forged requests ------------------------------------------------------------------------------


def test_a_translator_does_on_the_board_what_concerns_the_texts_of_their_languages_only(client):
    mine = factories.practice(status="draft", provenance_de="unreviewed", provenance_it="unreviewed")
    client.force_login(factories.translator("de"))
    line = Standing.objects.get(content_type=ContentType.objects.get_for_model(mine), object_id=mine.pk)
    before = columns(mine)
    for action in (
        "published",
        "review",
        "owner",
        "confirm",
        "reviewed-it",
        "reviewed-fr",
        "reviewed-xx",
        "delete",
    ):
        client.post("/admin/board/", {"action": action, "line": [line.pk], "to": "1"})
    assert columns(mine) == before
    client.post("/admin/board/", {"action": "reviewed-de", "line": [line.pk]})
    after = columns(mine)
    assert {name for name in after if after[name] != before[name]} == {"provenance_de", "edited_at"}


def test_a_translator_writes_at_the_workbench_in_their_languages_only(client):
    entry = factories.practice()
    before = columns(entry)
    client.force_login(factories.translator("de"))
    kind = ContentType.objects.get_for_model(entry).pk
    for language in ("it", "fr", "en"):
        response = client.post(
            f"/admin/translate/{kind}/{entry.pk}/{language}/", {"save": "reviewed", "title": "forged"}
        )
        assert response.status_code in (302, 403)
    assert columns(entry) == before
    assert not TranslationDraft.objects.exists()


def test_the_workbench_opens_nothing_but_entries(client):
    editor, clause = factories.editor(), factories.clause()
    client.force_login(editor)
    for record in (editor, clause, factories.registration(), factories.application()):
        kind = ContentType.objects.get_for_model(record).pk
        assert client.get(f"/admin/translate/{kind}/{record.pk}/de/").status_code == 404
    assert client.get(f"/admin/translate/{10**30}/{10**30}/de/").status_code == 404


@pytest.mark.parametrize("lookup", ["owner__password__startswith", "owner__email", "submitted_by__username"])
def test_lists_do_not_answer_questions_about_accounts(client, lookup):
    owner = factories.administrator()
    factories.practice(owner=owner)
    client.force_login(factories.translator())
    assert client.get(url_of(Practice, "changelist"), {lookup: "a"}).status_code == 400


@pytest.mark.parametrize("field", ["owner", "submitted_by", "password", "nonsense", "city__owner"])
def test_what_is_completed_while_typing_tells_nothing_about_accounts(client, field):
    client.force_login(factories.editor())
    asked = {"app_label": "practices", "model_name": "practice", "field_name": field, "term": "e"}
    assert client.get("/admin/autocomplete/", asked).status_code == 403


@pytest.mark.parametrize("junk", ["\0", "x" * 5000, "🏛️", "1e9", str(10**30), "-1"])
def test_junk_in_the_addresses_of_lists_is_no_fault(client, junk):
    factories.practice()
    client.force_login(factories.administrator())
    for model in (Practice, Registration, AuditEntry, Link, User):
        for name in (
            "q",
            "p",
            "o",
            "all",
            "status__exact",
            "state__exact",
            "kind__exact",
            "country",
            "id",
            "\0",
        ):
            response = client.get(url_of(model, "changelist"), {name: junk})
            assert response.status_code in (200, 302, 400), (model, name)
        sent = {"action": "delete_selected", "_selected_action": [junk], "select_across": junk, "index": junk}
        assert client.post(url_of(model, "changelist"), sent).status_code in (200, 302, 400, 403), model
        for page in ("change", "delete", "history"):
            place = url_of(model, "changelist") + f"{quote(junk)}/{page}/"
            assert client.get(place).status_code in (302, 403, 404), place


def test_a_file_and_a_preview_link_are_no_keys_to_those_of_others(client):
    one, other = factories.practice(status="draft"), factories.practice(status="draft")
    editor = factories.editor()
    link = previews.make_link(other, by=editor, days=1)
    client.force_login(editor)
    client.post(f"/admin/practices/practice/{one.pk}/previews/", {"revoke": link.pk})
    assert list(PreviewLink.objects.all()) == [link]
    sent = {"file": SimpleUploadedFile("a.csv", b"slug\nx\n"), "table": "practices.practice"}
    preview = client.post("/admin/exchange/table/import/", sent).headers["Location"]
    assert client.get(preview).status_code == 200
    client.force_login(factories.translator())
    assert client.get(preview).headers["Location"] == "/admin/exchange/table/import/"


# --- The audit log --------------------------------------------------------------------------------


def test_the_log_holds_no_secret(client):
    editor = with_app(factories.editor())
    typed = ["my secret phrase", "wrong secret", "123456"]
    # The password in the place of the name.
    sign_in(client, "my secret phrase", "x")
    sign_in(client, "editor", "wrong secret")
    sign_in(client)
    client.post(CODE, {"code": "123456"})
    right = code()
    client.post(CODE, {"code": right})
    client.post(CONFIRM, {"password": "wrong secret"})
    client.post(CONFIRM, {"password": factories.PASSWORD})
    client.post("/admin/account/codes/new/")
    new = "another secret of many signs"
    sent = {"old_password": factories.PASSWORD, "new_password1": new, "new_password2": new}
    client.post("/admin/password_change/", sent)
    secrets = [*typed, right, new, factories.PASSWORD, *recovery_codes(editor)]
    entries = AuditEntry.objects.values_list("kind", "name", "about")
    assert [entry for entry in entries if any(secret in " ".join(entry) for secret in secrets)] == []
    assert ("failed", "", "unknown name") in entries
    assert {kind for kind, _name, _about in entries} == {"failed", "signed_in", "second_factor", "password"}
