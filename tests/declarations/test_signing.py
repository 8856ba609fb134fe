"""How a signatory applies, what the secretariat decides, who is told what, and that nothing is public before."""

import datetime
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from alliance.languages import CODES
from declarations import signing
from declarations.documents import LARGEST
from declarations.models import Application, Declaration, Signature
from desk import history
from exchange.models import Submission
from tests import addresses, factories
from tests.alliance.test_junk import JUNK
from tests.desk import form_data, url_of
from tests.pages import Document, read
from tests.post import delivered
from tests.uploads import DOCX, EXE, ODT, PDF, archive

pytestmark = pytest.mark.django_db

FORM, SENT = "/en/declarations/appeal/sign/", "/en/declarations/appeal/sign/sent/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40
# As some programs write it: other parts first, and many of them.
DOCX_SHUFFLED = archive(
    {"custom.xml": "x" * 9000, "[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}
)


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path, monkeypatch):
    """Where documents are kept during a test."""
    settings.SECRETARIAT_EMAIL = "desk@example.org"
    field = Application._meta.get_field("document")
    monkeypatch.setattr(field, "storage", FileSystemStorage(tmp_path / "private"))
    return tmp_path / "private"


@pytest.fixture
def appeal():
    return factories.declaration(slug="appeal", title="The appeal")


def kept(shelf):
    return [path.name for path in shelf.rglob("*") if path.is_file()]


def answers(client, path=FORM, **typed):
    """What a browser would send: the stamp of the form as it was shown a while ago, and what was typed."""
    a_minute_ago = time.time() - 60
    with patch("time.time", lambda: a_minute_ago):
        stamp = client.get(path).context["form"].initial["stamp"]
    typed = {
        "kind": "city", "signatory": "Porto", "country": "PT", "office": "Mayor", "signed_on": "2016-03-01",
        "contact_name": "Ana Silva", "contact_email": "ana@porto.example", "message": "Gladly.", "consent": "on",
    } | typed  # fmt: skip
    return {"stamp": stamp} | {name: value for name, value in typed.items() if value is not None}


def send(client, path=FORM, **typed):
    return client.post(path, answers(client, path, **typed))


def wrong(response):
    """{field: [error]} of a form that came back."""
    assert response.status_code == 200
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def page_of(application, language="en"):
    with translation.override(language):
        return signing.address_of(application)


def mails():
    """(address, subject) of all that was sent."""
    return sorted((message.to[0], message.subject) for message in delivered())


# --- The form -------------------------------------------------------------------------------------


def test_an_application_is_kept_as_it_was_sent_and_the_next_page_says_what_happens(client, appeal):
    response = send(client)
    assert (response.status_code, response["Location"]) == (302, SENT)
    application = Application.objects.get()
    sent = {
        "declaration": appeal, "state": "received", "language": "en", "kind": "city", "signatory": "Porto", "country": "PT",
        "office": "Mayor", "signed_on": datetime.date(2016, 3, 1), "contact_name": "Ana Silva",
        "contact_email": "ana@porto.example", "message": "Gladly.", "document": "", "reason": "", "signature": None,
    }  # fmt: skip
    assert {name: getattr(application, name) for name in sent} == sent
    assert "whether it accepts it" in read(client, SENT).text


def test_the_next_page_can_be_loaded_again_and_nothing_is_sent_twice(client, appeal):
    send(client)
    for _turn in range(2):
        assert client.get(SENT).status_code == 200
    assert Application.objects.count() == 1


def test_the_applicant_gets_a_link_in_their_language_and_the_secretariat_is_told(client, appeal):
    send(client, "/de/declarations/appeal/sign/")
    confirmation, notice = sorted(delivered(), key=lambda message: message.to)
    assert (confirmation.to, notice.to) == (["ana@porto.example"], ["desk@example.org"])
    application = Application.objects.get()
    assert page_of(application, "de") in confirmation.body
    assert application.language == "de"
    assert f"/admin/declarations/application/{application.pk}/change/" in notice.body
    assert "Porto (Portugal)" in notice.body


def test_nothing_that_was_typed_is_in_the_mail_to_an_address_that_anybody_may_have_typed(client, appeal):
    words = {"signatory": "Zebraville", "office": "Zookeeper", "contact_name": "Zorro", "message": "Zounds"}
    send(client, **words)
    [confirmation] = [message for message in delivered() if message.to == ["ana@porto.example"]]
    html, _type = confirmation.alternatives[0]
    for text in (confirmation.subject, confirmation.body, html):
        assert [word for word in words.values() if word in text] == []


