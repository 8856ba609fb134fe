"""The style guide: every component of the portal on one page, with samples that no database holds."""

from types import SimpleNamespace

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from search.filters import Chip, Group, Option

TOKENS = ["paper", "surface", "tint", "ink", "soft", "brand", "accent", "rule", "line", "mark"]


@require_safe
def style_guide(request):
    options = [
        Option("se", "Malmö", 12, True, "sample-se"),
        Option("de", "Augsburg", 3, False, "sample-de"),
        Option("it", "Reggio Emilia", 1, False, "sample-it"),
    ]
    filters = SimpleNamespace(
        words="",
        chosen={"city": ["se"]},
        chosen_count=1,
        is_whole=False,
        sort="name",
        sort_is_chosen=False,
        sorts=[("name", _("By name"), True, ""), ("recent", _("Latest first"), False, "sort=recent")],
        groups=[Group("city", _("City"), options, [])],
        chips=[Chip("Malmö", "")],
        count=12,
        total=48,
        query=lambda page=None: f"page={page}",
    )
    page = SimpleNamespace(
        number=3,
        has_previous=True,
        has_next=True,
        previous_page_number=2,
        next_page_number=4,
        paginator=SimpleNamespace(num_pages=9, get_elided_page_range=elided),
    )
    return render(request, "style_guide.html", {"filters": filters, "sample_page": page, "tokens": TOKENS})


def elided(number, on_each_side, on_ends):
    return [1, 2, number, 4, 5, "…", 9]
