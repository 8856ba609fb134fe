"""The desk: a programme and visits with their texts, and who has registered."""

import csv
import datetime
import io

import pytest
from django.contrib.admin.models import LogEntry

from events import registering
from events.models import Event, Registration
from tests import factories
from tests.desk import form_data, url_of

pytestmark = pytest.mark.django_db

SOON = datetime.date.today() + datetime.timedelta(days=30)


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def summit(**fields):
    defaults = {"slug": "summit", "starts_on": SOON, "ends_on": SOON, "takes_registrations": True}
    return factories.event(**defaults | fields)


def act(desk, action, *registrations, **more):
    data = {"action": action, "_selected_action": [each.pk for each in registrations]} | more
    return desk.post(url_of(Registration, "changelist"), data)


def names_of(response):
    return [each.name for each in response.context["cl"].queryset]


def test_sessions_and_visits_are_entered_with_their_event_in_six_languages(desk):
    event = summit()
    session = factories.session(event=event, title_tr="")
    factories.study_visit(event=event, places=5)
    response = desk.get(url_of(event))
    assert response.status_code == 200
    assert "is-incomplete" in response.content.decode()
    added = {
        "sessions-TOTAL_FORMS": 2, "sessions-1-event": event.pk, "sessions-1-day": SOON.isoformat(),
        "sessions-1-starts_at": "11:00", "sessions-1-title_fr": "Clôture", "meaning": "wording",
    }  # fmt: skip
    assert desk.post(url_of(event), form_data(response, **added)).status_code == 302
    assert [str(each) for each in event.sessions.all()] == [str(session), "Clôture"]


def test_a_session_on_another_day_than_the_events_is_refused(desk):
    event = summit()
    factories.session(event=event)
    response = desk.get(url_of(event))
    wrong = {"sessions-0-day": (SOON + datetime.timedelta(days=1)).isoformat(), "meaning": "wording"}
    again = desk.post(url_of(event), form_data(response, **wrong))
    assert "This day is not one of the event." in again.content.decode()


def test_more_places_entered_at_the_desk_let_the_waiting_move_up(desk, told):
    event = summit(places=1)
    visit = factories.study_visit(event=event, places=0)
    factories.registration(event=event, visit=visit, visit_state="waiting")
    waiting = factories.registration(event=event, state="waiting")
    data = form_data(desk.get(url_of(event)), **{"places": 2, "visits-0-places": 1})
    assert desk.post(url_of(event), data).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "confirmed"
    assert event.registrations.filter(visit_state="confirmed").count() == 1
    assert len(told.messages()) == 2


def test_the_page_of_an_event_counts_who_comes_and_the_languages_that_they_need(desk):
    french, turkish = (
        factories.language(slug=slug, name=name) for slug, name in (("fr", "French"), ("tr", "Turkish"))
    )
    event = summit(interpretation_languages=[french, turkish])
    assert "Nobody has registered yet." in desk.get(url_of(event)).content.decode()
    for needed, state in (([french], "confirmed"), ([french, turkish], "confirmed"), ([turkish], "waiting")):
        factories.registration(event=event, interpretation=needed, state=state)
    page = desk.get(url_of(event)).content.decode()
    for words in (
        "Confirmed – 2",
        "On the waiting list – 1",
        "Interpretation, French – 2",
        "Interpretation, Turkish – 1",
    ):
        assert f"<li>{words}</li>" in page


def test_registrations_are_read_by_event_and_changed_by_nobody(desk):
    anna, boris = factories.registration(event=summit(), name="Anna"), factories.registration(name="Boris")
    changelist = url_of(Registration, "changelist")
    assert names_of(desk.get(changelist)) == ["Anna", "Boris"]
    assert names_of(desk.get(changelist, {"event": anna.event_id})) == ["Anna"]
    assert names_of(desk.get(changelist, {"q": "boris"})) == ["Boris"]
    for junk in ("x", "0", "9" * 30, "-1"):
        assert desk.get(changelist, {"event": junk}).status_code == 200
    assert desk.get(url_of(boris)).status_code == 200
    assert desk.post(url_of(boris), {"name": "Other"}).status_code == 403
    assert desk.get(url_of(Registration, "add")).status_code == 403