def test_without_an_address_of_the_secretariat_only_the_applicant_is_told(client, appeal, settings):
    settings.SECRETARIAT_EMAIL = ""
    send(client)
    assert [address for address, _subject in mails()] == ["ana@porto.example"]


def test_who_applies_again_from_the_same_address_gets_the_same_link_and_nothing_changes(client, appeal):
    send(client)
    response = send(client, signatory="PORTO ", contact_email="ANA@porto.example")
    assert response["Location"] == SENT
    application = Application.objects.get()
    told = [message for message in delivered() if message.to == ["ana@porto.example"]]
    assert len(told) == 2 and all(page_of(application) in message.body for message in told)
    assert "already arrived" in told[1].subject
    assert "had applied from this address before" in read(client, SENT).text


@pytest.mark.parametrize(
    "other", [{"contact_email": "other@porto.example"}, {"signatory": "Braga"}, {"country": "BR"}]
)
def test_another_address_signatory_or_country_is_another_application(client, appeal, other):
    send(client)
    send(client, **other)
    assert Application.objects.count() == 2


def test_who_withdrew_or_was_declined_may_apply_again(client, appeal):
    send(client)
    signing.withdraw(application=Application.objects.get())
    send(client)
    assert sorted(Application.objects.values_list("state", flat=True)) == ["received", "withdrawn"]


@pytest.mark.parametrize("name", ["Lisbon", "LISBOA", "Лиссабон"])
def test_who_has_signed_is_told_so(client, appeal, name):
    lisbon = factories.city(name="Lisbon", name_fr="Lisboa", name_ru="Лиссабон", country="PT")
    factories.signature(declaration=appeal, city=lisbon)
    response = send(client, signatory=name)
    assert wrong(response) == {"signatory": [f"{name} has already signed this declaration."]}
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("city", "signature"),
    [({"country": "ES"}, {}), ({"status": "draft"}, {}), ({}, {"status": "announced"}), ({}, {"status": "withdrawn"})],
)  # fmt: skip
def test_a_namesake_a_draft_and_who_has_not_signed_yet_or_no_longer_do_not_stand_in_the_way(
    client, appeal, city, signature
):
    factories.signature(
        declaration=appeal, city=factories.city(**{"name": "Porto", "country": "PT"} | city), **signature
    )
    assert send(client).status_code == 302


@pytest.mark.parametrize(
    "missing", ["kind", "signatory", "country", "office", "contact_name", "contact_email"]
)
def test_what_the_secretariat_needs_is_asked_for(client, appeal, missing):
    response = send(client, **{missing: None})
    assert wrong(response) == {missing: ["This field is required."]}
    assert not Application.objects.exists()


def test_a_signature_that_may_not_be_published_is_not_applied_for(client, appeal):
    response = send(client, consent=None)
    sentence = "Please tick this box: a signature that may not be published cannot be accepted."
    assert wrong(response) == {"consent": [sentence]}
    assert not Application.objects.exists()


