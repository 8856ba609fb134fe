"""What the list of cities can be narrowed by."""

from django.db.models import Case, IntegerField, When
from django.utils.translation import gettext_lazy as _

from alliance.languages import active_language, localized, sort_key
from cities.models import City
from search.filters import COUNTRY, PROJECT, Facet, Filters, choice_names, country_names


def membership_names(values, drafts):
    return {"yes": _("Member of Efus"), "no": _("Not a member")}


def by_country():
    """By the country's name in the reader's language, then by the city's."""
    names = country_names(City.objects.order_by().values_list("country", flat=True).distinct(), False)
    language = active_language()
    ranked = sorted(names, key=lambda code: sort_key(names[code], language))
    whens = [When(country=code, then=rank) for rank, code in enumerate(ranked)]
    rank = Case(*whens, default=len(ranked), output_field=IntegerField())
    return [rank, localized("sort_key"), "pk"]


class CityFilter(Filters):
    kind = "city"
    facets = {
        "country": COUNTRY,
        "kind": Facet("authority", _("Kind"), choice_names(City.Kind)),
        "member": Facet("member", _("Membership"), membership_names),
        "project": PROJECT,
    }
    orders = {
        "name": (_("By name"), ["sort_key_{language}", "pk"]),
        "country": (_("By country"), by_country),
    }

    @property
    def places(self):
        """All cities of the list, not only those of one page, for the map."""
        return City.objects.filter(pk__in=self.pks).defer("folded").alphabetical()
