"""The results of a search as an Atom feed and as a table."""

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext

from alliance.languages import CODES
from search import feeds
from search.feeds import ITEMS, cell, plain
from tests import factories

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOST = "http://testserver"
# Every character that XML 1.0 forbids and that a text can hold.
FORBIDDEN = "".join(map(chr, [*range(1, 9), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF]))


def feed(client, language="en", **parameters):
    response = client.get(f"/{language}/search/feed/", parameters)
    assert (response.status_code, response.headers["Content-Type"]) == (
        200,
        "application/atom+xml; charset=utf-8",
    )
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own


def titles(client, language="en", **parameters):
    root = feed(client, language, **parameters)
    return [entry.find("a:title", ATOM).text for entry in root.findall("a:entry", ATOM)]


def table(client, language="en", **parameters):
    """The rows of the table, the first with the names of the columns."""
    response = client.get(f"/{language}/search/csv/", parameters)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\xef\xbb\xbf") == 1
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- Atom -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", CODES)
def test_the_feed_is_valid_atom_in_its_language(client, language):
    practice = factories.practice(title=f"Zebra {language}", summary="About <b>zebras</b> & more")
    root = feed(client, language, q="zebra ", country="FR")
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    links = {link.get("rel"): link.get("href") for link in root.findall("a:link", ATOM)}
    assert links == {
        "alternate": f"{HOST}/{language}/search/?q=zebra+&country=FR",
        "self": f"{HOST}/{language}/search/feed/?q=zebra+&country=FR",
    }
    with translation.override(language):
        title = gettext("Alliance of Cities: search for “%(words)s”") % {"words": "zebra"}
        path = practice.get_absolute_url()
    assert root.find("a:title", ATOM).text == title
    [entry] = root.findall("a:entry", ATOM)
    assert entry.find("a:title", ATOM).text.endswith(f": Zebra {language}")
    summary = entry.find("a:summary", ATOM)
    assert summary.get("type") == "html"
    assert summary.text.startswith("About &lt;b&gt;zebras&lt;/b&gt; &amp; more")
    assert entry.find("a:link", ATOM).get("href") == f"{HOST}{path}"
    assert all(entry.find(f"a:{name}", ATOM).text for name in ("id", "updated", "published"))
    assert root.find("a:id", ATOM).text and root.find("a:updated", ATOM).text
    assert root.find("a:author", ATOM) is not None


def test_the_feed_has_what_the_page_finds_in_its_order(client):
    city = factories.city(name="Elsewhere")
    for title, summary in [("A zebra", ""), ("Second", "zebra"), ("Other", "")]:
        factories.practice(title=title, summary=summary, city=city)
    assert titles(client, q="zebra ") == ["Practice: A zebra", "Practice: Second"]
    assert titles(client, q="zebra ", sort="recent") == ["Practice: Second", "Practice: A zebra"]
    assert titles(client, q="zebra ", type="city") == []


def test_what_was_meant_is_in_the_feed_too(client):
    factories.practice(title="Prison")
    assert titles(client, q="prizon") == ["Practice: Prison"]
    assert titles(client, q="prizon", exact="1") == []


def test_thirty_things_are_in_the_feed(client):
    city = factories.city(name="Elsewhere")
    for _n in range(ITEMS + 2):
        factories.practice(title="Zebra", city=city)
    assert ITEMS == 30
    assert len(titles(client, q="zebra ")) == 30


def test_an_empty_feed_is_a_feed(client):
    assert titles(client) == titles(client, q="zebra ") == []


def test_a_note_and_the_provenance_stand_behind_the_passage(client):
    factories.practice(
        title="Stripes", summary="Nothing else", title_de="Zebrastreifen", original_language="de",
        provenance_en="machine",
    )  # fmt: skip
    [entry] = feed(client, q="zebrastreifen ").findall("a:entry", ATOM)
    assert entry.find("a:summary", ATOM).text == (
        "Nothing else (Found in the text in German; Machine translation from German)"
    )


def test_drafts_are_in_the_feed_for_those_only_who_may_see_them(client):
    factories.practice(title="Zebra", status="draft")
    assert titles(client, q="zebra ") == []
    client.force_login(factories.editor())
    assert titles(client, q="zebra ") == ["Practice: Zebra"]


@pytest.mark.parametrize("character", FORBIDDEN, ids=lambda character: f"{ord(character):x}")
def test_signs_that_xml_forbids_do_not_break_the_feed(client, character):
    factories.practice(title=f"A{character} zebra", summary=f"one{character}two")
    [title] = titles(client, q=f"zebra {character}")
    assert re.fullmatch(r"Practice: A ? zebra", title)


