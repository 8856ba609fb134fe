"""The pages of files: who may export and import what, and that nothing is written before it was seen."""

import csv
import datetime
import io
import os
import re
import zipfile

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from alliance.languages import CODES
from desk.models import AuditEntry
from practices.models import Practice
from tests import factories
from tests.desk import url_of
from translations import uploads

pytestmark = pytest.mark.django_db

PAGES = ["export-texts", "import-texts", "preview-texts", "export-table", "import-table", "preview-table"]
# In every field of every page; none may break it.
NONSENSE = ["", "\0", "😀" * 5_000, "practices.practice.1\0", "../../etc/passwd", "[]", "٣"]


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """Uploads of one test are not in the way of another."""
    private = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"private": private}
    return tmp_path


def select(client, *records, action="export_texts"):
    """Tick `records` in their list and choose to export them."""
    data = {"action": action, "_selected_action": [record.pk for record in records]}
    return client.post(url_of(type(records[0]), "changelist"), data)


def exported(client, page="export-texts", **choices):
    data = {"selection": " ".join(client.session["selection"])} | choices
    return client.post(reverse(f"files:{page}"), data)


def uploaded(client, content, page="import-texts", name="back.xlf", **choices):
    data = {"file": SimpleUploadedFile(name, content), "provenance": "unreviewed"} | choices
    return client.post(reverse(f"files:{page}"), data)


def tickets(response):
    return re.findall(r'name="unit" value="([^"]+)"', response.content.decode())


def audited():
    return [
        (line.kind, line.about)
        for line in AuditEntry.objects.filter(kind__in=["export", "import"]).order_by("pk")
    ]


def test_what_was_selected_leaves_and_comes_back_translated(client):
    practice = factories.practice(title="Old", title_fr="Titre")
    client.force_login(factories.editor())
    assert select(client, practice).url == reverse("files:export-texts")
    page = client.get(reverse("files:export-texts"))
    assert page.context["entries"] == {"count": 1, "first": ["Old"], "more": 0}
    response = exported(client, targets=["de"], only="all", version="2.0")
    assert response.headers["Content-Type"] == "application/xliff+xml"
    content = response.content.replace(b">Old<", b">Neu<")
    preview = uploaded(client, content)
    address = preview.url
    page = client.get(address)
    assert page.context["counts"] == ["1 text would change."]
    practice.refresh_from_db()
    assert practice.title_de == "Old"
    client.post(address, {"unit": tickets(page)})
    practice.refresh_from_db()
    assert (practice.title_de, practice.provenance_de) == ("Neu", "unreviewed")


def test_what_leaves_and_comes_back_is_in_the_audit_log(client):
    practice = factories.practice(title="Old", title_fr="Titre")
    client.force_login(factories.editor())
    select(client, practice)
    content = exported(client, targets=["de"], only="all", version="1.2").content.replace(b">Old<", b">Neu<")
    address = uploaded(client, content).url
    client.post(address, {"unit": tickets(client.get(address))})
    assert audited() == [
        ("export", f"XLIFF fr→de: practices.practice (1): {practice.pk}"),
        ("import", "XLIFF back.xlf (1)"),
    ]


def test_several_languages_leave_in_an_archive(client):
    client.force_login(factories.editor())
    select(client, factories.practice())
    response = exported(client, targets=["de", "tr"], only="all", version="1.2")
    day = timezone.localdate()
    assert zipfile.ZipFile(io.BytesIO(response.content)).namelist() == [
        f"alliance-fr-de-{day}.xlf",
        f"alliance-fr-tr-{day}.xlf",
    ]


def test_where_nothing_is_missing_there_is_no_file(client):
    client.force_login(factories.editor())
    select(client, factories.practice())
    response = exported(client, targets=["de"], only="open", version="2.0")
    assert response.context["form"].non_field_errors() == [
        "There is no such text: nothing to translate in what you chose."
    ]


def test_what_is_not_ticked_is_told_and_not_written(client):
    practice = factories.practice(title="Old", title_fr="Titre")
    client.force_login(factories.editor())
    select(client, practice)
    content = exported(client, targets=["de"], only="all", version="2.0").content.replace(b">Old<", b">Neu<")
    response = client.post(uploaded(client, content).url)
    assert response.context["outcome"].written == []
    assert [heading for heading, entries in response.context["not_written"] if entries] == ["Left out by you"]


def test_a_table_leaves_and_comes_back_changed(client):
    practice = factories.practice(slug="a", title="=Old", title_fr="Titre")
    client.force_login(factories.editor())
    select(client, practice, action="export_table")
    response = exported(client, "export-table", table="practices.practice", format="csv")
    content = response.content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(content))
    assert (row["slug"], row["title_de"]) == ("a", "'=Old")
    content = content.replace("'=Old", "'=Neu")
    address = uploaded(client, content.encode(), "import-table", "a.csv", table="practices.practice").url
    page = client.get(address)
    assert [cell[0] for cell in page.context["rows"][0][1]] == [
        f"title_{code}" for code in CODES if code != "fr"
    ]
    practice.refresh_from_db()
    assert practice.title_de == "=Old"
    response = client.post(address, {"expected": page.context["report"].digest})
    practice.refresh_from_db()
    assert (response.url, practice.title_de) == (url_of(Practice, "changelist"), "=Neu")
    assert [kind for kind, _about in audited()] == ["export", "import"]


