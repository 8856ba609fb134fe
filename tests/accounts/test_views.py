import base64
import re

import pytest
from django.urls import reverse

from accounts import second_factor
from accounts.models import Session, User
from desk.models import AuditEntry
from tests import factories, post
from tests.accounts.signing_in import code, is_in, recovery_codes, sign_in, with_app
from tests.pages import Document

pytestmark = pytest.mark.django_db

INDEX, LOGIN, CODE, SET_UP = "/admin/", "/admin/login/", "/admin/login/code/", "/admin/account/second-factor/"
OWN, CONFIRM = "/admin/account/", "/admin/account/confirm/"


def log():
    return [(entry.kind, entry.name, entry.about) for entry in AuditEntry.objects.order_by("pk")]


# --- One step -------------------------------------------------------------------------------------


def test_name_and_password_are_enough_without_a_second_factor(client):
    factories.editor()
    response = sign_in(client)
    assert (response.status_code, response.headers["Location"]) == (302, INDEX)
    assert is_in(client)
    assert log() == [("signed_in", "editor", "")]


def test_signing_in_leads_to_the_page_that_was_asked_for_but_not_to_another_site(client):
    factories.editor()
    page = reverse("admin:practices_practice_changelist")
    assert sign_in(client, next=page).headers["Location"] == page
    client.logout()
    assert sign_in(client, next="https://elsewhere.example/").headers["Location"] == INDEX


def test_whoever_is_signed_in_is_not_asked_again(client):
    client.force_login(factories.editor())
    assert client.get(LOGIN).headers["Location"] == INDEX


def test_an_unknown_name_a_wrong_password_and_an_account_out_of_use_are_answered_alike(client):
    factories.editor()
    factories.user(username="former", is_active=False)
    factories.user(username="outsider", is_staff=False)
    answers = [
        sign_in(client, "nobody"),
        sign_in(client, "editor", "wrong"),
        sign_in(client, "former"),
        sign_in(client, "outsider"),
    ]
    errors = {tuple(answer.context["form"].non_field_errors()) for answer in answers}
    assert len(errors) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert [kind for kind, _name, _about in log()] == ["failed"] * 4


@pytest.mark.parametrize("junk", ["\0", "x" * 10_000, "🏛️" * 200, " ", "' OR 1=1 --"])
def test_junk_as_name_or_password_gets_a_message(client, junk):
    assert sign_in(client, junk, "x").context["form"].errors
    assert sign_in(client, "x", junk).context["form"].errors


def test_signing_out_is_noted(client):
    client.force_login(factories.editor())
    client.post(reverse("admin:logout"))
    assert log() == [("signed_in", "editor", ""), ("signed_out", "editor", "")]
    assert not is_in(client)


# --- Two steps ------------------------------------------------------------------------------------


def test_with_a_second_factor_the_password_alone_opens_nothing(client):
    with_app(factories.editor())
    assert sign_in(client).headers["Location"] == CODE
    assert not is_in(client)
    assert AuditEntry.objects.count() == 0
    response = client.post(CODE, {"code": code()})
    assert (response.status_code, response.headers["Location"]) == (302, INDEX)
    assert is_in(client)
    assert log() == [("signed_in", "editor", "")]


def test_the_page_that_was_asked_for_is_remembered_over_the_second_step(client):
    with_app(factories.editor())
    page = reverse("admin:practices_practice_changelist")
    sign_in(client, next=page)
    assert client.post(CODE, {"code": code()}).headers["Location"] == page


def test_spaces_in_a_code_do_not_matter_and_a_clock_may_be_half_a_minute_off(client):
    with_app(factories.editor())
    sign_in(client)
    late = code(steps=-1)
    assert client.post(CODE, {"code": f" {late[:3]} {late[3:]} "}).status_code == 302


def test_the_second_step_cannot_be_reached_without_the_first(client):
    with_app(factories.editor())
    assert client.get(CODE).headers["Location"] == LOGIN
    assert client.post(CODE, {"code": code()}).headers["Location"] == LOGIN
    assert not is_in(client)


@pytest.mark.parametrize("junk", ["", "000000", "\0", "x" * 10_000, "١٢٣٤٥٦", "🏛️"])
def test_a_code_that_is_wrong_gets_a_message(client, junk):
    with_app(factories.editor())
    sign_in(client)
    response = client.post(CODE, {"code": junk})
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["code"])
    assert not is_in(client)


def test_a_code_works_once(client):
    from django.core.cache import cache

    with_app(factories.editor())
    right = code()
    sign_in(client)
    assert client.post(CODE, {"code": right}).status_code == 302
    client.logout()
    sign_in(client)
    # As in another process, which does not know what allauth keeps in the memory of the first.
    cache.clear()
    assert client.post(CODE, {"code": right}).context["form"].errors
    assert not is_in(client)


