import dataclasses

import pytest
import tablib
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from reversion.models import Version

from desk.cleaning import cleaned
from practices.models import Practice
from resources.models import Resource
from tests import factories
from tests.desk import form_data, url_of
from tests.pages import Document
from translations.exchanging import export, key_of
from translations.tables import import_table
from translations.xliff import write

PLAIN = [
    "a < b > c & d",
    "The tag <b> makes <i>letters</i> bold; see <https://example.org> or write to <office@example.org>.",
    "&lt;script&gt; in words",
    "if on=1 < 2 then onward=3",
    "<3 " * 50,
    "« javascript: » is no address here",
    "Один < два > ноль",
    "< 18 years, >65 years, 3<4",
    "Ages <18 and <b",
    "<a href='https://example.org/?on=1&style=2'>here</a>",
    "&#60;b&#62; and &nbsp; and AT&T; <b>",
    "x <y and so on = z",
]
ACTIVE = [
    ("Before <script>alert(1)</script>after", "Before after", {"<script>"}),
    ("Nobody closed <script> and the text stays", "Nobody closed  and the text stays", {"<script>"}),
    ("<IFRAME src=//x></IFRAME>Film", "Film", {"<iframe>"}),
    ("<img src='x' OnError='alert(1)'> a", '<img src="x"> a', {"onerror"}),
    ("<svg/onload=alert(1)>x", "x", {"<svg>", "onload"}),
    ("<a href='javascript:alert(1)'>here</a>", "<a>here</a>", {"javascript:"}),
    ("<a href='java&#115;cript:alert(1)'>here</a>", "<a>here</a>", {"javascript:"}),
    # Each layer of writing signs out is one more pass.
    ("<script></script>&#60;script&#62;alert(1)&#60;/script&#62;x", "x", {"<script>"}),
    ("<svg></svg>&#60;svg&#62;&#38;#60;svg onload=alert(1)&#62;", "", {"<svg>", "onload"}),
    # Read otherwise by who runs scripts.
    ('<noscript><p title="</noscript><img src=x onerror=alert(1)>">', None, {"<noscript>", "onerror"}),
    # Nobody closed these; the next sign of the page would.
    ("The rate <form 2024, 3 < 4, and the rest", "The rate form 2024, 3 < 4, and the rest", {"<form>"}),
    ("Look <img src=x onerror=alert(1) ", "Look img src=x onerror=alert(1) ", {"onerror"}),
    ('<img src=x onerror=alert(1) alt="', 'img src=x onerror=alert(1) alt="', {"onerror"}),
    ("<a href=javascript:alert(1) ", "a href=javascript:alert(1) ", {"javascript:"}),
    ("<b><p style='position:fixed'>all", "<b><p>all</p></b>", {"style"}),
    ("<a href=' \tjava\nscript:alert(1)'>x</a>", "<a>x</a>", {"javascript:"}),
    ("<a href='data:text/html,x'>x</a>", "<a>x</a>", {"javascript:"}),
    ("<button formaction=javascript:alert(1)>x</button>", "<button>x</button>", {"javascript:"}),
    ("<details open ontoggle=alert(1)>x</details>", "<details>x</details>", {"ontoggle"}),
    ("<math><mtext><style><img src=x onerror=alert(1)>", None, {"<math>", "<style>"}),
    ("1 < 2 &lt;b&gt; <style>p {}</style>é", "1 < 2 &lt;b&gt; é", {"<style>"}),
]


@pytest.mark.parametrize("text", PLAIN)
def test_signs_and_tags_in_a_plain_text_remain_as_they_were_typed(text):
    assert cleaned(text) == (text, set())


@pytest.mark.parametrize("text, passive, removed", ACTIVE)
def test_what_is_active_is_taken_out_and_named(text, passive, removed):
    cleaned_text, names = cleaned(text)
    assert names == removed
    # Where no words were meant, how much of them is left does not matter.
    assert passive in (None, cleaned_text)
    assert cleaned(cleaned_text) == (cleaned_text, set())


