import pytest

from practices.models import Practice
from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db


def test_home_shows_the_network_in_figures(client, founding_content):
    figures = client.get("/en/").context["figures"]
    assert (figures["practices"], figures["projects"]) == (15, 9)
    found = client.get("/en/cities/").context["filters"]
    assert figures["cities"] == found.count
    countries = next(group for group in found.groups if group.name == "country")
    assert figures["countries"] == len(countries.options) + len(countries.more)


def test_home_names_every_city_of_the_map_in_words_too(client, founding_content, settings):
    response = client.get("/ru/")
    drawn, places = response.context["map"], response.context["places"]
    on_map = {c.pk for dot in drawn.dots for c in dot.cities} | {c.pk for c in drawn.outside}
    assert on_map == {city.pk for _country, cities in places for city in cities}


def test_the_ways_in_lead_to_lists_of_the_length_that_they_promise(client, founding_content):
    response = client.get("/it/")
    for _label, name, options in response.context["ways_in"]:
        for option in options:
            found = client.get(f"/it/practices/?{name}={option.value}").context["filters"]
            assert (found.count, found.addresses) == (option.count, {name: [option.value]})


def test_the_search_field_of_home_asks_the_whole_portal(client):
    form = read(client, "/tr/").one("form", role="search")
    assert (form["action"], form["method"]) == ("/tr/search/", "get")


def test_home_stands_without_any_content(client):
    assert client.get("/de/").context["figures"] == {
        "practices": 0,
        "cities": 0,
        "countries": 0,
        "projects": 0,
    }


def test_about_leads_to_the_founding_texts_and_to_their_lists_where_they_were_withdrawn(client):
    factories.declaration(slug="aarhus-2015")
    factories.declaration(slug="nice-2017", status="draft")
    links = read(client, "/fr/about/").links
    assert "/fr/declarations/aarhus-2015/" in links and "/fr/declarations/nice-2017/" not in links
    assert "/fr/events/" in links


def test_services_come_in_their_order_with_their_anchor(client):
    second, first = factories.service(position=2, slug="b"), factories.service(position=1, slug="a")
    assert list(client.get("/en/services/").context["services"]) == [first, second]
    assert [e["id"] for e in read(client, "/en/services/").all("section", id=True)] == ["a", "b"]
    assert second.get_absolute_url() == "/en/services/#b"


def test_the_legal_notice_names_the_publisher_line_by_line_or_says_that_it_is_missing(client, settings):
    settings.PUBLISHER = ""
    assert "PUBLISHER" in read(client, "/en/legal-notice/").text
    settings.PUBLISHER = "Forum & Partners\n10 rue des Montiboeufs"
    html = client.get("/en/legal-notice/").content.decode()
    assert "Forum &amp; Partners<br>10 rue des Montiboeufs" in html and "PUBLISHER" not in html


def test_a_search_for_a_name_with_an_apostrophe_finds_and_marks_it(client, founding_content):
    page = read(client, "/fr/cities/?q=l%27hospitalet")
    assert [e.text for e in page.with_class("entry-title")] == ["L’Hospitalet de Llobregat"] or len(
        page.with_class("entry")
    ) == 1
    assert "&amp;" not in page.with_class("entry")[0].text
    assert Practice.objects.count() == 15


# --- What the privacy page says is so -------------------------------------------------------------


def test_the_privacy_page_names_the_days_after_which_people_are_forgotten(client, settings):
    settings.REGISTRATIONS_KEPT, settings.APPLICATIONS_KEPT = 1, 400
    page = read(client, "/en/privacy/")
    assert "They are deleted 1 day after the end of the event." in page.text
    assert "They are deleted 400 days after the application was accepted, declined or withdrawn." in page.text
    assert "The copy is deleted 7 days after the mail was sent." in page.text
    assert "If the mail could not be sent, that takes 30 days." in page.text


def test_a_page_with_a_form_sets_the_one_cookie_against_forged_forms(client):
    factories.declaration(slug="appeal")
    cookies = client.get("/en/declarations/appeal/sign/").cookies
    assert list(cookies) == ["csrftoken"]
    assert cookies["csrftoken"]["max-age"] == 60 * 60 * 24 * 7 * 52