def test_day_message_and_document_may_be_left_out(client, appeal):
    assert send(client, signed_on="", message="").status_code == 302
    assert Application.objects.get().signed_on is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "king"),
        ("kind", "x\x00"),
        ("signatory", "Por\x00to"),
        ("signatory", "P" * 10_000),
        ("signatory", "   "),
        ("country", "XX"),
        ("country", "Portugal"),
        ("country", "P\x00"),
        ("office", "x" * 151),
        ("signed_on", "2016-02-31"),
        ("signed_on", "yesterday"),
        ("signed_on", "0001-01-01"),
        ("signed_on", "1015-11-18"),
        ("signed_on", "9999-12-31"),
        ("signed_on", "99999999999999999999"),
        ("signed_on", "\x00"),
        ("contact_name", "x" * 151),
        ("contact_email", "ana"),
        ("contact_email", "ana@porto.example\nBcc: all@porto.example"),
        ("contact_email", "ana@porto.example, other@porto.example"),
        ("contact_email", "a" * 250 + "@porto.example"),
        ("contact_email", "ana\x00@porto.example"),
        ("message", "x" * 10_000),
        ("message", "\x00"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_is_kept(client, appeal, field, value):
    response = send(client, **{field: value})
    assert list(wrong(response)) == [field]
    page = Document(response.content.decode())
    shown = {e["name"]: e.attributes.get("value") for e in page.all("input", name=True)}
    kept = {"signatory": "Porto", "office": "Mayor", "contact_name": "Ana Silva", "contact_email": "ana@porto.example",
            "signed_on": "2016-03-01"} | {field: value}  # fmt: skip
    for name in kept.keys() - {"kind", "country", "message"}:
        # A browser, and the parser here, take line breaks and NUL in their own way.
        assert re.sub(r"[\x00\s\ufffd]", "", shown[name] or "") == re.sub(r"[\x00\s]", "", kept[name]), name
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "kind", ["NUL", "half a pair", "HTML", "an attribute", "ten thousand words", "emoji", "other digits"]
)
def test_junk_in_every_field_breaks_nothing(client, appeal, kind):
    names = ["kind", "signatory", "country", "office", "signed_on", "contact_name", "contact_email", "message", "document",
             "consent", "stamp", "homepage"]  # fmt: skip
    body = urlencode(dict.fromkeys(names, JUNK[kind].encode("utf-8", "surrogatepass")))
    response = client.post(FORM, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    page = Document(response.content.decode())
    assert "<script>alert" not in page.html and "«undefined" not in page.html
    assert not [e for e in page.elements if "onerror" in e.attributes]
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "text", ["<b>Porto</b> & \"Gaia\" 'x'", "👩‍👩‍👧🏽 Порту İstanbul", "{{ settings.SECRET_KEY }}"]
)
def test_html_emoji_and_templates_are_texts_like_others(client, appeal, text):
    send(client, signatory=text, office=text, contact_name=text, message=text)
    application = Application.objects.get()
    assert application.signatory == application.message == text
    html = read(client, page_of(application)).html
    assert "<b>Porto" not in html and "«undefined" not in html
    assert len(mails()) == 2


def test_a_line_break_in_a_name_is_a_space_and_no_header_of_a_mail(client, appeal):
    send(client, signatory="Porto\r\nBcc: all@porto.example")
    assert Application.objects.get().signatory == "Porto Bcc: all@porto.example"
    [notice] = [message for message in delivered() if message.to == ["desk@example.org"]]
    assert notice.recipients() == ["desk@example.org"] and notice.message()["Bcc"] is None


def test_a_day_that_is_still_to_come_is_refused(client, appeal):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    response = send(client, signed_on=tomorrow.isoformat())
    assert wrong(response) == {"signed_on": ["This day is still to come. Apply once the decision is taken."]}
    assert send(client, signed_on=timezone.localdate().isoformat()).status_code == 302


def test_who_sends_very_often_is_told_when_to_try_again_and_keeps_what_was_typed(client, appeal):
    typed = answers(client)
    for number in range(20):
        assert client.post(FORM, typed | {"signatory": f"Porto {number}"}).status_code == 302
    response = client.post(FORM, typed | {"signatory": "Porto 20"})
    assert response.status_code == 429
    page = Document(response.content.decode())
    assert "minutes" in page.with_class("is-error")[0].text
    assert page.one("input", name="signatory")["value"] == "Porto 20"
    assert (Application.objects.count(), Submission.objects.count()) == (20, 20)


def test_a_filled_trap_and_a_form_sent_at_once_are_explained(client, appeal):
    assert "hidden field" in wrong(send(client, homepage="spam"))["__all__"][0]
    stamp = read(client, FORM).one("input", name="stamp")["value"]
    response = client.post(FORM, answers(client) | {"stamp": stamp})
    assert "within seconds" in wrong(response)["__all__"][0]
    assert not Application.objects.exists()


def test_the_form_does_not_work_without_its_token(appeal):
    assert Client(enforce_csrf_checks=True).post(FORM, {"signatory": "Porto"}).status_code == 403


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, appeal, method):
    assert getattr(client, method)(FORM).status_code == 405


def test_the_countries_are_in_the_order_of_the_readers_language(client, appeal):
    page = read(client, "/fr/declarations/appeal/sign/")
    names = [e.text for e in page.all("option")]
    assert names.index("Éthiopie") - names.index("Estonie") in (1, 2, 3, 4)
    assert page.all("option")[0]["value"] == ""