def test_a_recovery_code_works_once_instead_of_the_telephone(client):
    editor = with_app(factories.editor())
    first = recovery_codes(editor)[0]
    sign_in(client)
    assert client.post(CODE, {"code": first}).status_code == 302
    assert second_factor.codes_left(editor) == 9
    client.logout()
    sign_in(client)
    assert client.post(CODE, {"code": first}).context["form"].errors
    assert not is_in(client)


def test_codes_cannot_be_guessed(client):
    with_app(factories.editor())
    sign_in(client)
    answers = [client.post(CODE, {"code": "000000"}) for _try in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429] * 2
    assert client.post(CODE, {"code": code()}).status_code == 429
    assert [kind for kind, _name, _about in log()] == ["failed"] * 8 + ["locked"]


def fill_in(client, page, **data):
    """Send the form of a page as a browser does, with what it hides in it; `page` is the answer that it came with."""
    inputs = [
        each
        for each in Document(page.content.decode()).all("input")
        if each.attributes.get("type") == "hidden"
    ]
    hidden = {each["name"]: each["value"] for each in inputs}
    return client.post(page.wsgi_request.get_full_path(), hidden | data, follow=True)


def test_every_form_on_the_way_holds_what_keeps_forged_ones_out(client):
    factories.editor()
    client = type(client)(enforce_csrf_checks=True)
    desk = fill_in(client, client.get(LOGIN), username="editor", password=factories.PASSWORD)
    assert desk.status_code == 200
    page = client.get(SET_UP)
    codes = fill_in(client, page, code=code(page.context["form"].secret)).context["unused_codes"]
    assert fill_in(client, client.get(f"{OWN}codes/new/")).context["unused_codes"] != codes
    assert fill_in(client, client.get(OWN), others="").status_code == 200
    removed = fill_in(client, client.get(f"{OWN}second-factor/remove/"))
    assert removed.context["second_factor"] is None
    again = fill_in(client, client.get(f"{CONFIRM}?next={OWN}"), password=factories.PASSWORD)
    assert again.context["account"].username == "editor"
    with_app(again.context["account"])
    fill_in(client, again)
    client.cookies.clear()
    second = fill_in(client, client.get(LOGIN), username="editor", password=factories.PASSWORD)
    right = recovery_codes(again.context["account"])[0]
    assert fill_in(client, second, code=right).wsgi_request.path == INDEX
    assert fill_in(client, client.get("/admin/password/"), email="x@example.org").status_code == 200


# --- Set-up ---------------------------------------------------------------------------------------


def test_the_second_factor_is_set_up_by_a_first_code_and_brings_recovery_codes(client):
    editor = factories.editor()
    sign_in(client)
    page = client.get(SET_UP)
    picture = next(each for each in Document(page.content.decode()).elements if each.tag == "img")
    kind, data = picture["src"].split(",", 1)
    assert kind == "data:image/svg+xml;base64"
    assert b"<svg" in base64.b64decode(data)
    wrong = client.post(SET_UP, {"code": "123"})
    assert list(wrong.context["form"].errors) == ["code"]
    secret = page.context["form"].secret
    assert wrong.context["form"].secret == secret
    response = client.post(SET_UP, {"code": code(secret)})
    assert response.headers["Location"] == "/admin/account/codes/"
    assert second_factor.app_of(editor)
    shown = re.findall(r"<code>(\d{8})</code>", client.get("/admin/account/codes/").content.decode())
    assert shown == recovery_codes(editor)
    assert log()[-1] == ("second_factor", "editor", "set up")


def test_codes_are_shown_and_changed_only_to_whoever_has_just_proved_who_they_are(client):
    client.force_login(with_app(factories.editor()))
    for page in ("codes/", "codes/new/", "codes/download/", "second-factor/remove/"):
        assert (
            client.get(f"{OWN}{page}").headers["Location"]
            == f"{CONFIRM}?next=%2Fadmin%2Faccount%2F{page.replace('/', '%2F')}"
        )
    wrong = client.post(f"{CONFIRM}?next={OWN}codes/", {"password": "wrong"})
    assert list(wrong.context["form"].errors) == ["password"]
    right = client.post(f"{CONFIRM}?next={OWN}codes/", {"password": factories.PASSWORD})
    assert right.headers["Location"] == f"{OWN}codes/"
    assert client.get(f"{OWN}codes/").status_code == 200


def test_recovery_codes_can_be_downloaded_and_made_anew(client):
    editor = with_app(factories.editor())
    client.force_login(editor)
    client.post(f"{CONFIRM}code/?next={OWN}", {"code": code()})
    before = recovery_codes(editor)
    assert client.get(f"{OWN}codes/download/").content.decode().split() == before
    assert client.post(f"{OWN}codes/new/").headers["Location"] == f"{OWN}codes/"
    assert not set(before) & set(recovery_codes(editor))
    assert log()[-1] == ("second_factor", "editor", "new recovery codes")


