"""What the list of practices can be narrowed by."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.facets import Facet, FacetedFilterSet, YearFacet, country_names, record_names


class PracticeFilter(FacetedFilterSet):
    orders = {
        "recent": (_("Latest first"), ["-edited_at", "-pk"]),
        "title": (_("By title"), ["sort_key_{language}", "pk"]),
        "city": (_("By city"), ["city__sort_key_{language}", "sort_key_{language}", "pk"]),
    }

    together = "city"

    country = Facet("city__country", _("Country"), names=country_names)
    theme = Facet("tagged__tag__slug", _("Theme"), names=record_names("practices.Theme"))
    audience = Facet("audiences__slug", _("Audience"), names=record_names("topics.Audience"))
    level = Facet(
        "prevention_levels__slug", _("Prevention"), names=record_names("topics.PreventionLevel"), by="count"
    )
    project = Facet(
        "city__participations__project__slug", _("Project"), names=record_names("projects.Project")
    )
    city = Facet("city__slug", _("City"), names=record_names("cities.City"))
    year = YearFacet(_("Year"))

    def word_condition(self, word):
        return Q(folded__contains=word) | Q(city__folded__contains=word)