# --- The document ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "ending"),
    [
        (PDF, "resolution.pdf", "pdf"),
        (PDF, "resolution.exe", "pdf"),  # the content counts, not the name
        (PDF, "../../../etc/passwd", "pdf"),
        (PNG, "scan.png", "png"),
        (JPEG, "scan.pdf", "jpg"),
        (ODT, "decision.odt", "odt"),
        (DOCX, "decision.docx", "docx"),
        (DOCX_SHUFFLED, "decision.docx", "docx"),
    ],
    ids=["PDF", "PDF called EXE", "a path for a name", "PNG", "JPEG called PDF", "ODT", "DOCX", "DOCX in another order"],
)  # fmt: skip
def test_a_document_is_kept_by_what_it_is_under_a_name_that_says_nothing(
    client, appeal, shelf, content, name, ending
):
    assert send(client, document=SimpleUploadedFile(name, content)).status_code == 302
    application = Application.objects.get()
    assert re.fullmatch(rf"declarations/[0-9a-f]{{2}}/[0-9a-f]{{32}}\.{ending}", application.document.name)
    with application.document.open() as file:
        assert file.read() == content
    assert kept(shelf) == [application.document.name.rpartition("/")[2]]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (EXE, "resolution.pdf", "not a PDF"),
        (b"<html><script>alert(1)</script>", "page.pdf", "not a PDF"),
        (b"just words", "words.txt", "not a PDF"),
        (archive({"a": "b"}), "archive.docx", "not a PDF"),
        (b"PK\x03\x04 broken", "broken.docx", "not a PDF"),
        (b"<svg xmlns='x' onload='alert(1)'/>", "image.svg", "not a PDF"),
        (b"GIF89a" + b"\x00" * 20, "image.png", "not a PDF"),
        (b"", "nothing.pdf", "empty"),
        (PDF + b"\x00" * LARGEST, "large.pdf", "more than 10 MB"),
    ],
    ids=["EXE", "HTML", "text", "ZIP", "half a ZIP", "SVG", "GIF", "empty", "large"],
)
def test_another_file_is_refused_in_words_and_the_rest_is_kept(client, appeal, shelf, content, name, words):
    response = send(client, document=SimpleUploadedFile(name, content, "application/pdf"))
    errors = wrong(response)
    assert list(errors) == ["document"] and words in errors["document"][0]
    assert Document(response.content.decode()).one("input", name="signatory")["value"] == "Porto"
    assert kept(shelf) == []


def test_a_document_of_exactly_ten_megabytes_is_taken(client, appeal):
    content = PDF + b"\x00" * (LARGEST - len(PDF))
    assert send(client, document=SimpleUploadedFile("large.pdf", content)).status_code == 302


def test_whoever_must_correct_something_else_is_told_to_choose_the_file_again(client, appeal, shelf):
    response = send(client, office="", document=SimpleUploadedFile("a.pdf", PDF))
    assert wrong(response) == {
        "office": ["This field is required."],
        "document": ["Please choose the file again: it was not kept."],
    }
    response = send(client, homepage="spam", document=SimpleUploadedFile("a.pdf", PDF))
    assert set(wrong(response)) == {"__all__", "document"}
    assert kept(shelf) == []


# --- One's own page -------------------------------------------------------------------------------


def test_the_link_in_the_mail_leads_to_what_was_sent(client, appeal):
    send(client, document=SimpleUploadedFile("a.pdf", PDF))
    [confirmation] = [message for message in delivered() if message.to == ["ana@porto.example"]]
    path = re.search(r"/en/declarations/application/\S+", confirmation.body)[0]
    page = read(client, path)
    for words in (
        "Received",
        "Porto, Portugal",
        "Mayor",
        "1 March 2016",
        "Ana Silva",
        "Gladly.",
        "only the secretariat",
    ):
        assert words in page.text
    assert "noindex" in page.one("meta", name="robots")["content"]
    assert "no-store" in client.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("token", ["x", "a.b", "0" * 32, "0" * 32 + "." + "x" * 43, "%00", "x" * 5000])
def test_another_link_leads_nowhere(client, appeal, token):
    factories.application(declaration=appeal)
    assert client.get(f"/en/declarations/application/{token}/").status_code == 404
    assert client.post(f"/en/declarations/application/{token}/withdraw/").status_code == 404


def test_a_signature_of_something_else_opens_no_application(client, appeal):
    key = factories.application(declaration=appeal).key.hex
    token = Signer(sep=".", salt="events.registration").sign(key)
    assert client.get(f"/en/declarations/application/{token}/").status_code == 404


