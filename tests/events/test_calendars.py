"""Calendars as another library than the one that wrote them reads them."""

import datetime
import zoneinfo

import pytest
import vobject
from django.utils import timezone

from alliance.publishing import editing
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 6, 1)
LONG = "Städte gegen Gewalt, “gemeinsam”; a\\b 🏙 " + "я" * 200


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: TODAY)


def text(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return response.content.decode()


def entry(client, path="/en/events/summit/calendar.ics"):
    return vobject.readOne(text(client, path)).vevent


def summit(**fields):
    return factories.event(**{"slug": "summit", "starts_on": TODAY, "ends_on": TODAY} | fields)


def test_an_event_without_a_programme_takes_whole_days_up_to_the_day_after_its_last(client):
    summit(ends_on=TODAY + datetime.timedelta(days=1))
    event = entry(client)
    assert (event.dtstart.value, event.dtend.value) == (datetime.date(2026, 6, 1), datetime.date(2026, 6, 3))
    assert event.dtstart.params == {"VALUE": ["DATE"]}


def test_a_day_with_a_programme_goes_from_its_first_session_to_the_end_of_its_last_in_its_own_zone(client):
    event = summit(time_zone="Europe/Istanbul")
    for start, end in (((14, 0), (17, 30)), ((9, 30), (11, 0))):
        factories.session(event=event, starts_at=datetime.time(*start), ends_at=datetime.time(*end))
    calendar = vobject.readOne(text(client, "/en/events/summit/calendar.ics"))
    start, end = calendar.vevent.dtstart, calendar.vevent.dtend
    paris = zoneinfo.ZoneInfo("Europe/Paris")
    seen = [moment.value.astimezone(paris) for moment in (start, end)]
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in seen] == ["2026-06-01 08:30", "2026-06-01 16:30"]
    assert [zone.tzid.value for zone in calendar.vtimezone_list] == ["Europe/Istanbul"]


@pytest.mark.parametrize(
    ("day", "in_utc"),
    [("2026-03-28", "08:00"), ("2026-03-29", "07:00"), ("2026-10-24", "07:00"), ("2026-10-25", "08:00")],
)
def test_the_rules_of_the_clocks_are_in_the_calendar_itself(client, day, in_utc):
    day = datetime.date.fromisoformat(day)
    factories.session(event=summit(starts_on=day, ends_on=day, time_zone="Europe/Berlin"))
    assert f"{entry(client).dtstart.value.astimezone(datetime.UTC):%H:%M}" == in_utc


def test_a_session_whose_end_is_not_known_gives_the_event_no_end(client):
    factories.session(event=summit())
    assert not hasattr(entry(client), "dtend")


def test_texts_are_in_the_readers_language_and_say_so(client):
    summit(
        title_de="Gipfel",
        title_fr="Sommet",
        summary_de="Treffen",
        city=factories.city(name="Kopenhagen", country="DK"),
    )
    event = entry(client, "/de/events/summit/calendar.ics")
    assert (event.summary.value, event.summary.params) == ("Gipfel", {"LANGUAGE": ["de"]})
    assert (event.description.value, event.location.value) == ("Treffen", "Kopenhagen, Dänemark")
    assert event.url.value == "http://testserver/de/events/summit/"
    assert event.categories.value == ["Konferenz"]


def test_a_text_that_is_missing_is_the_original_and_marked_as_such(client):
    summit(title="", title_fr="Sommet des maires", summary="", summary_fr="Pour les maires.")
    event = entry(client, "/tr/events/summit/calendar.ics")
    assert (event.summary.value, event.summary.params) == ("Sommet des maires", {"LANGUAGE": ["fr"]})
    note, summary = event.description.value.split("\n\n")
    assert (summary, event.description.params) == ("Pour les maires.", {"LANGUAGE": ["fr"]})
    assert "Fransızca" in note


def test_the_programme_is_told_in_local_time(client):
    event = summit(ends_on=TODAY + datetime.timedelta(days=1), summary="")
    factories.session(event=event, title="Opening", ends_at=datetime.time(10, 15))
    factories.session(event=event, title="Farewell", day=event.ends_on)
    assert entry(client).description.value.splitlines() == [
        "1 June 2026",
        "09:00–10:15 Opening",
        "2 June 2026",
        "09:00 Farewell",
    ]


