import csv
import datetime

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from alliance import mail
from declarations.models import Application
from desk import audit
from desk.models import AuditEntry
from events.models import Registration
from exchange.models import Mail
from practices.models import Practice
from tests import factories
from tests.desk import form_data, url_of
from tests.uploads import PDF
from translations.models import GlossaryTerm

pytestmark = pytest.mark.django_db

LIST, CSV = "/admin/desk/auditentry/", "/admin/desk/auditentry/csv/"


def lines():
    return [(entry.kind, entry.name, entry.about) for entry in AuditEntry.objects.order_by("pk")]


def test_a_line_says_who_did_what_from_where(rf):
    editor = factories.editor()
    request = rf.get("/", REMOTE_ADDR="192.0.2.1")
    audit.note("export", by=editor, about="practices.practice (2)", request=request)
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.name, entry.address) == (editor, "editor", "192.0.2.1")
    assert (entry.kind, entry.about) == (audit.Kind.EXPORT, "practices.practice (2)")


def test_a_line_outlives_the_account_that_it_is_about():
    editor = factories.editor()
    audit.note(audit.Kind.IMPORT, by=editor)
    editor.delete()
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.name) == (None, "editor")


def test_an_unknown_kind_is_a_mistake():
    with pytest.raises(ValueError, match="gossip"):
        audit.note("gossip", by=None)


@pytest.mark.parametrize("junk", ["\0", "x" * 10_000, "🏛️" * 400, "a\nb\r\nc"])
def test_a_line_takes_what_strangers_type(junk):
    entry = audit.note(audit.Kind.FAILED, by=junk, about=junk)
    entry.refresh_from_db()
    assert len(entry.name) <= 150 and len(entry.about) <= 300
    assert not set("\0\n\r") & set(entry.name + entry.about)


def test_deletions_at_the_desk_are_noted(client):
    client.force_login(factories.editor())
    practice, theme, other = (
        factories.practice(title="Streets"),
        factories.theme(),
        factories.practice(title="Schools"),
    )
    AuditEntry.objects.all().delete()
    client.post(url_of(practice, "delete"), {"post": "yes"})
    client.post(
        url_of(Practice, "changelist"),
        {"action": "delete_selected", "post": "yes", "_selected_action": [other.pk]},
    )
    client.post(url_of(theme, "delete"), {"post": "yes"})
    assert lines() == [
        ("deletion", "editor", f"practices.practice {practice.pk}: Streets"),
        ("deletion", "editor", f"practices.practice {other.pk}: Schools"),
        ("deletion", "editor", f"practices.theme {theme.pk}: {theme}"),
    ]


def test_what_people_sent_in_leaves_and_goes_under_a_line_without_their_names(client, monkeypatch, tmp_path):
    monkeypatch.setattr(Application._meta.get_field("document"), "storage", FileSystemStorage(tmp_path))
    client.force_login(factories.editor())
    document = SimpleUploadedFile("jane-doe.pdf", PDF)
    registration, application = factories.registration(), factories.application(document=document)
    AuditEntry.objects.all().delete()
    client.post(
        url_of(Registration, "changelist"), {"action": "export", "_selected_action": [registration.pk]}
    )
    response = client.get(f"/admin/declarations/application/{application.pk}/document/")
    assert b"".join(response.streaming_content) == PDF
    client.post(url_of(registration, "delete"), {"post": "yes"})
    client.post(url_of(application, "delete"), {"post": "yes"})
    assert lines() == [
        ("export", "editor", "CSV events.registration (1)"),
        ("export", "editor", f"declarations.application: application-{application.pk}.pdf"),
        ("deletion", "editor", f"events.registration {registration.pk}: registration {registration.pk}"),
        ("deletion", "editor", f"declarations.application {application.pk}: {application.signatory}"),
    ]


def test_deleted_terms_and_mails_are_noted(client):
    client.force_login(factories.administrator())
    term = GlossaryTerm.objects.create(term_en="city", term_fr="ville")
    mail.send("password_changed", to="x@example.org", language="en", context={"name": "x"})
    letter = Mail.objects.get()
    AuditEntry.objects.all().delete()
    client.post(url_of(term, "delete"), {"post": "yes"})
    client.post(url_of(letter, "delete"), {"post": "yes"})
    assert lines() == [
        ("deletion", "administrator", f"translations.glossaryterm {term.pk}: {term}"),
        ("deletion", "administrator", f"exchange.mail {letter.pk}: {letter}"),
    ]


