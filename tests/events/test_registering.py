"""Who gets a place, who waits, who moves up, and what each is told."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from events import registering
from events.models import Event, Registration
from tests import factories

pytestmark = pytest.mark.django_db

SOON = datetime.date.today() + datetime.timedelta(days=30)


def summit(**fields):
    defaults = {"slug": "summit", "starts_on": SOON, "ends_on": SOON, "takes_registrations": True}
    return factories.event(**defaults | fields)


def register(event, name, **fields):
    details = {"language": "en", "name": name, "body": "A city", "email": f"{name}@example.org"}
    registering.register(event=event, **details | fields)


def standing(event):
    """Who stands where: {name: state}, in order of registration."""
    return dict(event.registrations.values_list("name", "state"))


def visiting(event):
    return dict(event.registrations.values_list("name", "visit_state"))


def one(event, name):
    return event.registrations.get(name=name)


# --- The event ------------------------------------------------------------------------------------


def test_places_are_given_in_order_of_registration_and_then_one_waits():
    event = summit(places=2)
    for name in ("anna", "boris", "chiara", "deniz"):
        register(event, name)
    assert standing(event) == {
        "anna": "confirmed", "boris": "confirmed", "chiara": "waiting", "deniz": "waiting",
    }  # fmt: skip
    assert [one(event, name).place_in_line for name in ("chiara", "deniz")] == [1, 2]
    assert event.places_left() == 0


def test_without_a_number_of_places_everybody_has_one():
    event = summit()
    for name in ("anna", "boris"):
        register(event, name)
    assert (standing(event), event.places_left()) == ({"anna": "confirmed", "boris": "confirmed"}, None)


def test_an_event_with_no_places_has_a_waiting_list_only():
    event = summit(places=0)
    register(event, "anna")
    assert standing(event) == {"anna": "waiting"}


def test_who_waits_longest_takes_the_place_of_who_cancels_and_both_are_told(told):
    event = summit(places=1)
    for name in ("anna", "boris", "chiara"):
        register(event, name)
    told.forget()
    registering.cancel(one(event, "anna"))
    assert standing(event) == {"anna": "cancelled", "boris": "confirmed", "chiara": "waiting"}
    assert told.subjects() == {
        "anna@example.org": ["Your registration is cancelled: Event 1 (en)"],
        "boris@example.org": ["A place for you: Event 1 (en)"],
    }


def test_what_somebody_would_have_needed_is_forgotten_when_they_cancel():
    event = summit()
    register(event, "anna", needs="A ramp")
    registering.cancel(one(event, "anna"))
    assert one(event, "anna").needs == ""


def test_who_cancels_while_waiting_frees_no_place(told):
    event = summit(places=1)
    for name in ("anna", "boris", "chiara"):
        register(event, name)
    registering.cancel(one(event, "boris"))
    assert standing(event) == {"anna": "confirmed", "boris": "cancelled", "chiara": "waiting"}
    assert one(event, "chiara").place_in_line == 1


def test_cancelling_twice_does_nothing_the_second_time(told):
    event = summit()
    register(event, "anna")
    anna = one(event, "anna")
    registering.cancel(anna)
    when = one(event, "anna").cancelled_at
    told.forget()
    registering.cancel(anna)
    assert (one(event, "anna").cancelled_at, told.subjects()) == (when, {})


def test_more_places_let_as_many_move_up():
    event = summit(places=1)
    for name in ("anna", "boris", "chiara", "deniz"):
        register(event, name)
    Event.objects.filter(pk=event.pk).update(places=3)
    registering.give_places(event)
    assert list(standing(event).values()) == ["confirmed", "confirmed", "confirmed", "waiting"]


def test_fewer_places_take_nobodys_place_away_and_nobody_moves_up_before_there_is_room():
    event = summit(places=3)
    for name in ("anna", "boris", "chiara", "deniz"):
        register(event, name)
    Event.objects.filter(pk=event.pk).update(places=1)
    registering.give_places(event)
    registering.cancel(one(event, "anna"))
    assert standing(event) == {
        "anna": "cancelled", "boris": "confirmed", "chiara": "confirmed", "deniz": "waiting",
    }  # fmt: skip
    event.refresh_from_db()
    assert event.places_left() == 0


def test_who_is_deleted_makes_room_too():
    event = summit(places=1)
    for name in ("anna", "boris"):
        register(event, name)
    registering.erase(Registration.objects.filter(name="anna"))
    assert standing(event) == {"boris": "confirmed"}


def test_nobody_moves_up_once_the_event_is_over(told):
    past = SOON - datetime.timedelta(days=60)
    event = summit(starts_on=past, ends_on=past, places=1)
    factories.registration(event=event, name="anna")
    factories.registration(event=event, name="boris", state="waiting")
    registering.cancel(one(event, "anna"))
    assert standing(event) == {"anna": "confirmed", "boris": "waiting"}
    registering.erase(event.registrations.filter(name="anna"))
    assert (standing(event), told.subjects()) == ({"boris": "waiting"}, {})


def test_an_address_registers_once_and_learns_so_by_mail_whatever_its_case(told):
    event = summit(places=1)
    register(event, "anna")
    told.forget()
    register(event, "somebody else", email="ANNA@example.org")
    assert standing(event) == {"anna": "confirmed"}
    assert told.subjects() == {"anna@example.org": ["You are already registered: Event 1 (en)"]}


def test_who_has_cancelled_can_register_again_at_the_end_of_the_line():
    event = summit(places=1)
    for name in ("anna", "boris"):
        register(event, name)
    registering.cancel(one(event, "anna"))
    register(event, "anna again", email="anna@example.org")
    assert standing(event) == {"anna": "cancelled", "boris": "confirmed", "anna again": "waiting"}


def test_the_same_address_may_come_to_two_events():
    for event in (summit(), summit(slug="other")):
        register(event, "anna")
        assert standing(event) == {"anna": "confirmed"}


# --- Study visits ---------------------------------------------------------------------------------


def test_a_visit_has_its_own_places_and_its_own_waiting_list():
    event = summit()
    visit = factories.study_visit(event=event, places=1)
    for name in ("anna", "boris"):
        register(event, name, visit=visit)
    register(event, "chiara")
    assert visiting(event) == {"anna": "confirmed", "boris": "waiting", "chiara": ""}
    assert event.visits.with_taken().get().places_left == 0
    registering.cancel(one(event, "anna"))
    assert visiting(event) == {"anna": "", "boris": "confirmed", "chiara": ""}


def test_who_waits_for_the_event_has_no_place_on_a_visit_until_they_move_up(told):
    event = summit(places=1)
    visit = factories.study_visit(event=event, places=1, title="The harbour")
    register(event, "anna")
    register(event, "boris", visit=visit)
    assert visiting(event) == {"anna": "", "boris": "waiting"}
    assert event.visits.with_taken().get().places_left == 1
    told.forget()
    registering.cancel(one(event, "anna"))
    assert visiting(event) == {"anna": "", "boris": "confirmed"}
    assert told.subjects()["boris@example.org"] == ["A place for you: Event 1 (en)"]
    assert "Study visit: The harbour. You have a place." in told.texts("boris@example.org")[0]


def test_another_choice_frees_the_place_and_takes_one_elsewhere(told):
    event = summit()
    harbour, market = (factories.study_visit(event=event, places=1) for _n in range(2))
    register(event, "anna", visit=harbour)
    register(event, "boris", visit=harbour)
    register(event, "chiara", visit=market)
    told.forget()
    registering.change_visit(one(event, "anna"), market)
    assert visiting(event) == {"anna": "waiting", "boris": "confirmed", "chiara": "confirmed"}
    assert set(told.subjects()) == {"anna@example.org", "boris@example.org"}
    registering.change_visit(one(event, "chiara"), None)
    assert visiting(event) == {"anna": "confirmed", "boris": "confirmed", "chiara": ""}


def test_the_same_choice_again_changes_nothing(told):
    event = summit()
    visit = factories.study_visit(event=event, places=1)
    register(event, "anna", visit=visit)
    told.forget()
    registering.change_visit(one(event, "anna"), visit)
    assert (visiting(event), told.subjects()) == ({"anna": "confirmed"}, {})


# --- What is told ---------------------------------------------------------------------------------


def test_who_waits_for_the_event_is_not_told_to_wait_for_a_visit_that_has_places(told):
    event = summit(places=0)
    register(event, "anna", visit=factories.study_visit(event=event, title="The harbour"))
    [text] = told.texts("anna@example.org")
    assert "Study visit: The harbour. Whether you have a place on it will be known when you have one" in text
    assert "You are on the waiting list of this visit." not in text


def test_a_mail_is_in_the_language_of_the_form_with_the_link_and_the_calendar(told):
    event = summit(title_de="Gipfel", city=factories.city(name="Aarhus", country="DK"))
    with_link = "/de/events/registration/"
    register(event, "anna", language="de")
    message = told.messages("anna@example.org")[0]
    assert "Gipfel" in message.subject
    assert with_link in message.body
    assert "Dänemark" in message.body
    [(name, content, kind)] = message.attachments
    assert (name, kind.split(";")[0]) == ("summit.ics", "text/calendar")
    assert "SUMMARY;LANGUAGE=de:Gipfel" in (content.decode() if isinstance(content, bytes) else content)


def test_who_waits_gets_no_entry_for_the_calendar(told):
    register(summit(places=0), "anna")
    message = told.messages("anna@example.org")[0]
    assert message.attachments == []
    assert "number 1 on the waiting list" in message.body


def test_a_mail_holds_nothing_that_was_typed_into_the_form(told):
    words = "buy-this-now"
    register(summit(), words, email="anna@example.org", body=words, office=words, needs=words)
    message = told.messages("anna@example.org")[0]
    assert words not in f"{message.subject} {message.body} {message.alternatives}"


def test_what_fails_is_told_to_nobody(told):
    event = summit()
    with suppress(RuntimeError), transaction.atomic():
        register(event, "anna")
        raise RuntimeError
    assert (standing(event), told.subjects()) == ({}, {})


# --- The closing moment, where the event is -------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-12-02T20:59:59Z", "open"),  # 23:59:59 in Istanbul, the day before
        ("2026-12-02T21:00:00Z", "closed"),
        ("2026-12-04T20:59:59Z", "closed"),
        ("2026-12-04T21:00:00Z", "over"),
    ],
)
def test_registration_ends_when_the_first_day_begins_there(now, state, monkeypatch):
    event = summit(
        starts_on=datetime.date(2026, 12, 3), ends_on=datetime.date(2026, 12, 4), time_zone="Europe/Istanbul"
    )
    monkeypatch.setattr(timezone, "now", lambda: datetime.datetime.fromisoformat(now))
    assert event.registration_state == state
    assert event.last_day_to_register == datetime.date(2026, 12, 2)


@pytest.mark.parametrize(("second", "state"), [(-1, "open"), (0, "closed")])
def test_registration_ends_at_the_moment_that_the_secretariat_gives(second, state):
    moment = timezone.now() - datetime.timedelta(seconds=second)
    assert (
        summit(
            registration_until=moment + datetime.timedelta(milliseconds=-100 if second == 0 else 0)
        ).registration_state
        == state
    )


def test_a_draft_and_an_event_elsewhere_take_no_registrations():
    assert summit(status="draft").registration_state == "none"
    assert summit(slug="elsewhere", takes_registrations=False).registration_state == "none"


# --- Many at once ---------------------------------------------------------------------------------


def at_once(actions):
    """Run all of them at the same time, each on a connection of its own."""

    def run(action):
        try:
            action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        for done in [pool.submit(run, action) for action in actions]:
            done.result()


in_memory = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a SQLite database in memory belongs to one thread"
)


def first_wait_last(event, places):
    """The states are right if nobody has a place who registered after somebody that waits."""
    states = [r.state for r in event.registrations.standing()]
    return states == ["confirmed"] * min(places, len(states)) + ["waiting"] * max(0, len(states) - places)


@in_memory
@pytest.mark.django_db(transaction=True)
def test_thirty_people_at_once_get_the_ten_places_and_twenty_wait_in_order():
    event = summit(places=10)
    visit = factories.study_visit(event=event, places=3)
    at_once([lambda n=n: register(event, f"p{n}", visit=visit) for n in range(30)])
    assert event.registrations.confirmed().count() == 10
    assert event.registrations.filter(visit_state="confirmed").count() == 3
    assert first_wait_last(event, 10)
    waiting = event.registrations.waiting().order_by("pk")
    assert [each.place_in_line for each in waiting] == list(range(1, 21))


@in_memory
@pytest.mark.django_db(transaction=True)
def test_people_who_cancel_and_register_at_once_leave_no_place_empty_and_none_taken_twice():
    event = summit(places=10)
    visit = factories.study_visit(event=event, places=5)
    for n in range(20):
        register(event, f"p{n}", visit=visit)
    leaving = list(event.registrations.order_by("pk")[:20:2])
    at_once(
        [lambda r=r: registering.cancel(r) for r in leaving]
        + [lambda n=n: register(event, f"q{n}") for n in range(10)]
    )
    assert event.registrations.standing().count() == 20
    assert event.registrations.filter(visit_state="confirmed").count() == 5
    assert first_wait_last(event, 10)


@in_memory
@pytest.mark.django_db(transaction=True)
def test_one_address_that_is_sent_ten_times_at_once_registers_once():
    event = summit()
    at_once([lambda: register(event, "anna")] * 10)
    assert standing(event) == {"anna": "confirmed"}


@in_memory
@pytest.mark.django_db(transaction=True)
def test_more_places_while_people_register_are_all_given():
    event = summit(places=1)

    def enlarge():
        Event.objects.filter(pk=event.pk).update(places=8)
        registering.give_places(event)

    at_once([enlarge, *(lambda n=n: register(event, f"p{n}") for n in range(12))])
    assert first_wait_last(event, 8)