@pytest.mark.django_db
def test_an_editor_is_told_what_was_taken_out_and_keeps_the_rest(client):
    record = factories.practice()
    client.force_login(factories.editor())
    data = form_data(
        client.get(url_of(record)), title_en="Streets <script>x</script>& <b>squares</b>", meaning="wording"
    )
    response = client.post(url_of(record), data, follow=True)
    assert Practice.objects.get().title_en == "Streets & <b>squares</b>"
    words = [str(message) for message in response.context["messages"] if "<script>" in str(message)]
    assert words == ["Texts are plain: <script> was taken out of what you typed."]


@pytest.mark.django_db
def test_what_comes_in_by_any_other_way_is_cleaned_too():
    record = factories.declaration()
    clause = record.clauses.first()
    clause.wording_de = "Wir <iframe src=x></iframe>empfehlen"
    clause.save()
    clause.refresh_from_db()
    assert clause.wording_de == "Wir empfehlen"


DIRTY, PURE = "Wir <iframe src=x></iframe>empfehlen <b>", "Wir empfehlen <b></b>"


def by_file(client, record):
    client.force_login(factories.editor())
    package = export({key_of(record): record}, ["de"], version="2.0", only="all")[0]
    for file in package.files:
        file.segments[:] = [dataclasses.replace(each, target=DIRTY) for each in file.segments]
    file = SimpleUploadedFile("back.xlf", write(package))
    preview = client.post("/admin/exchange/texts/import/", {"file": file, "provenance": "reviewed"})
    page = client.get(preview.headers["Location"]).content.decode()
    tickets = [each["value"] for each in Document(page).all("input") if each.attributes.get("name") == "unit"]
    return client.post(preview.headers["Location"], {"unit": tickets})


def by_table(client, record):
    client.force_login(factories.editor())
    file = SimpleUploadedFile("back.csv", f"slug,title_de\n{record.slug},{DIRTY}\n".encode())
    sent = {"file": file, "table": "practices.practice"}
    preview = client.post("/admin/exchange/table/import/", sent).headers["Location"]
    expected = client.get(preview).context["form"]["expected"].value()
    return client.post(preview, {"expected": expected}, follow=True)


def at_the_workbench(client, record):
    client.force_login(factories.editor())
    kind = ContentType.objects.get_for_model(record)
    page = f"/admin/translate/{kind.pk}/{record.pk}/de/"
    rows = client.get(page).context["rows"]
    sent = {row["seen_name"]: row["seen"] for row in rows} | {row["unit"].name: DIRTY for row in rows}
    return client.post(page, {"save": "reviewed", **sent}, follow=True)


def by_restoring(client, record):
    """A revision from before texts were cleaned."""
    version = Version.objects.get_for_object(record).first()
    data = version.serialized_data.replace(record.title_de, DIRTY.replace('"', '\\"'))
    Version.objects.filter(pk=version.pk).update(serialized_data=data)
    client.force_login(factories.editor())
    return client.post(f"/admin/practices/practice/{record.pk}/history/{version.revision_id}/")


@pytest.mark.django_db
@pytest.mark.parametrize("way", [by_file, by_table, at_the_workbench, by_restoring])
def test_a_text_is_cleaned_by_whatever_way_it_comes_in(client, way):
    record = factories.practice(title_de="Straßen", provenance_de="unreviewed")
    response = way(client, record)
    assert Practice.objects.get().title_de == PURE
    if way is not by_restoring:
        assert [str(each) for each in response.context["messages"] if "<iframe>" in str(each)]


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " java\nscript:alert(1)"])
def test_an_address_is_one_of_the_web(client, url):
    record = factories.resource(url="https://example.org/")
    editor = factories.editor()
    client.force_login(editor)
    data = form_data(client.get(url_of(record)), url=url)
    assert "url" in client.post(url_of(record), data).context["adminform"].form.errors
    table = tablib.Dataset([record.slug, url], headers=["slug", "url"])
    assert [
        column for _row, column, _words in import_table(Resource, table, [2], by=editor, reason="").errors
    ] == ["url"]


@pytest.mark.django_db
def test_a_tag_that_remains_is_printed_as_it_was_typed(client):
    record = factories.practice(title_en="The <b> of <i>x</i>")
    page = client.get(f"/en/practices/{record.slug}/").content.decode()
    assert "The &lt;b&gt; of &lt;i&gt;x&lt;/i&gt;" in page
    assert "<b> of" not in page