def test_an_application_is_withdrawn_by_a_button_and_not_by_a_link(client, appeal):
    application = factories.application(declaration=appeal)
    path = f"{page_of(application)}withdraw/"
    assert client.get(path).status_code == 405
    assert client.post(path)["Location"] == page_of(application)
    application.refresh_from_db()
    assert application.state == "withdrawn"
    page = read(client, page_of(application))
    assert "You have withdrawn" in page.text and not page.all("form", action=path)


@pytest.mark.parametrize("state", ["accepted", "declined"])
def test_what_is_decided_cannot_be_withdrawn(client, appeal, state):
    application = factories.application(declaration=appeal, state=state)
    assert "Withdraw the application" not in read(client, page_of(application)).text
    client.post(f"{page_of(application)}withdraw/")
    application.refresh_from_db()
    assert application.state == state


# --- The decision ---------------------------------------------------------------------------------


def accept(application, **fields):
    fields.setdefault(
        "city", None if "organisation" in fields else factories.city(name=application.signatory)
    )
    day = datetime.date(2016, 3, 1)
    fields.setdefault("by", User.objects.first() or factories.editor())
    signing.accept(**{"application": application, "office": "Mayor", "signed_on": day} | fields)
    application.refresh_from_db()


def test_accepting_makes_a_signature_and_tells_the_applicant_in_their_language(client, appeal):
    application = factories.application(declaration=appeal, signatory="Porto", language="fr")
    accept(application)
    signature = Signature.objects.get()
    assert (signature.declaration, str(signature), signature.status) == (appeal, "Porto", "signed")
    assert (signature.office, signature.signed_on) == ("Mayor", datetime.date(2016, 3, 1))
    assert (application.state, application.signature) == ("accepted", signature)
    assert application.decided_by == User.objects.get() and application.decided_at
    [message] = delivered()
    assert message.to == [application.contact_email]
    assert "/fr/declarations/appeal/signatories/" in message.body and "Porto" in message.subject


def test_the_history_of_a_declaration_says_who_accepted_a_signature(appeal):
    editor = factories.editor()
    accept(factories.application(declaration=appeal), city=factories.city(), by=editor)
    last = history.revisions(Declaration, appeal.pk).first()
    assert (last.user, last.comment) == (editor, "An application to sign was accepted.")


def test_an_organisation_can_sign_too(appeal):
    application = factories.application(declaration=appeal, kind="organisation")
    forum = factories.organisation(name="Forum")
    accept(application, organisation=forum)
    assert application.signature.organisation == forum


@pytest.mark.parametrize("status", ["announced", "withdrawn"])
def test_accepting_makes_a_signature_stand_that_was_announced_or_withdrawn(appeal, status):
    city = factories.city()
    before = factories.signature(declaration=appeal, city=city, status=status)
    accept(factories.application(declaration=appeal), city=city)
    assert [(each.pk, each.status) for each in Signature.objects.all()] == [(before.pk, "signed")]


def test_a_city_that_left_can_sign_again(appeal):
    city = factories.city()
    first, second = factories.application(declaration=appeal), factories.application(declaration=appeal)
    accept(first, city=city)
    Signature.objects.update(status="withdrawn")
    signing.accept(application=second, by=User.objects.get(), city=city, office="", signed_on=None)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.signature, second.signature) == (None, Signature.objects.get())


def test_who_has_signed_is_not_accepted_twice(appeal):
    city, application = factories.city(name="Porto"), factories.application(declaration=appeal)
    factories.signature(declaration=appeal, city=city)
    with pytest.raises(ValidationError, match="Porto has already signed this declaration."):
        accept(application, city=city)
    application.refresh_from_db()
    assert (application.state, delivered()) == ("received", [])


def test_declining_tells_the_reason_as_it_was_written(client, appeal):
    application = factories.application(declaration=appeal, language="tr")
    signing.decline(
        application=application, by=factories.editor(), reason="Önce meclis karar vermeli.\n\n<b>2 & 3</b>"
    )
    application.refresh_from_db()
    assert (application.state, Signature.objects.count()) == ("declined", 0)
    [message] = delivered()
    assert message.to == [application.contact_email]
    assert "Önce meclis karar vermeli." in message.body and "<b>2 & 3</b>" in message.body
    assert "&lt;b&gt;2 &amp; 3&lt;/b&gt;" in message.alternatives[0][0]
    assert "<b>2" not in read(client, page_of(application, "tr")).html


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn"])
def test_what_was_decided_is_not_decided_again(appeal, state):
    application = factories.application(declaration=appeal)
    Application.objects.update(state=state)  # by somebody else, in the meantime
    editor, city = factories.editor(), factories.city()
    with pytest.raises(ValidationError, match="decided in the meantime"):
        signing.accept(application=application, by=editor, city=city, office="", signed_on=None)
    with pytest.raises(ValidationError, match="decided in the meantime"):
        signing.decline(application=application, by=editor, reason="No")
    application.refresh_from_db()
    assert (application.state, Signature.objects.count(), delivered()) == (state, 0, [])


