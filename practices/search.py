"""What search knows of practices."""

from django.db.models import Prefetch
from django.utils.translation import pgettext_lazy

from alliance.templatetags.alliance import years
from cities.search import PLACE, names_of, place_of
from practices.models import Practice
from projects.models import Participation
from search.sources import Source, year_facets


class PracticeSource(Source):
    kind = "practice"
    model = Practice
    label = pgettext_lazy("one thing that search found", "Practice")
    plural = pgettext_lazy("things that search found", "Practices")
    body_fields = ["body", *Practice.lesson_fields]
    follows = {
        "cities.City": "city",
        "projects.Participation": "city__participations",
    }
    tied_to = {
        "topics.Audience": "audiences",
        "topics.PreventionLevel": "prevention_levels",
        "projects.Project": "city__participations__project",
    }
    order = ["city", "pk"]
    shown_columns = ["start_year", "end_year", *PLACE]

    def records(self):
        participations = Participation.objects.only("city", "project")
        return Practice._base_manager.select_related("city").prefetch_related(
            "tagged",
            "audiences",
            "prevention_levels",
            Prefetch("city__participations", participations),
        )

    def names(self, practice):
        return names_of(practice.city)

    def facets(self, practice):
        city = practice.city
        return [
            ("country", city.country.code),
            ("city", city.pk),
            *(("theme", tagged.tag_id) for tagged in practice.tagged.all()),
            *(("audience", audience.pk) for audience in practice.audiences.all()),
            *(("level", level.pk) for level in practice.prevention_levels.all()),
            *(("project", participation.project_id) for participation in city.participations.all()),
            *year_facets(practice.start_year, practice.end_year),
        ]

    def shown(self):
        return super().shown().select_related("city")

    def place(self, practice):
        return place_of(practice.city)

    def time(self, practice):
        return years(practice)