def table_upload(client, text, table="practices.practice"):
    return uploaded(client, text.encode(), "import-table", "a.csv", table=table).url


def test_a_changed_source_in_a_table_is_not_written_before_its_meaning_is_told(client):
    practice = factories.practice(slug="a", title="Old")
    client.force_login(factories.editor())
    address = table_upload(client, "slug,title_fr\na,Neuf\n")
    expected = client.get(address).context["report"].digest
    assert client.post(address, {"expected": expected}).context["form"].errors["meaning"] == [
        "This field is required."
    ]
    client.post(address, {"expected": expected, "meaning": "wording"})
    practice.refresh_from_db()
    assert practice.title_fr == "Neuf"


@pytest.mark.parametrize("expected", ["", "wrong"])
def test_a_table_that_would_change_something_else_by_now_is_shown_again(client, expected):
    practice = factories.practice(slug="a", title="Old")
    client.force_login(factories.editor())
    address = table_upload(client, "slug,title_de\na,Neu\n")
    response = client.post(address, {"expected": expected}, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "Something was changed here since the preview. Look at it again."
    ]
    practice.refresh_from_db()
    assert practice.title_de == "Old"


def test_the_parts_of_what_was_selected_have_tables_too(client):
    project = factories.project()
    factories.participation(project=project, city=factories.city(slug="malmo"))
    factories.participation()
    client.force_login(factories.editor())
    select(client, project, action="export_table")
    response = exported(client, "export-table", table="projects.participation", format="csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["city"] for row in rows] == ["malmo"]


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_strangers_are_sent_to_sign_in(client, name):
    assert reverse("admin:login") in client.get(reverse(f"files:{name}"), follow=True).redirect_chain[0][0]


def test_somebody_without_permissions_exports_and_imports_nothing(client):
    practice = factories.practice(slug="a", title="Old")
    client.force_login(factories.user(username="stranger"))
    key = f"practices.practice.{practice.pk}"
    data = {"selection": key, "targets": ["de"], "only": "all", "version": "2.0"}
    assert client.post(reverse("files:export-texts"), data).status_code == 403
    response = uploaded(client, b"slug,title_de\na,b\n", "import-table", "a.csv", table="practices.practice")
    assert response.status_code == 403


def test_a_translator_is_offered_their_languages_and_no_facts(client):
    factories.practice(slug="a", title="Old")
    client.force_login(factories.translator("de"))
    select(client, Practice.objects.get())
    assert client.get(reverse("files:export-texts")).context["form"]["targets"].value() == ["de"]
    report = client.get(table_upload(client, "slug,title_de,title_it\na,Neu,Nuovo\n")).context["report"]
    assert report.errors == [(2, "title_it", "You may not change this column.")]


def test_a_file_is_for_who_uploaded_it(client):
    client.force_login(factories.editor())
    address = table_upload(client, "slug,title_de\na,Neu\n")
    client.force_login(factories.editor(username="another"))
    assert client.get(address).url == reverse("files:import-table")


def test_files_are_kept_for_a_day(own_files):
    user = factories.editor()
    ticket = uploads.keep(SimpleUploadedFile("a.xlf", b"a"), user)
    [path] = (own_files / "imports").iterdir()
    then = (timezone.now() - datetime.timedelta(days=2)).timestamp()

    os.utime(path, (then, then))
    uploads.keep(SimpleUploadedFile("b.xlf", b"b"), user)
    assert uploads.kept(ticket, user) is None
    assert len(storages["private"].listdir("imports")[1]) == 1


def test_an_imported_file_is_kept_no_longer(client, own_files):
    client.force_login(factories.editor())
    factories.practice(slug="a")
    address = table_upload(client, "slug,title_de\na,Neu\n")
    client.post(address, {"expected": client.get(address).context["report"].digest})
    assert list((own_files / "imports").iterdir()) == []


# --- Nonsense -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_breaks_no_page(client, name, text):
    client.force_login(factories.editor())
    names = [
        "selection",
        "targets",
        "only",
        "version",
        "format",
        "table",
        "file",
        "as",
        "unit",
        "expected",
        "meaning",
    ]
    data = dict.fromkeys(names, text)
    assert client.get(reverse(f"files:{name}"), data).status_code in (200, 302)
    assert client.post(reverse(f"files:{name}"), data).status_code in (200, 302)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("import-texts", "This file is damaged: it is not well-formed XML."),
        ("import-table", "The file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(client, page, words):
    client.force_login(factories.editor())
    response = uploaded(client, b"\n", page, table="practices.practice")
    assert response.context["form"].errors["file"] == [words]
    assert response.context["form"]["table" if page == "import-table" else "provenance"].value() in (
        "practices.practice",
        "unreviewed",
    )


def test_every_list_offers_both_ways(client):
    client.force_login(factories.administrator())
    page = client.get(url_of(Practice, "changelist")).content.decode()
    for address in (
        reverse("files:import-texts"),
        f"{reverse('files:import-table')}?table=practices.practice",
    ):
        assert f'href="{address}"' in page