def test_the_list_of_one_event_does_not_repeat_it_in_every_row(desk):
    event = summit(title_en="A title of more than forty characters, as they are")
    factories.registration(event=event)
    shown = [desk.get(url_of(Registration, "changelist"), query) for query in ({}, {"event": event.pk})]
    assert ["occasion" in response.context["cl"].list_display for response in shown] == [True, False]
    assert "A title of more than forty characters, …" in shown[0].content.decode()


@pytest.mark.parametrize("who", ["translator", "nobody"])
def test_who_registered_is_not_for_translators_nor_for_visitors(client, who):
    registration = factories.registration(event=summit())
    if who == "translator":
        client.force_login(factories.translator("de"))
    for page in ("changelist", "change", "delete", "history"):
        assert client.get(url_of(registration, page)).status_code in (302, 403)
    assert act(client, "export", registration).status_code in (302, 403)


def test_the_table_holds_everything_and_no_formula(desk):
    french = factories.language(slug="fr", name="French")
    event = summit(title="Summit", interpretation_languages=[french])
    visit = factories.study_visit(event=event, title="The harbour")
    registration = factories.registration(
        event=event, name="=1+1", email="anna@example.org", office="@SUM", body="Évreux, “Ville”", needs="a\nb",
        interpretation=[french], visit=visit, visit_state="waiting", language="tr",
    )  # fmt: skip
    response = act(desk, "export", registration)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode()
    assert text.startswith("\ufeff")
    [row] = csv.DictReader(io.StringIO(text[1:]))
    assert list(row.values())[:11] == [
        "Summit", "Confirmed", "'=1+1", "anna@example.org", "'@SUM", "Évreux, “Ville”", "Türkçe", "French", "a\nb",
        "The harbour", "On the waiting list",
    ]  # fmt: skip


def test_the_table_needs_as_many_queries_for_many_as_for_one(desk, django_assert_max_num_queries):
    event = summit()
    visit = factories.study_visit(event=event)
    many = [factories.registration(event=event, visit=visit) for _n in range(12)]
    with django_assert_max_num_queries(11):
        act(desk, "export", *many)


def test_the_secretariat_cancels_and_the_participants_and_who_moves_up_are_told(desk, told):
    event = summit(places=1)
    first, second = factories.registration(event=event), factories.registration(event=event, state="waiting")
    act(desk, "cancel", first)
    assert dict(Registration.objects.values_list("pk", "state")) == {
        first.pk: "cancelled",
        second.pk: "confirmed",
    }
    assert set(told.subjects()) == {first.email, second.email}


def test_what_is_deleted_leaves_no_name_behind_and_makes_room(desk):
    event = summit(places=1)
    first = factories.registration(event=event, name="Zebra Zorro", email="zebra@example.org")
    second = factories.registration(event=event, state="waiting")
    act(desk, "cancel", first)
    assert act(desk, "delete_selected", first, post="yes").status_code == 302
    assert list(Registration.objects.all()) == [second]
    assert not [
        entry
        for entry in LogEntry.objects.all()
        if "zebra" in f"{entry.object_repr}{entry.change_message}".lower()
    ]


def test_one_that_is_deleted_on_its_own_page_makes_room_too(desk):
    event = summit(places=1)
    first, second = factories.registration(event=event), factories.registration(event=event, state="waiting")
    assert desk.post(url_of(first, "delete"), {"post": "yes"}).status_code == 302
    second.refresh_from_db()
    assert second.state == "confirmed"


def test_an_event_and_a_visit_that_somebody_registered_for_are_not_deleted(desk):
    event = summit()
    visit = factories.study_visit(event=event)
    factories.registration(event=event, visit=visit, visit_state="confirmed")
    assert desk.post(url_of(event, "delete"), {"post": "yes"}).status_code in (200, 403)
    data = form_data(desk.get(url_of(event)), **{"visits-0-DELETE": "on", "meaning": "wording"})
    assert desk.post(url_of(event), data).status_code == 200
    assert Event.objects.get().visits.get() == visit
    registering.cancel(event.registrations.get())
    assert desk.post(url_of(event), data).status_code == 302
    assert not event.visits.exists()
