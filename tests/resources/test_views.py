import pytest

from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db


def test_a_translated_title_stands_beside_the_real_one(client):
    factories.resource(
        slug="guide", original_language="fr", title="Guide for cities", title_fr="Guide pour les villes"
    )
    page = read(client, "/en/resources/guide/")
    assert page.one("h1").text == "Guide for cities"
    assert [e.text for e in page.all("p", lang="fr")] == ["Guide pour les villes"]


def test_the_real_title_is_not_repeated(client):
    factories.resource(slug="guide", original_language="fr", title="", title_fr="Guide pour les villes")
    for language in ("fr", "tr"):
        page = read(client, f"/{language}/resources/guide/")
        assert (page.one("h1").text, page.all("p", lang="fr")) == ("Guide pour les villes", [])


def test_a_resource_leads_to_what_it_speaks_of_and_to_its_publisher(client):
    factories.resource(
        slug="guide", url="https://example.org/guide.pdf", projects=[factories.project(slug="bounce")],
        events=[factories.event(slug="summit")], declarations=[factories.declaration(slug="appeal")],
        publishers=[factories.organisation(name="Forum")], languages_available=[factories.language(name="Greek", slug="el")],
    )  # fmt: skip
    page = read(client, "/en/resources/guide/")
    links = {
        "/en/projects/bounce/",
        "/en/events/summit/",
        "/en/declarations/appeal/",
        "https://example.org/guide.pdf",
    }
    assert links <= set(page.links)
    assert "Forum" in page.text and "Greek" in page.text


@pytest.mark.parametrize(
    ("query", "slugs"),
    [("", ["a", "b", "c"]), ("sort=recent", ["b", "a", "c"]), ("type=guide", ["a"]), ("language=tr", ["b"]), ("year=2015&year=2016", ["a", "b"]),
     ("type=guide&language=tr", [])],
)  # fmt: skip
def test_resources_are_narrowed_and_ordered(client, query, slugs):
    turkish = factories.language(slug="tr")
    factories.resource(slug="a", title="A", type="guide", year=2015)
    factories.resource(slug="b", title="B", type="report", year=2016, languages_available=[turkish])
    factories.resource(slug="c", title="C", type="letter", year=None)
    page = client.get(f"/en/resources/?{query}").context["page"]
    assert [r.slug for r in page] == slugs
