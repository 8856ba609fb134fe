"""The pages of the events."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.models import Event, Organiser


@require_safe
def event_list(request):
    events = Event.objects.visible_to(request.user).select_related("city")
    return render(request, "events/event_list.html", {"events": events})


@require_safe
def event_detail(request, slug):
    events = (
        Event.objects.visible_to(request.user)
        .select_related("city")
        .prefetch_related(
            "interpretation_languages",
            Prefetch(
                "organisers",
                Organiser.objects.exclude(city__status=Event.Status.DRAFT).select_related(
                    "organisation", "city"
                ),
            ),
        )
    )
    event = get_object_or_404(events, slug=slug)
    return render(
        request,
        "events/event_detail.html",
        {
            "event": event,
            "sources": event.sources.visible_to(request.user),
            "declarations": event.declarations.visible_to(request.user),
            "resources": event.resources.visible_to(request.user).exclude(pk__in=event.sources.values("pk")),
            "page_languages": event.languages(),
        },
    )
