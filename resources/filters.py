"""What the list of resources can be narrowed by."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from alliance.languages import localized
from resources.models import Resource
from search.filters import YEAR, Facet, Filters, choice_names, record_names


def latest_first():
    """Those of which no year is known come last, on every database."""
    return [F("year").desc(nulls_last=True), localized("sort_key"), "pk"]


class ResourceFilter(Filters):
    kind = "resource"
    facets = {
        "type": Facet("document_type", _("Type"), choice_names(Resource.Type)),
        "language": Facet("document_language", _("Language"), record_names("topics.Language")),
        "year": YEAR,
    }
    orders = {
        "title": (_("By title"), ["sort_key_{language}", "pk"]),
        "recent": (_("Latest first"), latest_first),
    }
