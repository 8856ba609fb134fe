"""What the list of cities can be narrowed by."""

from django.db.models import Case, Exists, IntegerField, OuterRef, When
from django.utils.translation import gettext_lazy as _

from alliance.facets import Facet, FacetedFilterSet, choice_names, country_names, record_names
from alliance.languages import active_language, localized, sort_key
from cities.models import City, Membership


class MembershipFacet(Facet):
    """Whether a city is a member of Efus today."""

    def __init__(self, label):
        super().__init__("pk", label, names=self.value_names)

    @staticmethod
    def value_names(values, drafts):
        return {"yes": _("Member of Efus"), "no": _("Not a member")}

    def pairs(self, queryset):
        members = set(Membership.objects.filter(until__isnull=True).values_list("city_id", flat=True))
        for pk in queryset.values_list("pk", flat=True):
            yield pk, "yes" if pk in members else "no"

    def condition(self, model, values):
        current = Exists(Membership.objects.filter(city=OuterRef("pk"), until__isnull=True))
        if set(values) == {"yes", "no"}:
            return Exists(City.objects.filter(pk=OuterRef("pk")))
        return current if "yes" in values else ~current


def by_country():
    """By the country's name in the reader's language, then by the city's."""
    names = country_names(City.objects.order_by().values_list("country", flat=True).distinct(), False)
    language = active_language()
    ranked = sorted(names, key=lambda code: sort_key(names[code], language))
    whens = [When(country=code, then=rank) for rank, code in enumerate(ranked)]
    rank = Case(*whens, default=len(ranked), output_field=IntegerField())
    return [rank, localized("sort_key"), "pk"]


class CityFilter(FacetedFilterSet):
    orders = {
        "name": (_("By name"), ["sort_key_{language}", "pk"]),
        "country": (_("By country"), by_country),
    }

    country = Facet("country", _("Country"), names=country_names)
    kind = Facet("kind", _("Kind"), names=choice_names(City.Kind))
    member = MembershipFacet(_("Membership"))
    project = Facet("participations__project__slug", _("Project"), names=record_names("projects.Project"))

    @property
    def places(self):
        """All cities of the list, not only those of one page, for the map."""
        found = self.qs.order_by().values("pk")
        return City.objects.filter(pk__in=found).defer("folded").alphabetical()