def test_a_second_factor_is_removed_by_its_owner(client):
    editor = with_app(factories.editor())
    sign_in(client)
    client.post(CODE, {"code": code()})
    assert client.post(f"{OWN}second-factor/remove/").headers["Location"] == OWN
    assert (second_factor.app_of(editor), second_factor.codes_left(editor)) == (None, 0)
    assert log()[-1] == ("second_factor", "editor", "removed")


def test_an_administrator_without_a_second_factor_reaches_nothing_but_its_set_up(client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    administrator = factories.administrator()
    draft = factories.practice(status="draft")
    sign_in(client, "administrator")
    for page in (
        INDEX,
        OWN,
        reverse("admin:accounts_user_changelist"),
        draft.get_absolute_url(),
        "/en/",
        "/sitemap.xml",
    ):
        assert client.get(page).headers["Location"] == SET_UP
        assert client.post(page).headers["Location"] == SET_UP
    secret = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": code(secret)})
    assert second_factor.app_of(administrator)
    assert is_in(client)


def test_others_are_free_to_have_a_second_factor(client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    factories.editor()
    sign_in(client)
    assert is_in(client)


def test_an_administrator_removes_the_second_factor_of_somebody_who_lost_everything(client):
    editor = with_app(factories.editor())
    client.force_login(factories.administrator())
    client.post(f"{OWN}{editor.pk}/", {"second-factor": ""})
    assert second_factor.app_of(editor) is None
    assert log()[-1] == ("second_factor", "administrator", "editor: removed")


def test_the_last_administrator_is_helped_at_the_command_line(client, capsys):
    from django.core.management import CommandError, call_command

    administrator = with_app(factories.administrator())
    call_command("remove_second_factor", "administrator")
    assert second_factor.app_of(administrator) is None
    with pytest.raises(CommandError, match="nobody"):
        call_command("remove_second_factor", "nobody")


# --- Sessions -------------------------------------------------------------------------------------


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


def second_device(django_client):
    """Another browser of the editor."""
    other = type(django_client)(headers={"User-Agent": FIREFOX})
    sign_in(other, address="198.51.100.7")
    return other


def test_people_see_where_they_are_signed_in(client):
    factories.editor()
    sign_in(client)
    second_device(client)
    shown = client.get(OWN).context["sessions"]
    assert [(each["device"], each["network"], each["is_this"]) for each in shown] == [
        ("Firefox on Windows", "198.51.100.0/24", False),
        ("Unknown device", "192.0.2.0/24", True),
    ]
    # The key of a session is as good as a password, and is not shown.
    keys = Session.objects.values_list("session_key", flat=True)
    page = client.get(OWN).content.decode()
    assert [key for key in keys if key in page] == []


def test_a_session_is_ended_from_another(client):
    factories.editor()
    sign_in(client)
    other = second_device(client)
    [foreign] = [each for each in client.get(OWN).context["sessions"] if not each["is_this"]]
    assert is_in(other)
    client.post(OWN, {"end": foreign["key"]})
    assert not is_in(other)
    assert is_in(client)
    assert log()[-1] == ("session", "editor", "")


def test_all_other_sessions_are_ended_at_once(client):
    factories.editor()
    sign_in(client)
    others = [second_device(client), second_device(client)]
    client.post(OWN, {"others": ""})
    assert [is_in(each) for each in [client, *others]] == [True, False, False]


@pytest.mark.parametrize("junk", ["", "\0", "x" * 10_000, "🏛️"])
def test_an_unknown_session_ends_nothing(client, junk):
    client.force_login(factories.editor())
    assert client.post(OWN, {"end": junk}).status_code == 302
    assert is_in(client)


def test_administrators_end_the_sessions_of_others_and_nobody_else_does(client):
    editor = factories.editor()
    theirs = second_device(client)
    client.force_login(factories.translator())
    assert client.get(f"{OWN}{editor.pk}/").status_code == 403
    assert client.post(f"{OWN}{editor.pk}/", {"others": ""}).status_code == 403
    assert is_in(theirs)
    client.force_login(factories.administrator())
    client.post(f"{OWN}{editor.pk}/", {"others": ""})
    assert not is_in(theirs)
    assert is_in(client)
    assert log()[-1] == ("session", "administrator", "editor")


def test_a_session_that_nobody_uses_for_twelve_hours_is_over(client, settings):
    factories.editor()
    sign_in(client)
    session = Session.objects.get()
    idle = session.expire_date - session.seen_at
    assert round(idle.total_seconds() / 3600, 1) == 12
    Session.objects.update(expire_date=session.seen_at)
    assert not is_in(client)


def test_a_session_in_use_goes_on_and_is_written_every_five_minutes_only(
    client, django_assert_num_queries, monkeypatch
):
    factories.editor()
    sign_in(client)
    before = Session.objects.get()
    is_in(client)
    assert Session.objects.get().seen_at == before.seen_at
    monkeypatch.setattr("accounts.sessions.time.time", lambda: before.seen_at.timestamp() + 301)
    is_in(client)
    assert Session.objects.get().expire_date > before.expire_date


def test_the_list_of_sessions_takes_the_same_queries_for_one_and_for_many(
    client, django_assert_max_num_queries
):
    factories.editor()
    sign_in(client)
    with django_assert_max_num_queries(12):
        client.get(OWN)
    for _browser in range(8):
        second_device(client)
    with django_assert_max_num_queries(12):
        client.get(OWN)


# --- Passwords ------------------------------------------------------------------------------------

NEW = "another good password"


def test_changing_the_password_ends_the_other_sessions_and_is_told(client):
    editor = factories.editor(email="editor@example.org", interface_language="de")
    sign_in(client)
    other = second_device(client)
    data = {"old_password": factories.PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post(reverse("admin:password_change"), data).status_code == 302
    assert is_in(client)
    assert not is_in(other)
    assert Session.objects.filter(user=editor).count() == 1
    assert log()[-1] == ("password", "editor", "")
    [mail] = post.delivered()
    assert (mail.to, mail.extra_headers["Content-Language"]) == (["editor@example.org"], "de")


def test_a_new_password_has_twelve_characters_and_an_old_one_still_opens(client):
    factories.editor(password="short")
    assert sign_in(client, password="short").status_code == 302
    data = {"old_password": "short", "new_password1": "elevenchars", "new_password2": "elevenchars"}
    errors = client.post(reverse("admin:password_change"), data).context["form"].errors
    assert "12" in errors["new_password2"][0]


def test_a_password_set_by_an_administrator_ends_all_sessions_of_the_account(client):
    editor = factories.editor()
    theirs = second_device(client)
    client.force_login(factories.administrator())
    page = reverse("admin:auth_user_password_change", args=[editor.pk])
    data = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert client.post(page, data).status_code == 302
    assert not is_in(theirs)
    assert is_in(client)
    assert ("password", "administrator", "editor") in log()


def ask_for_link(client, email, address="192.0.2.1"):
    return client.post(reverse("admin_password_reset"), {"email": email}, REMOTE_ADDR=address)


def test_a_forgotten_password_is_set_anew_by_a_link_in_the_language_of_the_account(client):
    factories.editor(email="editor@example.org", interface_language="tr")
    for _try in range(6):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 429
    ask_for_link(client, "EDITOR@example.org")
    [mail] = post.delivered()
    assert (mail.to, mail.extra_headers["Content-Language"]) == (["editor@example.org"], "tr")
    link = re.search(r"(/admin/password/\S+)", mail.body).group(1)
    page = client.get(link).headers["Location"]
    data = {"new_password1": NEW, "new_password2": NEW}
    assert client.post(page, data, REMOTE_ADDR="192.0.2.1").status_code == 302
    # The link is used up, and whoever has it has shown who they are: no more waiting.
    assert client.get(link).context["validlink"] is False
    assert sign_in(client, password=NEW).status_code == 302


def test_asking_for_a_link_does_not_tell_whether_there_is_such_an_account(client):
    factories.editor(email="editor@example.org")
    factories.user(username="former", email="former@example.org", is_active=False)
    answers = [ask_for_link(client, f"{name}@example.org") for name in ("editor", "former", "nobody")]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, "/admin/password/sent/")
    }
    assert [mail.to for mail in post.delivered()] == [["editor@example.org"]]


def test_nobody_is_flooded_with_links(client):
    factories.editor(email="editor@example.org")
    answers = [ask_for_link(client, "editor@example.org", f"192.0.2.{number}") for number in range(25)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429] * 5
    assert len(post.delivered()) == 3


def test_a_new_password_does_not_replace_the_second_factor(client):
    editor = with_app(factories.editor(email="editor@example.org"))
    ask_for_link(client, "editor@example.org")
    link = re.search(r"(/admin/password/\S+)", post.delivered()[0].body).group(1)
    client.post(client.get(link).headers["Location"], {"new_password1": NEW, "new_password2": NEW})
    assert second_factor.app_of(editor)
    assert sign_in(client, password=NEW).headers["Location"] == CODE


# --- Looks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [LOGIN, "/admin/password/", "/admin/password/sent/", "/admin/password/set/"])
def test_the_door_speaks_the_language_of_the_browser(client, page):
    response = client.get(page, headers={"accept-language": "ru"})
    assert (response.status_code, Document(response.content.decode()).elements[0]["lang"]) == (200, "ru")
    assert User.objects.count() == 0
