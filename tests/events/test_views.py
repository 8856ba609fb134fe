import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

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


def slugs(client, part):
    return [event.slug for event in client.get("/en/events/").context[part]]


def test_past_events_come_latest_first(client, founding_content):
    assert slugs(client, "past") == ["nice-2017", "rotterdam-2016", "aarhus-2015"]
    assert slugs(client, "coming") == []
    assert "No event is announced at the moment." in read(client, "/en/events/").text


def on(slug, day, **fields):
    return factories.event(slug=slug, starts_on=day, ends_on=day, **fields)


def test_coming_events_come_soonest_first(client):
    today = datetime.date.today()
    for days in (90, 10, -10):
        on(f"in-{days}" if days > 0 else "past", today + datetime.timedelta(days=days))
    assert (slugs(client, "coming"), slugs(client, "past")) == (["in-10", "in-90"], ["past"])


def test_a_list_without_past_events_says_so(client):
    on("next", datetime.date.today() + datetime.timedelta(days=5))
    assert "No event has taken place yet." in read(client, "/en/events/").text


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        ("2026-06-01T20:59:59+00:00", []),  # 23:59:59 in Istanbul
        ("2026-06-01T21:00:00+00:00", ["istanbul"]),
        ("2026-06-01T22:00:00+00:00", ["istanbul", "paris"]),
        ("2026-06-02T07:00:00+00:00", ["istanbul", "paris", "los-angeles"]),
    ],
)
def test_an_event_is_over_when_its_last_day_has_passed_where_it_is_held(client, monkeypatch, moment, over):
    now = datetime.datetime.fromisoformat(moment)
    monkeypatch.setattr(timezone, "now", lambda: now)
    for slug, zone in (
        ("istanbul", "Europe/Istanbul"),
        ("paris", "Europe/Paris"),
        ("los-angeles", "America/Los_Angeles"),
    ):
        on(slug, datetime.date(2026, 6, 1), time_zone=zone)
    assert slugs(client, "past") == over


def test_the_programme_is_given_by_day_in_local_time(client):
    event = factories.event(
        slug="summit", starts_on=datetime.date(2026, 6, 1), ends_on=datetime.date(2026, 6, 2), time_zone="Europe/Istanbul"
    )  # fmt: skip
    factories.session(event=event, day=event.ends_on, title="Farewell")
    factories.session(
        event=event,
        starts_at=datetime.time(14),
        ends_at=datetime.time(15, 30),
        title="Workshops",
        room="Hall",
    )
    factories.session(event=event, title="Opening", summary="With mayors.")
    page = read(client, "/de/events/summit/")
    times = [e["datetime"] for e in page.all("time") if "T" in e["datetime"]]
    assert times == [
        "2026-06-01T09:00:00+03:00",
        "2026-06-01T14:00:00+03:00",
        "2026-06-01T15:30:00+03:00",
        "2026-06-02T09:00:00+03:00",
    ]
    assert [e.text for e in page.all("h4")] == ["Opening", "Workshops", "Farewell"]
    assert "Europe/Istanbul (UTC+3)" in page.text and "14:00 – 15:30" in page.text


@pytest.mark.parametrize(
    ("zone", "first", "last", "offsets"),
    [
        ("Europe/Paris", "2026-06-01", "2026-06-02", ["UTC+2"]),
        ("Europe/Paris", "2026-10-24", "2026-10-25", ["UTC+2", "UTC+1"]),
        ("Asia/Kolkata", "2026-06-01", "2026-06-01", ["UTC+5:30"]),
        ("America/St_Johns", "2026-01-01", "2026-01-01", ["UTC−3:30"]),
        ("UTC", "2026-01-01", "2026-01-01", ["UTC+0"]),
    ],
)
def test_local_time_is_told_as_the_distance_from_utc_on_the_days_of_the_event(zone, first, last, offsets):
    days = {"starts_on": datetime.date.fromisoformat(first), "ends_on": datetime.date.fromisoformat(last)}
    assert Event(time_zone=zone, **days).offsets == offsets


def test_study_visits_show_the_places_that_are_left_while_one_can_register(client):
    event = on("summit", datetime.date.today() + datetime.timedelta(days=5), takes_registrations=True)
    visits = [
        factories.study_visit(event=event, places=places, title=f"Visit {places}") for places in (1, 3, None)
    ]
    for visit in visits:
        factories.registration(event=event, visit=visit, visit_state="confirmed")
        factories.registration(event=event, visit=visit, visit_state="waiting")
    items = [e.text for e in read(client, "/en/events/summit/").with_class("programme-item")]
    assert items == ["Visit 1 full: waiting list", "Visit 3 2 places left", "Visit None"]
    Event.objects.update(takes_registrations=False)
    items = [e.text for e in read(client, "/en/events/summit/").with_class("programme-item")]
    assert items == ["Visit 1", "Visit 3", "Visit None"]


def test_participating_cities_are_named_but_for_drafts(client):
    shown, draft = factories.city(slug="aarhus"), factories.city(slug="hidden", status="draft")
    factories.event(slug="summit", participants=[shown, draft])
    links = read(client, "/en/events/summit/").links
    assert "/en/cities/aarhus/" in links and "/en/cities/hidden/" not in links


def test_an_event_leads_to_its_calendar_and_the_list_to_that_of_all(client):
    factories.event(slug="summit")
    assert "/en/events/summit/calendar.ics" in read(client, "/en/events/summit/").links
    page = read(client, "/en/events/")
    assert "/en/events/calendar.ics" in page.links
    assert page.one("link", rel="alternate", type="text/calendar")["href"] == "/en/events/calendar.ics"


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
