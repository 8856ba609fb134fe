"""What the list of resources can be narrowed by."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from alliance.facets import Facet, FacetedFilterSet, choice_names, own_names, record_names
from alliance.languages import localized
from resources.models import Resource


def latest_first():
    """Those of which no year is known come last, on every database."""
    return [F("year").desc(nulls_last=True), localized("sort_key"), "pk"]


class ResourceFilter(FacetedFilterSet):
    orders = {
        "title": (_("By title"), ["sort_key_{language}", "pk"]),
        "recent": (_("Latest first"), latest_first),
    }

    type = Facet("type", _("Type"), names=choice_names(Resource.Type))
    language = Facet("languages_available__slug", _("Language"), names=record_names("topics.Language"))
    year = Facet("year", _("Year"), names=own_names, by="value")