@pytest.mark.parametrize("words", ["]]>", "<!--", "&amp;", "&#0;", "<![CDATA[", "\ud7ff", "🙂", "\u202e"])
def test_signs_that_mean_something_in_xml_mean_nothing_in_the_feed(client, words):
    factories.practice(title=f"{words} zebra", summary=f"{words} zebra {words}")
    [title] = titles(client, q=f"zebra {words}")
    assert title == f"Practice: {words} zebra"


def test_the_title_of_the_feed_says_what_was_looked_for_as_it_was_typed(client):
    for words in ("a & b", "<b>zebra", "“x”"):
        title = feed(client, q=words).find("a:title", ATOM).text
        assert title == f"Alliance of Cities: search for “{words}”"
    assert feed(client).find("a:title", ATOM).text == "Alliance of Cities: search"


# --- A table --------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_thing_in_the_order_of_the_page(client):
    city = factories.city(name="Riga", country="LV")
    practice = factories.practice(
        title="A zebra", summary="About zebras", city=city, start_year=2015, original_language="en",
        slug="zebra",
    )  # fmt: skip
    factories.event(title="Days", summary="With a zebra", city=None)
    head, first, second = table(client, q="zebra ")
    assert head == [
        "Type", "Title", "Passage", "Part of", "Place", "Time", "Language of the text", "Provenance",
        "Last edited", "Confirmed on", "Address",
    ]  # fmt: skip
    assert first == [
        "Practice", "A zebra", "About zebras", "", "Riga, Latvia", "2015", "en", "",
        localtime(practice.edited_at).date().isoformat(), "", f"{HOST}/en/practices/zebra/",
    ]  # fmt: skip
    assert second[:3] == ["Event", "Days", "With a zebra"]


@pytest.mark.parametrize("language", CODES)
def test_the_table_is_in_its_language_to_the_last_row(client, language):
    with translation.override(language):
        factories.practice(title=f"Zebra {language}", original_language=language)
    response = client.get(f"/{language}/search/csv/", {"q": "zebra "})
    assert response.headers["Content-Disposition"] == f'attachment; filename="alliance-search-{language}.csv"'
    with translation.override("en" if language != "en" else "tr"):  # the server asks for it after the request
        lines = b"".join(response.streaming_content).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(lines, newline=""))
    assert (row[1], row[6]) == (f"Zebra {language}", language)
    assert row[-1].startswith(f"{HOST}/{language}/practices/")
    if language != "en":
        assert head[1] != "" and row[0] != ""


def test_a_text_in_another_language_says_so_in_the_table(client):
    factories.practice(title="", title_de="Zebra", original_language="de")
    [row] = table(client, "fr", q="zebra ")[1:]
    assert (row[1], row[6]) == ("Zebra", "de")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(client, start):
    title = f"{start}HYPERLINK(1;2) zebra"
    factories.practice(title=title, summary=title, city=factories.city(name=f"{start}city zebra"))
    rows = table(client, q="zebra ")[1:]
    assert len(rows) == 2
    cells = [one for row in rows for one in row]
    assert [one for one in cells if one.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert f"'{title}" in cells


def test_other_cells_are_left_as_they_are():
    assert [cell(value) for value in ("a=b", "", 2016, "'", "1-2", None)] == [
        "a=b",
        "",
        "2016",
        "'",
        "1-2",
        "None",
    ]


def test_commas_quotation_marks_and_line_breaks_stay_within_their_cell(client):
    factories.practice(title='A "zebra", or;two', summary="line\none, zebra")
    [row] = table(client, q="zebra ")[1:]
    assert (row[1], row[2]) == ('A "zebra", or;two', "line\none, zebra")


def test_html_stays_text_in_the_table(client):
    factories.practice(title="<b>Zebra</b> & co", summary="a < b zebra &amp;")
    [row] = table(client, q="zebra ")[1:]
    assert (row[1], row[2]) == ("<b>Zebra</b> & co", "a < b zebra &amp;")


def test_the_table_has_as_many_rows_as_are_found_and_no_more_than_it_may(client, monkeypatch):
    city = factories.city(name="Elsewhere")
    for number in range(7):
        factories.practice(title=f"Zebra {number}", city=city)
    monkeypatch.setattr(feeds, "BATCH", 3)
    rows = table(client, q="zebra ", sort="recent")[1:]
    assert [row[1] for row in rows] == [f"Zebra {number}" for number in range(6, -1, -1)]
    monkeypatch.setattr(feeds, "MOST_ROWS", 5)
    assert len(table(client, q="zebra ")[1:]) == 5


def test_an_empty_table_has_its_head(client):
    assert len(table(client, q="zebra ")) == 1


def test_safe_html_becomes_plain_text():
    assert plain("<mark>a</mark> &amp; &lt;b&gt;") == "a & <b>"
    assert plain("x\x0by\x00") == "x y "
    assert plain("tab\tand\nline") == "tab\tand\nline"


def test_the_table_can_only_be_read(client):
    assert client.post("/en/search/csv/").status_code == 405
