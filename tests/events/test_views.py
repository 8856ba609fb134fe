import datetime

import pytest
from django.core.exceptions import ValidationError

from events.models import Event
from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db


def test_an_event_says_who_held_it_in_which_languages_and_what_came_of_it(client):
    event = factories.event(
        slug="summit", city=factories.city(slug="rotterdam"), annual_by_intention=True, study_visits="A walk",
        interpretation_languages=[factories.language(slug="fr", name="French"), factories.language(slug="tr", name="Turkish")],
    )  # fmt: skip
    factories.organiser(event=event, organisation=factories.organisation(name="Forum"))
    factories.organiser(event=event, city=factories.city(slug="aarhus"))
    factories.declaration(slug="appeal", event=event)
    factories.resource(slug="invitation", events=[event])
    page = read(client, "/en/events/summit/")
    links = {
        "/en/cities/rotterdam/",
        "/en/cities/aarhus/",
        "/en/declarations/appeal/",
        "/en/resources/invitation/",
    }
    assert links <= set(page.links)
    assert all(
        words in page.text for words in ("Forum", "French, Turkish", "A walk", "Meant to be held every year")
    )


def test_an_event_of_several_days_gives_both_ends(client):
    factories.event(slug="days", starts_on=datetime.date(2016, 11, 9), ends_on=datetime.date(2016, 11, 10))
    times = [e["datetime"] for e in read(client, "/de/events/days/").all("time")]
    assert times[:2] == ["2016-11-09", "2016-11-10"]


def test_events_come_latest_first(client, founding_content):
    assert [event.slug for event in client.get("/en/events/").context["events"]] == [
        "nice-2017",
        "rotterdam-2016",
        "aarhus-2015",
    ]


def test_a_time_zone_must_exist():
    event = factories.event()
    event.time_zone = "Europe/Atlantis"
    with pytest.raises(ValidationError) as refused:
        event.full_clean()
    assert list(refused.value.message_dict) == ["time_zone"]


def test_machines_learn_the_place_of_an_event(client):
    factories.event(slug="summit", city=factories.city(name="Rotterdam", country="NL"))
    data = read(client, "/en/events/summit/").data[0]
    assert (data["@type"], data["location"]["name"], data["startDate"]) == (
        "Event",
        "Rotterdam",
        "2015-11-18",
    )
    assert Event.objects.get().structured_data()["organizer"] == []
