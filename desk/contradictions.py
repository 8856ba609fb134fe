"""Where sources disagree: found, not resolved, which is for the secretariat to do."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import admin
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.roles import may
from declarations.models import Figure
from projects.models import Participation


@dataclass(frozen=True)
class Contradiction:
    """Something of which two sources say different things."""

    # What it is about, and the entry at which it is resolved.
    about: str
    entry: object
    words: str


def contradictions():
    """All of them; three queries, however many there are."""
    return [*_listings(), *_years(), *_figures()]


def _participations():
    found = Participation.objects.select_related("project", "city").prefetch_related("phases")
    return found.order_by("project__name", "position", "pk")


def _listings():
    words = {
        Participation.StatedBy.SHEET: _(
            "The city’s sheet names the project, the project’s list does not name the city."
        ),
        Participation.StatedBy.LIST: _(
            "The project’s list names the city, the city’s sheet does not name the project."
        ),
    }
    for each in _participations():
        # A city of which there is no sheet contradicts nobody.
        if each.stated_by in words:
            yield Contradiction(str(each), each.project, words[each.stated_by])


def _years():
    for each in _participations():
        if each.differs_from_project:
            values = {
                "sheet": "–".join(map(str, each.years)),
                "project": "–".join(map(str, each.years_by_project)),
            }
            words = _("The city’s sheet says %(sheet)s, the project %(project)s.") % values
            yield Contradiction(str(each), each.project, words)


def _figures():
    found = defaultdict(list)
    for figure in Figure.objects.select_related("declaration", "source").order_by(
        "declaration", "what", "number"
    ):
        found[figure.declaration, figure.what].append(figure)
    for (declaration, _what), figures in found.items():
        if len({figure.number for figure in figures}) > 1:
            said = "; ".join(f"{figure.number} ({figure.source})" for figure in figures)
            yield Contradiction(f"{declaration}: {figures[0].get_what_display()}", declaration, said)


def page(request):
    """The list of them, each with the way to where it is resolved."""
    shown = [each for each in contradictions() if may(request.user, "view", type(each.entry))]
    context = {
        **admin.site.each_context(request),
        "title": _("Sources that disagree"),
        "contradictions": shown,
    }
    return render(request, "admin/desk/contradictions.html", context)
