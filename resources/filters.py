"""What the list of resources can be narrowed by."""

from django.utils.translation import gettext_lazy as _

from alliance.facets import Facet, FacetedFilterSet, choice_names, own_names, record_names
from resources.models import Resource


class ResourceFilter(FacetedFilterSet):
    orders = {
        "title": (_("By title"), ["sort_key_{language}", "pk"]),
        "recent": (_("Latest first"), ["-year", "sort_key_{language}", "pk"]),
    }

    type = Facet("type", _("Type"), names=choice_names(Resource.Type))
    language = Facet(
        "languages_available__slug", _("Language"), names=record_names("topics.Language")
    )
    year = Facet("year", _("Year"), names=own_names, by="value")
