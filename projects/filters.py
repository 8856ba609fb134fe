"""What the list of projects can be narrowed by."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.facets import Facet, FacetedFilterSet, YearFacet, choice_names, country_names
from projects.models import Participation, Project


class CountryFacet(Facet):
    """The countries of the cities that take part: of published ones, as the list counts them."""

    def pairs(self, queryset):
        return self.published().values_list("project_id", "city__country").iterator(10_000)

    def condition(self, model, values):
        return Q(pk__in=self.published().filter(city__country__in=values).values("project"))

    @staticmethod
    def published():
        return Participation.objects.filter(city__status=Project.Status.PUBLISHED).order_by()


class ProjectFilter(FacetedFilterSet):
    orders = {
        "name": (_("By name"), ["name", "pk"]),
        "recent": (_("Latest first"), ["-start_year", "name", "pk"]),
        "oldest": (_("Earliest first"), ["start_year", "name", "pk"]),
    }

    role = Facet("efus_role", _("Leadership"), names=choice_names(Project.EfusRole))
    year = YearFacet(_("Running in"))
    country = CountryFacet("participations__city__country", _("Country"), names=country_names)
