import pytest

from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db


def test_a_practice_leads_to_its_city_its_themes_its_projects_and_its_sources(client):
    city = factories.city(slug="riga", name="Riga")
    factories.participation(city=city, project=factories.project(slug="bounce", name="Bounce"))
    factories.practice(
        slug="strategy", city=city, themes=[factories.theme(slug="youth")], audiences=[factories.audience(slug="parents")],
        prevention_levels=[factories.prevention_level(slug="primary")], sources=[factories.resource(slug="brochure")],
    )  # fmt: skip
    links = read(client, "/it/practices/strategy/").links
    assert {
        "/it/cities/riga/", "/it/projects/bounce/", "/it/resources/brochure/", "/it/practices/?theme=youth",
        "/it/practices/?audience=parents", "/it/practices/?level=primary",
    } <= set(links)  # fmt: skip


def test_what_nobody_wrote_has_no_heading(client):
    factories.practice(slug="bare", title="Bare")
    factories.practice(slug="full", title="Full", what_did_not="Nobody came.", evidence="We counted.")
    bare, full = (read(client, f"/en/practices/{slug}/") for slug in ("bare", "full"))
    assert [h.text for h in full.all("h2")][:2] == ["What did not", "How we know"]
    assert "What did not" not in bare.text and "How we know" not in bare.text


def test_a_list_has_twenty_entries_a_page_and_says_how_many_there_are(client):
    city = factories.city()
    for number in range(21):
        factories.practice(city=city, title=f"Practice {number:02}")
    first, second = (read(client, f"/en/practices/?sort=title&page={page}") for page in (1, 2))
    assert [len(page.with_class("entry")) for page in (first, second)] == [20, 1]
    assert first.with_class("results-count")[0].text == "21 of 21 entries"
    assert "/en/practices/?sort=title&page=2" in first.links and "/en/practices/?sort=title" in second.links
    assert second.one("link", rel="canonical")["href"] == "http://testserver/en/practices/?sort=title&page=2"


def test_an_empty_list_helps_to_widen_it(client):
    factories.practice(title="School", themes=[factories.theme(slug="youth", name="Youth")])
    page = read(client, "/en/practices/?q=nothing&theme=youth")
    assert not page.with_class("entry")
    widen = [
        link
        for link in page.links
        if link in ("/en/practices/?q=nothing", "/en/practices/?theme=youth", "/en/practices/")
    ]
    assert len(widen) == 3


def test_words_looked_for_are_kept_in_the_field_and_marked_in_the_entries(client):
    factories.practice(title="L'école ouverte")
    page = read(client, "/en/practices/?q=ECOLE")
    assert page.one("input", type="search", id="q")["value"] == "ECOLE"
    assert [mark.text for mark in page.all("mark")] == ["école"]


def test_filters_work_as_a_plain_form_that_keeps_words_and_order(client):
    factories.practice(title="School", themes=[factories.theme(slug="youth")])
    page = read(client, "/tr/practices/?q=school&theme=youth&sort=title")
    form = page.one("form", class_="facets-form")
    assert (form["action"], form["method"]) == ("/tr/practices/", "get")
    ticked = [(e["name"], e["value"]) for e in page.all("input", type="checkbox", checked=True)]
    hidden = {(e["name"], e["value"]) for e in page.all("input", type="hidden")}
    assert ticked == [("theme", "youth")]
    assert {("q", "school"), ("sort", "title")} <= hidden


def test_what_a_list_remembers_of_a_city_follows_its_changes(client):
    city = factories.city(name="Riga")
    factories.practice(city=city)
    assert "Riga" in read(client, "/en/practices/").with_class("entry")[0].text
    city.name_en = "Rīga"
    city.save()
    factories.membership(city=city, since=1999)
    factories.participation(city=city, project=factories.project(name="Bounce"))
    text = read(client, "/en/practices/").with_class("entry")[0].text
    assert all(word in text for word in ("Rīga", "1999", "Bounce"))
