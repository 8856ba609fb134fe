"""The pages of the events, their calendars, and the form by which one registers."""

import datetime

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from alliance.publishing import UNPUBLISHED
from desk.previews import entry_at
from events import registering
from events.calendars import calendar_of, calendar_of_all
from events.forms import RegistrationForm, VisitForm
from events.models import Event, Organiser

# How far back the calendar of all events goes.
A_YEAR = datetime.timedelta(days=365)


@require_safe
def event_list(request):
    events = list(Event.objects.visible_to(request.user).select_related("city"))
    return render(
        request,
        "events/event_list.html",
        {
            "coming": [event for event in reversed(events) if not event.is_over],
            "past": [event for event in events if event.is_over],
        },
    )


@require_safe
def event_detail(request, slug):
    events = Event.objects.select_related("city").prefetch_related(
        "interpretation_languages",
        "sessions",
        Prefetch(
            "organisers",
            Organiser.objects.exclude(city__status__in=UNPUBLISHED).select_related("organisation", "city"),
        ),
    )
    event = entry_at(request, events, slug)
    return render(
        request,
        "events/event_detail.html",
        {
            "event": event,
            "visits": event.visits.with_taken(),
            "participants": event.participants.visible_to(request.user).alphabetical(),
            "sources": event.sources.readable_by(request.user),
            "declarations": event.declarations.visible_to(request.user),
            "resources": event.resources.visible_to(request.user).exclude(pk__in=event.sources.values("pk")),
            "page_languages": event.languages(),
        },
    )


# --- Calendars ------------------------------------------------------------------------------------


def calendar_response(text, name):
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


@require_safe
@conditional_page
def calendar(request):
    """All published events of the past year and to come, to subscribe to."""
    first = timezone.localdate() - A_YEAR
    events = Event.objects.published().filter(ends_on__gte=first).order_by("starts_on", "pk")
    events = events.select_related("city").prefetch_related("sessions")
    return calendar_response(calendar_of_all(events, request.build_absolute_uri), "alliance-events")


@require_safe
@conditional_page
def event_calendar(request, slug):
    events = Event.objects.published().select_related("city").prefetch_related("sessions")
    event = get_object_or_404(events, slug=slug)
    return calendar_response(calendar_of(event, request.build_absolute_uri), event.slug)


# --- Registration ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def register(request, slug):
    event = get_object_or_404(Event.objects.visible_to(request.user).select_related("city"), slug=slug)
    if event.registration_state != "open":
        status = 409 if request.method == "POST" else 200
        return render(request, "events/register.html", {"event": event}, status=status)
    form = RegistrationForm(request.POST or None, request=request, event=event)
    if form.is_valid():
        registering.register(event=event, language=request.LANGUAGE_CODE, **form.answers)
        return redirect("events:registered", event.slug)
    return render(request, "events/register.html", {"event": event, "form": form}, status=form.status)


@require_safe
def registered(request, slug):
    """After the form: the same words whether the address was new or not."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=slug)
    return render(request, "events/registered.html", {"event": event})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request, token):
    """What only who registered sees: where they stand, another choice of study visit, and the way to cancel."""
    mine = registering.registration_at(token, Event.objects.readable_by(request.user))
    form = VisitForm(request.POST or None, registration=mine)
    if form.is_valid():
        registering.change_visit(mine, form.cleaned_data["visit"])
        return redirect("events:registration", token)
    return render(
        request,
        "events/registration.html",
        {"registration": mine, "event": mine.event, "form": form, "token": token},
    )


@require_POST
def cancel(request, token):
    registering.cancel(registering.registration_at(token, Event.objects.readable_by(request.user)))
    return redirect("events:registration", token)