def test_where_accepting_fails_nobody_is_told_and_nothing_stays(appeal):
    application = factories.application(declaration=appeal)
    # The last step of all: the mail cannot be queued.
    with pytest.raises(ZeroDivisionError), patch("declarations.signing.send", lambda *a, **k: 1 / 0):
        accept(application)
    assert (Signature.objects.count(), delivered()) == (0, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_of_two_editors_at_the_same_moment_one_decides_and_the_other_is_told():
    application = factories.application()
    editor, city = factories.editor(), factories.city()
    start = threading.Barrier(8)

    def decide_too(number):
        start.wait()
        try:
            if number % 2:
                signing.accept(application=application, by=editor, city=city, office="", signed_on=None)
            else:
                signing.decline(application=application, by=editor, reason="No")
        except ValidationError as error:
            return error.message
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(decide_too, range(8)))
    assert answers.count("decided") == 1
    assert all("decided in the meantime" in answer for answer in answers if answer != "decided")
    assert len(delivered()) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_double_click_is_one_application():
    declaration, start = factories.declaration(), threading.Barrier(4)
    typed = {
        "kind": "city", "signatory": "Porto", "country": "PT", "office": "Mayor", "signed_on": None,
        "contact_name": "Ana", "contact_email": "ana@porto.example", "message": "",
    }  # fmt: skip

    def click(_number):
        start.wait()
        signing.apply(declaration=declaration, language="en", **typed)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(click, range(4)))
    assert Application.objects.count() == 1


# --- What is public, and when ---------------------------------------------------------------------

SECRETS = {
    "signatory": "Zebraville", "office": "Zookeeper", "contact_name": "Zorro", "contact_email": "zed@zebraville.example",
    "message": "Zounds",
}  # fmt: skip


def public_pages(client):
    """What anybody can read: all addresses in one language, those of the declaration in each, and what search finds."""
    paths = [*addresses.outside(), *addresses.public("en")]
    paths += [
        f"/{code}/declarations/appeal/{page}"
        for code in CODES
        for page in (
            "",
            "signatories/",
            "signatories.csv",
            "signatories.json",
            "sign/",
            "sign/sent/",
            "deeds/",
        )
    ]
    paths += [f"/en/search/{page}?q=Zebraville" for page in ("", "csv/", "feed/", "suggestions/")]
    return {path: client.get(path).getvalue().decode() for path in dict.fromkeys(paths)}


def found(client, words):
    return {
        (path, word)
        for path, html in public_pages(client).items()
        for word in words
        if word in echoless(html)
    }


def echoless(html):
    """A page of results repeats what was looked for."""
    return html.replace("“Zebraville”", "").replace('value="Zebraville"', "").replace("q=Zebraville", "")


def test_nothing_of_an_application_is_public_before_it_is_accepted_nor_after_it_is_declined(client, appeal):
    application = factories.application(declaration=appeal, **SECRETS)
    words = [*SECRETS.values(), application.key.hex]
    before = {path for path, word in found(client, words) if word != "Zebraville"}
    listed = {path for path, word in found(client, ["Zebraville"]) if "/search/" not in path}
    assert (before, listed) == (set(), set())
    signing.decline(application=application, by=factories.editor(), reason="Zilch")
    assert {path for path, word in found(client, [*words, "Zilch"]) if "/search/" not in path} == set()


def test_after_it_only_the_signatory_the_office_and_the_day_are(client, appeal):
    application = factories.application(declaration=appeal, **SECRETS)
    accept(application, office="Zookeeper")
    for page in ("", "signatories/", "signatories.csv", "signatories.json"):
        text = client.get(f"/en/declarations/appeal/{page}").content.decode()
        assert "Zebraville" in text and "Zookeeper" in text
    assert found(client, ["Zorro", "zed@", "Zounds", application.key.hex]) == set()


