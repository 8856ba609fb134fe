"""What the list of practices can be narrowed by."""

from django.utils.translation import gettext_lazy as _

from search.filters import (
    AUDIENCE,
    COUNTRY,
    LANGUAGE,
    LEVEL,
    PROJECT,
    THEME,
    YEAR,
    Facet,
    Filters,
    record_names,
)


class PracticeFilter(Filters):
    kind = "practice"
    facets = {
        "country": COUNTRY,
        "theme": THEME,
        "audience": AUDIENCE,
        "level": LEVEL,
        "project": PROJECT,
        "city": Facet("city", _("City"), record_names("cities.City")),
        "year": YEAR,
        "language": LANGUAGE,
    }
    orders = {
        "recent": (_("Latest first"), None),
        "title": (_("By title"), ["sort_key_{language}", "pk"]),
        "city": (_("By city"), ["city__sort_key_{language}", "sort_key_{language}", "pk"]),
    }
