import pytest

from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db


def test_a_city_leads_to_its_practices_projects_declarations_and_events(client):
    city = factories.city(slug="riga")
    factories.practice(slug="strategy", city=city)
    factories.participation(city=city, project=factories.project(slug="bounce"))
    factories.declaration(slug="here", city=city)
    factories.signature(city=city, declaration=factories.declaration(slug="signed"))
    factories.event(slug="summit", city=city)
    links = read(client, "/fr/cities/riga/").links
    assert {
        "/fr/practices/strategy/", "/fr/projects/bounce/", "/fr/declarations/here/", "/fr/declarations/signed/", "/fr/events/summit/",
    } <= set(links)  # fmt: skip


def test_a_city_says_which_source_states_its_participation_and_where_they_differ(client):
    city = factories.city(slug="riga")
    factories.participation(
        city=city, project=factories.project(start_year=2014, end_year=2016), start_year=2015, end_year=2016, stated_by="both"
    )  # fmt: skip
    text = read(client, "/en/cities/riga/").text
    assert "2015–2016" in text and "The project itself gives 2014–2016." in text
    assert "the city’s sheet and the project’s list" in text


def test_a_city_without_coordinates_has_no_map_and_one_with_them_has(client):
    factories.city(slug="somewhere")
    factories.city(slug="nowhere", latitude=None, longitude=None)
    drawn = {
        slug: len(read(client, f"/en/cities/{slug}/").all("svg", role="group"))
        for slug in ("somewhere", "nowhere")
    }
    assert drawn == {"somewhere": 1, "nowhere": 0}


def test_memberships_past_and_present_and_support_are_told(client):
    city = factories.city(slug="riga")
    factories.membership(city=city, since=2000, until=2005)
    factories.membership(city=city, since=2015)
    factories.accompaniment(city=city, year=2017, subject="A local strategy")
    text = read(client, "/en/cities/riga/").text
    assert all(words in text for words in ("2000–2005", "since 2015", "2017: A local strategy"))
