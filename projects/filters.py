"""What the list of projects can be narrowed by."""

from django.utils.translation import gettext_lazy as _

from alliance.facets import Facet, FacetedFilterSet, YearFacet, choice_names, country_names
from projects.models import Project


class ProjectFilter(FacetedFilterSet):
    orders = {
        "name": (_("By name"), ["name", "pk"]),
        "recent": (_("Latest first"), ["-start_year", "name", "pk"]),
        "oldest": (_("Earliest first"), ["start_year", "name", "pk"]),
    }

    role = Facet("efus_role", _("Leadership"), names=choice_names(Project.EfusRole))
    year = YearFacet(_("Running in"))
    country = Facet("participations__city__country", _("Country"), names=country_names)