def test_who_gave_which_role_to_whom_is_noted(client):
    client.force_login(factories.administrator())
    person = factories.translator("de", username="ayse")
    AuditEntry.objects.all().delete()
    data = form_data(client.get(url_of(person)))
    groups = {group.name: str(group.pk) for group in person.groups.model.objects.all()}
    client.post(url_of(person), data | {"first_name": "Ayşe"})
    assert lines() == []
    client.post(url_of(person), data | {"groups": [groups["editor"]], "is_superuser": "on"})
    assert lines() == [
        ("permissions", "administrator", "ayse: administrator: – → +; roles: translator → editor")
    ]


def test_new_and_deleted_accounts_are_noted(client):
    client.force_login(factories.administrator())
    AuditEntry.objects.all().delete()
    data = {
        "username": "new",
        "password1": factories.PASSWORD,
        "password2": factories.PASSWORD,
        "usable_password": "true",
        "interface_language": "tr",
        "is_staff": "on",
    }
    assert client.post(url_of(User, "add"), data).status_code == 302
    new = User.objects.get(username="new")
    client.post(url_of(new, "delete"), {"post": "yes"})
    assert lines() == [
        ("permissions", "administrator", "new: active: – → +; desk: – → +"),
        ("deletion", "administrator", f"accounts.user {new.pk}: new"),
    ]


def test_nobody_deletes_the_account_that_they_are_signed_in_with(client):
    administrator = factories.administrator()
    client.force_login(administrator)
    assert client.post(url_of(administrator, "delete"), {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "post": "yes", "_selected_action": [administrator.pk]}
    client.post(url_of(User, "changelist"), selected)
    assert User.objects.get() == administrator


# --- Its page -------------------------------------------------------------------------------------


def test_administrators_read_the_log_and_nobody_changes_it(client):
    client.force_login(factories.administrator())
    entry = audit.note(audit.Kind.FAILED, by="mallory", about="wrong code")
    page = client.get(LIST)
    assert [each.name for each in page.context["cl"].result_list] == ["mallory", "administrator"]
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{entry.pk}/change/", {"name": "x"}).status_code == 403
    assert client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("person", [factories.editor, factories.translator])
def test_others_do_not_read_it(client, person):
    client.force_login(person())
    assert [client.get(page).status_code for page in (LIST, CSV)] == [403, 403]


def test_the_list_is_filtered_by_person_and_kind(client):
    administrator, editor = factories.administrator(), factories.editor()
    client.force_login(administrator)
    audit.note(audit.Kind.EXPORT, by=editor)
    audit.note(audit.Kind.IMPORT, by=editor)

    def shown(query):
        return [entry.kind for entry in client.get(LIST, query).context["cl"].result_list]

    assert shown({"name": "editor"}) == ["import", "export"]
    assert shown({"kind__exact": "export"}) == ["export"]
    assert shown({"q": "admin"}) == ["signed_in"]


def test_the_list_leaves_as_csv_with_its_filters(client):
    client.force_login(factories.administrator())
    audit.note(audit.Kind.FAILED, by="=1+1", about="x")
    response = client.get(CSV, {"kind__exact": "failed"})
    [head, row] = csv.reader(b"".join(response.streaming_content).decode("utf-8-sig").splitlines())
    assert head == ["at", "name", "kind", "about", "address"]
    assert row[1:] == ["'=1+1", "failed", "x", ""]
    assert lines()[-1] == ("export", "administrator", "desk.auditentry")


@pytest.mark.parametrize("junk", ["\0", "x" * 1000, "🏛️"])
@pytest.mark.parametrize("parameter", ["name", "kind__exact", "q", "at__day", "nonsense", "p"])
def test_junk_in_the_address_is_no_fault(client, parameter, junk):
    client.force_login(factories.administrator())
    assert client.get(LIST, {parameter: junk}).status_code in (200, 302, 400)
    assert client.get(CSV, {parameter: junk}).status_code in (200, 302, 400)


def test_the_list_takes_the_same_queries_for_few_and_for_many_lines(client, django_assert_max_num_queries):
    editor = factories.editor()
    client.force_login(factories.administrator())
    with django_assert_max_num_queries(12):
        client.get(LIST)
    for _line in range(30):
        audit.note(audit.Kind.EXPORT, by=editor)
    with django_assert_max_num_queries(12):
        client.get(LIST)


# --- How long -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_worker_forgets_what_is_older_than_a_year(settings):
    for days in (1, settings.AUDIT_KEPT_DAYS - 1, settings.AUDIT_KEPT_DAYS + 1):
        entry = audit.note(audit.Kind.FAILED, by=str(days))
        AuditEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - datetime.timedelta(days=days))
    call_command("work", "--once")
    assert [entry.name for entry in AuditEntry.objects.all()] == ["1", "364"]
