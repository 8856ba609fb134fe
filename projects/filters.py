"""What the list of projects can be narrowed by."""

from django.utils.translation import gettext_lazy as _

from projects.models import Project
from search.filters import COUNTRY, Facet, Filters, choice_names, own_names


class ProjectFilter(Filters):
    kind = "project"
    facets = {
        "role": Facet("role", _("Leadership"), choice_names(Project.EfusRole)),
        "year": Facet("year", _("Running in"), own_names, by="value"),
        # Of published cities that take part.
        "country": COUNTRY,
    }
    orders = {
        "name": (_("By name"), ["name", "pk"]),
        "recent": (_("Latest first"), ["-start_year", "name", "pk"]),
        "oldest": (_("Earliest first"), ["start_year", "name", "pk"]),
    }