def test_anything_in_a_text_arrives_as_it_was_and_breaks_nothing(client):
    summit(title=LONG, summary="one\r\ntwo\rthree\x07\nEND:VEVENT\nBEGIN:VALARM")
    raw = client.get("/de/events/summit/calendar.ics").content
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    calendar = vobject.readOne(raw.decode())
    assert calendar.vevent.summary.value == LONG
    assert calendar.vevent.description.value == "one\ntwo\nthree \nEND:VEVENT\nBEGIN:VALARM"
    assert len(calendar.vevent_list) == 1 and "valarm" not in calendar.vevent.contents
    assert calendar.x_wr_calname.value == LONG


def test_the_place_is_given_where_it_is_known_and_public(client):
    city = factories.city(latitude="55.6050", longitude="13.0000", name="Malmö", country="SE")
    event = summit(city=city)
    assert entry(client).geo.value == "55.605;13.0"
    city.status = "draft"
    city.save()
    assert not {"geo", "location"} & set(entry(client).contents)
    event.city = None
    event.save()
    assert not {"geo", "location"} & set(entry(client).contents)


def test_a_change_keeps_the_uid_and_raises_the_sequence(client):
    event = summit(created_at=timezone.now() - datetime.timedelta(hours=1))
    before = entry(client)
    event.slug, event.title_en = "renamed", "Another title"
    event.created_at -= datetime.timedelta(seconds=1)  # as if a second had passed
    event.save()
    after = entry(client, "/fr/events/renamed/calendar.ics")
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.last_modified.value >= before.last_modified.value
    assert after.dtstamp.value == after.last_modified.value


def test_events_have_different_uids():
    assert factories.event().calendar_key != factories.event().calendar_key


def test_a_calendar_that_has_not_changed_is_not_sent_again(client):
    summit()
    tag = client.get("/en/events/calendar.ics").headers["ETag"]
    again = client.get("/en/events/calendar.ics", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


# --- The feed -------------------------------------------------------------------------------------


def test_the_feed_holds_the_published_events_of_the_past_year_and_to_come_each_once(client):
    for slug, days in (("old", -366), ("last", -365), ("now", 0), ("next", 400)):
        day = TODAY + datetime.timedelta(days=days)
        factories.event(slug=slug, starts_on=day, ends_on=day)
    summit(slug="draft", status="draft")
    client.force_login(factories.editor())
    calendar = vobject.readOne(text(client, "/it/events/calendar.ics"))
    assert [event.url.value for event in calendar.vevent_list] == [
        f"http://testserver/it/events/{slug}/" for slug in ("last", "now", "next")
    ]
    assert calendar.refresh_interval.value == "P1D"


def test_a_feed_without_events_is_a_calendar_too(client):
    calendar = vobject.readOne(text(client, "/ru/events/calendar.ics"))
    assert (calendar.version.value, "vevent" in calendar.contents) == ("2.0", False)


def test_a_zone_that_several_events_share_stands_in_the_feed_once(client):
    for zone in ("Europe/Rome", "Europe/Rome", "Europe/Moscow"):
        factories.session(event=factories.event(starts_on=TODAY, ends_on=TODAY, time_zone=zone))
    calendar = vobject.readOne(text(client, "/en/events/calendar.ics"))
    assert sorted(zone.tzid.value for zone in calendar.vtimezone_list) == ["Europe/Moscow", "Europe/Rome"]


def test_a_draft_has_no_calendar_not_even_for_an_editor(client):
    summit(status="draft")
    client.force_login(factories.editor())
    assert client.get("/en/events/summit/calendar.ics").status_code == 404


def test_the_feed_needs_as_many_queries_for_thirty_events_as_for_one(client, django_assert_num_queries):
    with editing():
        for _number in range(30):
            factories.session(event=factories.event(starts_on=TODAY, ends_on=TODAY, city=factories.city()))
    with django_assert_num_queries(2):
        client.get("/en/events/calendar.ics")
