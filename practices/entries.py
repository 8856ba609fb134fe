"""Practices as the entries of a list show them, with what they tell of their cities."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import QueryDict
from django.template.loader import render_to_string

from alliance.languages import active_language
from alliance.memory import remembered
from cities.models import City
from practices.filters import PracticeFilter
from practices.models import Practice
from projects.models import Participation


@dataclass
class Place:
    """What an entry shows of a city, as HTML in one language: its name, country and membership; its projects."""

    heading: str
    projects: str


def entries(practices, *, version=None):
    """The practices of a queryset as a list, each with the Place of its city as `place`.

    Practices come by the thousand and their cities by the hundred: places are kept in memory, each from when it is
    first shown until the content changes. `version` as in `remembered`.
    """
    practices = list(practices)
    places = remembered(("places", active_language()), dict, version=version)
    missing = {practice.city_id for practice in practices} - places.keys()
    if missing:
        participations = Participation.objects.of_published_projects()
        cities = City.objects.prefetch_related("memberships", Prefetch("participations", participations))
        for city in cities.filter(pk__in=missing):
            places[city.pk] = Place(
                render_to_string("practices/_entry_place.html", {"city": city}),
                render_to_string("practices/_entry_projects.html", {"city": city}),
            )
    for practice in practices:
        practice.place = places[practice.city_id]
    return practices


def similar(practice, *, user, limit=3):
    """Entries of practices of other cities that share themes with `practice`: those that share most, then by title."""
    filters = PracticeFilter(QueryDict("sort=title"), Practice.objects.for_list(), user=user)
    index = filters.index
    elsewhere = filters.scope & ~index.having("city", [str(practice.city_id)])
    found = []
    for level in index.having_most("theme", [str(theme.pk) for theme in practice.themes.all()], elsewhere):
        if level and len(found) < limit:
            found += filters.rows(0, limit - len(found), among=level)
    return entries(found, version=index.version)
