"""The search page, its parts, and that nothing that anybody may type breaks it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance import memory
from alliance.languages import CODES
from search.filters import SearchFilter
from tests import factories
from tests.pages import Document, read

pytestmark = pytest.mark.django_db

PAGE = "/en/search/"
HTMX = {"HX-Request": "true"}


def hits(page):
    return [element.text for element in page.with_class("hit-title")]


# --- The page -------------------------------------------------------------------------------------


def test_the_page_shows_what_is_found_with_links_to_it(client):
    practice = factories.practice(title="Zebra crossings", summary="About zebras")
    page = read(client, f"{PAGE}?q=zebra")
    assert hits(page) == ["Zebra crossings"]
    assert f"/en/practices/{practice.slug}/" in page.links
    assert [element.text for element in page.all("mark")] == ["Zebra", "zebras"]
    assert page.one("input", name="q", type="search", value="zebra")


@pytest.mark.parametrize("language", CODES)
def test_the_page_is_in_the_language_of_its_address(client, language):
    factories.practice(**{f"title_{code}": f"Zebra {code}" for code in CODES}, title="")
    page = read(client, f"/{language}/search/?q=zebra")
    assert page.language == language
    assert hits(page) == [f"Zebra {language}"]


def test_before_anything_is_typed_the_page_offers_ways_to_begin(client):
    factories.practice(title="Zebra", themes=[factories.theme(slug="youth", name="Youth")])
    page = read(client, PAGE)
    assert hits(page) == []
    assert "/en/practices/?theme=youth" in page.links
    assert len([link for link in page.links if link.startswith("/en/search/?q=")]) == 5


@pytest.mark.parametrize("language", CODES)
def test_every_example_finds_something_in_its_language(client, founding_content, language):
    page = read(client, f"/{language}/search/")
    examples = [link for link in page.links if link.startswith(f"/{language}/search/?q=")]
    assert len(examples) == 5
    for example in examples:
        found = read(client, example)
        assert hits(found), example
        assert not found.with_class("correction"), example


def test_where_nothing_is_found_the_page_says_what_to_do(client):
    factories.practice(title="Zebra", themes=[factories.theme(slug="youth")])
    factories.practice(title="Giraffe")
    page = read(client, f"{PAGE}?q=zebra+giraffe+")
    assert hits(page) == []
    assert "Nothing found for “zebra giraffe”" in page.text
    assert "Without “zebra”: 1 result" in page.text
    assert {"/en/search/?q=giraffe", "/en/search/?q=zebra", "/en/practices/?theme=youth"} <= set(page.links)


def test_a_correction_is_announced_with_the_way_back(client):
    factories.practice(title="Prison")
    page = read(client, f"{PAGE}?q=prizon")
    assert hits(page) == ["Prison"]
    assert "/en/search/?q=prizon&exact=1" in page.links
    back = read(client, f"{PAGE}?q=prizon&exact=1")
    assert hits(back) == []


def test_a_query_that_is_cut_is_announced(client):
    factories.practice(title="Zebra")
    said = "only the beginning of it was used"
    assert said in read(client, f"{PAGE}?q={'zebra+' * 17}").text
    assert said not in read(client, f"{PAGE}?q={'zebra+' * 16}").text


def test_a_list_of_results_has_pages(client):
    city = factories.city(name="Elsewhere")
    for number in range(25):
        factories.practice(title=f"Zebra {number}", city=city)
    first, second = (read(client, f"{PAGE}?q=zebra+&sort=recent&page={number}") for number in (1, 2))
    assert hits(first) == [f"Zebra {number}" for number in range(24, 4, -1)]
    assert hits(second) == [f"Zebra {number}" for number in range(4, -1, -1)]
    assert hits(read(client, f"{PAGE}?q=zebra+&sort=recent&page=99")) == hits(second)
    assert "/en/search/?q=zebra+&sort=recent&page=2" in first.links


def test_the_page_links_to_its_feed_and_its_table(client):
    factories.practice(title="Zebra")
    page = read(client, f"{PAGE}?q=zebra+&country=FR")
    assert {"/en/search/feed/?q=zebra+&country=FR", "/en/search/csv/?q=zebra+&country=FR"} <= set(page.links)
    for link in page.links:
        if link.startswith(("/en/search/feed/", "/en/search/csv/")):
            assert client.get(link).status_code == 200


def test_drafts_are_shown_to_those_only_who_may_see_them(client):
    factories.practice(title="Zebra", status="draft")
    assert hits(read(client, f"{PAGE}?q=zebra")) == []
    client.force_login(factories.editor())
    assert hits(read(client, f"{PAGE}?q=zebra")) == ["Zebra"]


def test_results_of_a_search_are_not_for_search_engines_and_its_page_is(client):
    factories.practice(title="Zebra")
    assert read(client, f"{PAGE}?q=zebra").all("meta", name="robots", content="noindex, follow")
    assert not read(client, PAGE).all("meta", name="robots")


# --- Its parts ------------------------------------------------------------------------------------


def test_htmx_gets_the_part_that_changes(client):
    factories.practice(title="Zebra")
    response = client.get(f"{PAGE}?q=zebra", headers=HTMX)
    assert response.status_code == 200 and "HX-Request" in response.headers["Vary"]
    part = Document(response.content.decode())
    assert (hits(part), part.all("html")) == (["Zebra"], [])
    back = client.get(f"{PAGE}?q=zebra", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert Document(back.content.decode()).one("html")


def test_suggestions_are_a_part_of_a_page(client):
    practice = factories.practice(title="Zebra")
    response = client.get(f"{PAGE}suggestions/?q=zeb")
    part = Document(response.content.decode())
    assert (response.status_code, part.all("html")) == (200, [])
    assert [one["data-url"] for one in part.all("li", role="option")] == [f"/en/practices/{practice.slug}/"]


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}suggestions/", f"{PAGE}csv/"])
def test_only_reading_is_possible(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


# --- What it costs --------------------------------------------------------------------------------

# path: number of queries when nothing is remembered, and of the requests after it
QUERIES = {
    "": (6, 1),
    "?q=zebra": (8, 3),
    "?q=zebra+&sort=recent": (8, 3),
    "?q=zebra&country=FR&type=practice": (8, 3),
    "?q=zzzzzz": (10, 4),
    "?q=zebro": (13, 7),
    "suggestions/?q=zeb": (5, 3),
    "feed/?q=zebra": (8, 3),
    "csv/?q=zebra": (8, 3),
}


def measured(client):
    numbers = {}
    for path in QUERIES:
        memory._held.clear()
        counted = []
        for _turn in range(2):
            with CaptureQueriesContext(connection) as queries:
                response = client.get(f"/de/search/{path}")
                if response.streaming:
                    b"".join(response.streaming_content)
                assert response.status_code == 200
            counted.append(len(queries))
        numbers[path] = tuple(counted)
    return numbers


@pytest.mark.parametrize("size", [1, 20])
def test_the_number_of_queries_is_known_and_does_not_grow_with_the_hits(client, size):
    for _n in range(size):
        factories.practice(
            title_en="Zebra", city=factories.city(name="Elsewhere"), themes=[factories.theme()],
            audiences=[factories.audience()], prevention_levels=[factories.prevention_level()],
        )  # fmt: skip
    factories.participation()
    assert measured(client) == QUERIES


def test_every_kind_of_thing_that_is_shown_costs_one_query_more(client):
    factories.practice(title="Zebra", city=factories.city(name="Elsewhere"))
    read(client, f"{PAGE}?q=zebra+")
    with CaptureQueriesContext(connection) as one:
        read(client, f"{PAGE}?q=zebra+")
    declaration = factories.declaration(clauses=0, title="Zebra", city=factories.city(name="Elsewhere"))
    factories.clause(section=factories.section(declaration=declaration), wording="Zebra")
    factories.project(name="Zebra")
    factories.event(title="Zebra", city=factories.city(name="Elsewhere"))
    factories.resource(title="Zebra")
    read(client, f"{PAGE}?q=zebra+")
    with CaptureQueriesContext(connection) as six:
        page = read(client, f"{PAGE}?q=zebra+")
    assert len(hits(page)) == 6
    assert len(six) == len(one) + 5


@pytest.mark.parametrize("path", ["practices", "projects", "cities", "resources"])
def test_a_list_that_has_nothing_leads_to_the_search_of_everything(client, path):
    page = read(client, f"/en/{path}/?q=zebra+%26+co")
    assert "/en/search/?q=zebra%20%26%20co" in page.links


# --- Junk -----------------------------------------------------------------------------------------

JUNK = {
    "nothing": "",
    "a blank": " ",
    "NUL": "a\x00b",
    "control characters": "\x01\x0b\x1b\x7f\r\n",
    "ten thousand letters": "x" * 10_000,
    "ten thousand words": "zebra " * 5_000,
    "ten thousand different words": " ".join(f"w{number}" for number in range(1_600)),
    "an open quotation mark": '"zebra crossing',
    "many quotation marks": '"' * 399,
    "quotation marks of all kinds": "„zebra“ «x» ”y „z",
    "exclusions": '-zebra -"x y" --z - -',
    "brackets": "((zebra) AND (crossing",
    "operators": "zebra AND OR NOT NEAR(x, 5) * ^ + : & | ! <-> {x y} : terms",
    "a column of the index": "terms:zebra number:1 rowid:1",
    "tsquery": "zebra & !crossing | 'x':* <2> y",
    "SQL": "' OR 1=1; DROP TABLE search_postings; --",
    "wildcards": "zeb* %_% \\ ? [a-z]",
    "backslashes": "\\' \\\" \\\\ \\",
    "HTML": "<script>alert(1)</script>",
    "an attribute": '"><img src=x onerror=alert(1)>',
    "another attribute": "' onmouseover='alert(1)",
    "a template": "{{ settings.SECRET_KEY }}{% debug %}",
    "a format": "%(words)s %(count)s {0} %s %n",
    "a path": "../../../../etc/passwd",
    "an address": "javascript:alert(1)",
    "a formula": "=HYPERLINK(1)",
    "emoji": "👩‍👩‍👧🏽🏳️‍🌈",
    "right to left": "\u202eمدينة عمّان\u202c",
    "letters that unfold into words": "\ufdfa" * 200,
    "combining marks": "a" + "\u0301" * 500,
    "signs that XML forbids": "\ufffe\uffff\x08",
    "half a pair": "\ud800",
    "not UTF-8": b"\xff\xfe\xc3",
    "huge": "99999999999999999999999",
    "minus one": "-1",
    "other digits": "٣",
    "a list": "[1, 2]",
    "the language of the keys": "яуикф",
}
PARAMETERS = ["q", *SearchFilter.facets, "sort", "page", "exact", "unknown"]
PATHS = [PAGE, f"{PAGE}feed/", f"{PAGE}csv/", f"{PAGE}suggestions/"]


def encoded(junk):
    """As an address may hold it; half a surrogate pair as the bytes that are no UTF-8."""
    return junk if isinstance(junk, bytes) else junk.encode("utf-8", "surrogatepass")


def get(client, path, parameters, **options):
    response = client.get(path, parameters, **options)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, content.decode()


def harmless(content):
    """Whether nothing that was typed has become part of the structure of the page."""
    page = Document(content)
    assert "<script>alert" not in content and "«undefined" not in content
    assert not [e for e in page.elements if set(e.attributes) & {"onerror", "onmouseover"}]
    assert not [link for link in page.links if link.startswith("javascript:")]
    return True


@pytest.fixture
def things(db):
    factories.practice(
        title="Zebra crossing", city=factories.city(name="Zebraville"), themes=[factories.theme(slug="theme")],
        start_year=2016,
    )  # fmt: skip
    factories.clause(wording="Zebra")
    factories.project(name="ZEBRA")


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_that_is_looked_for_breaks_nothing(client, things, junk):
    for path in PATHS:
        for typed in (encoded(junk), b"zebra " + encoded(junk)):
            status, content = get(client, path, {"q": typed})
            assert status == 200, path
            if not path.endswith(("feed/", "csv/")):
                assert harmless(content)
    status, content = get(client, PAGE, {"q": encoded(junk)}, headers=HTMX)
    assert status == 200 and harmless(content)


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_in_any_parameter_breaks_nothing(client, things, junk):
    for path in PATHS:
        for parameters in (
            dict.fromkeys(PARAMETERS[1:], encoded(junk)) | {"q": "zebra"},
            {name: [encoded(junk)] * 3 for name in PARAMETERS},
        ):
            status, content = get(client, path, parameters)
            assert status == 200, path
            if not path.endswith(("feed/", "csv/")):
                assert harmless(content)


def test_junk_as_the_name_of_a_parameter_breaks_nothing(client, things):
    for path in PATHS:
        assert get(client, path, {encoded(junk): "x" for junk in JUNK.values()})[0] == 200
        for query in ("%", "%ff", "q", "q=%ZZ", "&&&", "=", "q[]=1", "q=1&q=2"):
            assert client.get(f"{path}?{query}").status_code == 200, query


def test_an_empty_portal_has_a_search(client):
    for path in PATHS:
        for words in ("", "zebra", "zebra giraffe ", '"a b"', "-x"):
            assert get(client, path, {"q": words})[0] == 200


def test_an_empty_portal_has_lists(client):
    for path in ("practices", "projects", "cities", "declarations", "events", "resources"):
        for query in ("", "?q=zebra", "?sort=title", "?sort=name"):
            assert client.get(f"/en/{path}/{query}").status_code == 200, path