def test_the_signature_of_a_draft_city_is_public_once_the_city_is(client, appeal):
    city = factories.city(name="Zebraville", status="draft")
    accept(factories.application(declaration=appeal), city=city)
    [message] = delivered()
    assert "becomes public as soon as" in message.body
    assert "Zebraville" not in client.get("/en/declarations/appeal/signatories/").content.decode()
    city.status = "published"
    city.save()
    assert "Zebraville" in client.get("/en/declarations/appeal/signatories/").content.decode()


# --- The desk -------------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def decide(desk, application, **fields):
    return desk.post(url_of(application), fields, follow=True)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_the_desk_shows_everything_and_suggests_the_city_of_that_name(desk, appeal):
    city = factories.city(name="Porto", country="PT")
    factories.city(name="Porto", country="BR")
    factories.city(name="Porto Novo", country="PT")
    application = factories.application(
        declaration=appeal, signatory="porto", country="PT", language="de", message="Gladly."
    )
    response = desk.get(url_of(application))
    page = Document(response.content.decode())
    assert [e["value"] for e in page.all("option", selected=True)] == [str(city.pk)]
    for words in (
        "The appeal",
        "porto",
        "Portugal",
        application.contact_name,
        application.contact_email,
        "Gladly.",
        "Deutsch",
    ):
        assert words in page.text
    assert page.one("textarea", name="reason")["lang"] == "de"


def test_accepting_at_the_desk(desk, appeal):
    city, application = factories.city(), factories.application(declaration=appeal)
    fields = {
        "decision": "accept",
        "city": city.pk,
        "public_office": "Lord Mayor",
        "public_day": "2020-01-02",
    }
    response = decide(desk, application, **fields)
    assert messages(response) == ["The application of Town 1 was accepted. The applicant is told."]
    signature = Signature.objects.get()
    assert (signature.city, signature.office, signature.signed_on) == (
        city,
        "Lord Mayor",
        datetime.date(2020, 1, 2),
    )
    application.refresh_from_db()
    assert (application.state, application.decided_by.username) == ("accepted", "editor")


def test_a_draft_city_is_accepted_with_a_warning(desk, appeal):
    city = factories.city(status="draft", name="Porto")
    response = decide(desk, factories.application(declaration=appeal), decision="accept", city=city.pk)
    assert "Porto is still a draft: publish it, and the signature is public." in messages(response)


def test_declining_at_the_desk_needs_a_reason(desk, appeal):
    application = factories.application(declaration=appeal)
    response = decide(desk, application, decision="decline", public_office="Kept")
    assert response.context["adminform"].form.errors == {
        "reason": ["Say why: the applicant gets no other answer."]
    }
    assert Document(response.content.decode()).one("input", name="public_office")["value"] == "Kept"
    response = decide(desk, application, decision="decline", reason="Not a city.")
    assert messages(response) == ["The application of Town 1 was declined. The applicant is told."]
    application.refresh_from_db()
    assert (application.state, application.reason) == ("declined", "Not a city.")


@pytest.mark.parametrize("junk", ["huge", "minus one"])
@pytest.mark.parametrize("name", ["decision", "city", "organisation", "public_day"])
def test_junk_in_a_decision_decides_nothing(desk, appeal, name, junk):
    application = factories.application(declaration=appeal)
    fields = {"decision": "accept", "city": factories.city().pk, "public_day": "2020-01-02"}
    response = decide(desk, application, **fields | {name: JUNK[junk]})
    assert name in response.context["adminform"].form.errors
    application.refresh_from_db()
    assert application.state == "received"


def test_accepting_needs_one_signatory_who_has_not_signed(desk, appeal):
    application, city, organisation = (
        factories.application(declaration=appeal),
        factories.city(),
        factories.organisation(),
    )
    factories.signature(declaration=appeal, city=city)
    one = "To accept, choose a city or an organisation, one of the two."
    for fields, error in [
        ({}, {"city": [one]}),
        ({"city": factories.city().pk, "organisation": organisation.pk}, {"city": [one]}),
        ({"city": city.pk}, {"city": [f"{city} has already signed this declaration."]}),
    ]:
        response = decide(desk, application, decision="accept", **fields)
        assert response.context["adminform"].form.errors == error
    assert list(decide(desk, application).context["adminform"].form.errors) == ["decision"]
    assert list(decide(desk, application, decision="x").context["adminform"].form.errors) == ["decision"]
    assert list(
        decide(desk, application, decision="accept", city="999").context["adminform"].form.errors
    ) == ["city"]


