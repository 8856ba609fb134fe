"""Registering for an event, and leaving it again: places are never sold twice, and whoever waits moves up by itself.

Every change of who comes takes place in one transaction that holds the row of the event, so that all changes of one
event come one after the other. A registration begins at the end of the waiting list; then free places are given.
"""

import uuid

from django.core import signing
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format

from alliance.mail import absolute, send
from events.calendars import calendar_of
from events.models import Event, Registration

State = Registration.State
VisitState = Registration.VisitState
_signer = signing.Signer(sep=".", salt="events.registration")


def register(*, event, language, email, interpretation=(), visit=None, **fields):
    """Somebody wants to come: a place if one is free, else the end of the waiting list, and a mail that says which.

    An address that is registered already gets the link to its registration again, and nothing changes: who sends the
    form, perhaps a stranger, cannot tell one from the other.
    """
    with transaction.atomic():
        event = _locked(event.pk)
        known = event.registrations.standing().filter(email__iexact=email).first()
        if known:
            _tell(known, "event_known")
            return
        registration = Registration.objects.create(
            event=event,
            language=language,
            email=email,
            state=State.WAITING,
            visit=visit,
            visit_state=VisitState.WAITING if visit else VisitState.NONE,
            **fields,
        )
        registration.interpretation.set(interpretation)
        _give_places(event, newcomer=registration)


def cancel(registration):
    """Somebody will not come: they are told so, and who waits longest takes the place. A second time does nothing.

    What they would have needed is nobody's concern any more.
    """
    with transaction.atomic():
        event = _locked(registration.event_id)
        registration = event.registrations.get(pk=registration.pk)
        if registration.is_cancelled or event.is_over:
            return
        registration.state = State.CANCELLED
        registration.cancelled_at = timezone.now()
        registration.visit, registration.visit_state = None, VisitState.NONE
        registration.needs = ""
        registration.save()
        _tell(registration, "event_cancelled")
        _give_places(event)


def change_visit(registration, visit):
    """Somebody wants another study visit, or none: a place there if one is free, else a wait in order of registration."""
    with transaction.atomic():
        event = _locked(registration.event_id)
        registration = event.registrations.get(pk=registration.pk)
        if registration.is_cancelled or event.is_over or registration.visit == visit:
            return
        registration.visit = visit
        registration.visit_state = VisitState.WAITING if visit else VisitState.NONE
        registration.save()
        _give_places(event, newcomer=registration)


def erase(registrations):
    """Forget who registered. Where the event is still to come, the places go to who waits."""
    with transaction.atomic():
        numbers = registrations.order_by().values_list("event_id", flat=True).distinct()
        events = [_locked(number) for number in sorted(set(numbers))]
        registrations.delete()
        for event in events:
            _give_places(event)


def give_places(event):
    """The secretariat changed how many places there are: who waits moves up. Nobody loses a place."""
    with transaction.atomic():
        _give_places(_locked(event.pk))


def _locked(number):
    """The event, whose registrations nobody else changes until the transaction ends.

    SQLite has one writer at a time anyway: its transactions here begin as writing ones.
    """
    return Event.objects.select_for_update(no_key=True).get(pk=number)


def _give_places(event, newcomer=None):
    """Give the free places of the event, then those of its visits, in order of registration, and tell who got one.

    A place on a visit is for those who have a place at the event. The `newcomer` is told where they stand in any case.
    """
    told = [newcomer.pk] if newcomer else []
    if not event.is_over:
        told += _move_up(event.registrations.waiting(), event.places_left(), state=State.CONFIRMED)
        for visit in event.visits.with_taken():
            waiting = event.registrations.confirmed().filter(visit=visit, visit_state=VisitState.WAITING)
            told += _move_up(waiting, visit.places_left, visit_state=VisitState.CONFIRMED)
    for registration in event.registrations.filter(pk__in=told).select_related("visit"):
        _tell(registration, "event_registration" if registration == newcomer else "event_moved_up")


def _move_up(waiting, places, **place):
    """Give so many places (None: any number) to the first of those who wait; their numbers."""
    first = list(waiting.values_list("pk", flat=True)[:places])
    Registration.objects.filter(pk__in=first).update(**place)
    return first


# --- Mail -----------------------------------------------------------------------------------------


def _tell(registration, name):
    """Send the mail `name` to who registered, in their language, with nothing in it that they typed themselves.

    Otherwise a stranger could write to any address through this form. A calendar entry goes with a place.
    """
    event = registration.event
    with translation.override(registration.language):
        place = event.city if event.city and not event.city.is_draft else None
        visit = registration.visit
        send(
            name,
            to=registration.email,
            language=registration.language,
            context={
                "title": event.text("title"),
                "when": days_in_words(event),
                "place": f"{place}, {place.country.name}" if place else "",
                "state": registration.state,
                "place_in_line": registration.place_in_line if registration.is_waiting else None,
                "visit": visit.text("title") if visit else "",
                "visit_when": visit_in_words(visit) if visit else "",
                "visit_state": registration.visit_state,
                "page": absolute(address_of(registration)),
                "event_page": absolute(event.get_absolute_url()),
            },
            attachments=[(f"{event.slug}.ics", calendar_of(event, absolute), "text/calendar")]
            if registration.is_confirmed
            else [],
        )


def days_in_words(event):
    first, last = (date_format(day, "DATE_FORMAT") for day in (event.starts_on, event.ends_on))
    return first if first == last else f"{first} – {last}"


def visit_in_words(visit):
    """“9 November 2016, 14:00 – 16:00”, as far as it is known."""
    times = " – ".join(time_format(time) for time in (visit.starts_at, visit.ends_at) if time)
    return ", ".join(filter(None, [visit.day and date_format(visit.day, "DATE_FORMAT"), times]))


# --- The page of one's own registration -----------------------------------------------------------


def address_of(registration):
    """The path of the page of this registration, known to nobody but who gets it by mail."""
    return reverse("events:registration", args=[_signer.sign(registration.key.hex)])


def registration_at(token, events):
    """The registration whose address ends in `token`, for one of `events`; else Http404."""
    try:
        key = uuid.UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        raise Http404
    registrations = Registration.objects.filter(event__in=events).select_related("event__city", "visit")
    return get_object_or_404(registrations, key=key)
