"""What search knows of events."""

from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.translation import pgettext_lazy

from cities.search import PLACE, names_of, place_of
from events.models import Event, Organiser
from search.sources import Source, every_spelling, year_facets


class EventSource(Source):
    kind = "event"
    model = Event
    label = pgettext_lazy("one thing that search found", "Event")
    plural = pgettext_lazy("things that search found", "Events")
    body_fields = ["body", "study_visits"]
    shown_columns = ["starts_on", "ends_on", *PLACE]
    follows = {
        "cities.City": ["city", "organisers__city"],
        "events.Organiser": "organisers",
        "projects.Organisation": "organisers__organisation",
    }

    def records(self):
        organisers = Organiser.objects.select_related("organisation", "city")
        return Event._base_manager.select_related("city").prefetch_related(Prefetch("organisers", organisers))

    def names(self, event):
        return [
            *names_of(event.city),
            *(name for organiser in event.organisers.all() for name in by(organiser)),
        ]

    def facets(self, event):
        place = [("country", event.city.country.code)] if event.city and not event.city.is_draft else []
        return [*place, *year_facets(event.starts_on.year, event.ends_on.year)]

    def shown(self):
        return super().shown().select_related("city")

    def place(self, event):
        return place_of(event.city)

    def time(self, event):
        first = date_format(event.starts_on, "DATE_FORMAT")
        last = date_format(event.ends_on, "DATE_FORMAT")
        return first if first == last else f"{first} – {last}"


def by(organiser):
    """The names of an organiser; none of a draft city."""
    if organiser.city_id:
        return names_of(organiser.city)
    return every_spelling(organiser.organisation.all_names())