def test_what_is_decided_can_be_read_and_no_more(desk, appeal):
    application = factories.application(declaration=appeal)
    city = factories.city(name="Porto")
    decide(desk, application, decision="accept", city=city.pk)
    page = Document(desk.get(url_of(application)).content.decode())
    assert not page.all("input", name="decision")
    assert "Porto, Signed" in page.text
    assert desk.post(url_of(application), {"decision": "decline", "reason": "x"}).status_code == 403
    application.refresh_from_db()
    assert application.state == "accepted"


def test_the_second_of_two_editors_is_told(desk, appeal):
    application = factories.application(declaration=appeal)
    quicker = factories.editor(username="quicker")
    read_before = signing.decline

    def after_somebody_else(**fields):
        read_before(application=application, by=quicker, reason="No")
        return read_before(**fields)

    with patch("declarations.signing.decline", after_somebody_else):
        response = decide(desk, application, decision="decline", reason="Second")
    assert "This application was decided in the meantime: Declined." in messages(response)


def test_the_list_of_applications_can_be_filtered_by_state(desk, appeal):
    factories.application(declaration=appeal, signatory="Porto")
    factories.application(declaration=appeal, signatory="Braga", state="declined")
    response = desk.get(url_of(Application, "changelist"), {"state__exact": "received"})
    assert [str(each) for each in response.context["cl"].result_list] == ["Porto"]


def test_a_signature_is_withdrawn_at_the_desk_of_the_declaration(desk, appeal):
    factories.signature(declaration=appeal, city=factories.city(name="Porto"))
    data = form_data(desk.get(url_of(appeal)), **{"signatures-0-status": "withdrawn"})
    assert desk.post(url_of(appeal), data).status_code == 302
    assert Signature.objects.get().status == "withdrawn"
    assert "Porto" not in desk.get("/en/declarations/appeal/signatories/").content.decode()


def test_translators_see_no_application(client, appeal):
    application = enclosed(appeal)
    client.force_login(factories.translator("de"))
    for path in (url_of(application), url_of(Application, "changelist"), document_of(application)):
        assert client.get(path).status_code == 403
    assert not [link for link in read(client, "/admin/").links if "application" in link]


# --- Its document at the desk, and what is forgotten ----------------------------------------------


def enclosed(appeal, **fields):
    return factories.application(declaration=appeal, document=ContentFile(PDF, name="document.pdf"), **fields)


def document_of(application):
    return f"/admin/declarations/application/{application.pk}/document/"


def test_the_secretariat_gets_the_document_as_a_file_to_save(desk, appeal):
    application = enclosed(appeal)
    assert document_of(application) in read(desk, url_of(application)).links
    response = desk.get(document_of(application))
    assert response.getvalue() == PDF
    sent = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="application-{application.pk}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    assert "no-store" in response.headers["Cache-Control"]
    assert {name: response.headers[name] for name in sent} == sent


def test_nobody_else_gets_it(client, appeal):
    application = enclosed(appeal)
    assert client.get(document_of(application)).status_code == 302  # to the door of the desk
    for path in (f"/media/{application.document.name}", f"/static/{application.document.name}"):
        assert client.get(path).status_code == 404


def test_a_document_that_is_not_there_is_a_page_that_does_not_exist(desk, appeal):
    application, without = enclosed(appeal), factories.application(declaration=appeal)
    application.document.storage.delete(application.document.name)
    for each in (application, without):
        assert desk.get(document_of(each)).status_code == 404
        assert desk.get(url_of(each)).status_code == 200
    assert desk.get("/admin/declarations/application/999/document/").status_code == 404


def test_deleting_an_application_deletes_its_document_and_leaves_the_signature(
    desk, appeal, shelf, django_capture_on_commit_callbacks
):
    application = enclosed(appeal)
    accept(application)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(url_of(application, "delete"), {"post": "yes"})
    assert (Application.objects.count(), Signature.objects.count(), kept(shelf)) == (0, 1, [])


def test_the_page_of_a_forgotten_application_still_says_what_was_decided(client, appeal):
    application = factories.application(declaration=appeal, state="declined")
    assert signing.forget(applications=Application.objects.all()) == 1
    page = read(client, page_of(application))
    assert "declined" in page.text and application.contact_email not in page.text
    assert signing.forget(applications=Application.objects.all()) == 0


def test_a_declaration_that_somebody_wants_to_sign_is_not_deleted(desk, appeal):
    factories.application(declaration=appeal)
    desk.post(url_of(appeal, "delete"), {"post": "yes"})
    assert Declaration.objects.filter(pk=appeal.pk).exists()
