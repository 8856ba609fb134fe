"""What search knows of cities, and what it tells of the city of anything else."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.languages import active_language, localized_all
from cities.models import City
from search.sources import Source, country_name, every_spelling, in_all_languages


def names_of(city):
    """The names of a city and of its country; none of a draft or of no city."""
    if not city or city.is_draft:
        return []
    return [
        *every_spelling(getattr(city, name) for name in localized_all("name")),
        *in_all_languages(city.country.code),
    ]


def place_of(city):
    """A published city and its country, in the reader's language."""
    if not city or city.is_draft:
        return ""
    return f"{city}, {country_name(city.country.code, active_language())}"


# What `place_of` reads, as columns of something with a `city`.
PLACE = [f"city__{name}" for name in ("status", "country", *localized_all("name"))]


class CitySource(Source):
    kind = "city"
    shown_columns = ["country", "kind"]
    model = City
    label = pgettext_lazy("one thing that search found", "City")
    plural = pgettext_lazy("things that search found", "Cities")
    title_fields = []  # its names, in all spellings
    summary_fields = []
    follows = {"projects.Participation": "participations", "cities.Membership": "memberships"}
    tied_to = {"projects.Project": "participations__project"}

    def records(self):
        return City._base_manager.prefetch_related("participations", "memberships")

    def titles(self, city):
        return every_spelling(getattr(city, name) for name in localized_all("name"))

    def names(self, city):
        return in_all_languages(city.country.code)

    def facets(self, city):
        return [
            ("country", city.country.code),
            ("authority", city.kind),
            ("member", "yes" if city.member_since else "no"),
            *(("project", participation.project_id) for participation in city.participations.all()),
        ]

    def place(self, city):
        return str(city.country.name)

    def context(self, city):
        since = city.member_since
        return _("Member of Efus since {year}").format(year=since) if since else ""

    def shown(self):
        return super().shown().prefetch_related("memberships")
