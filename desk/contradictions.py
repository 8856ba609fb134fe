"""Where sources disagree: found, not resolved, which is for the secretariat to do."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import admin
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.roles import may
from cities.models import Membership
from declarations.models import Figure
from practices.models import Practice
from projects.models import Participation


@dataclass(frozen=True)
class Contradiction:
    """Something of which two sources say different things."""

    # What it is about, and the entry at which it is resolved.
    about: str
    entry: object
    words: str


def contradictions():
    """All of them; as many queries, however many there are."""
    found = Participation.objects.select_related("project", "city").prefetch_related("phases")
    participations = list(found.order_by("project__name", "position", "pk"))
    return [*_listings(participations), *_years(participations), *_figures()]


def cities_with_a_sheet():
    """The numbers of the cities that a source describes on a sheet of their own."""
    named_by_sheets = Participation.objects.exclude(stated_by=Participation.StatedBy.LIST)
    found = [
        each.order_by().values_list("city")
        for each in (named_by_sheets, Membership.objects, Practice.objects)
    ]
    return {pk for (pk,) in found[0].union(*found[1:])}


def _listings(participations):
    with_sheet = cities_with_a_sheet()
    words = {
        Participation.StatedBy.SHEET: _(
            "The city’s sheet names the project, the project’s list does not name the city."
        ),
        Participation.StatedBy.LIST: _(
            "The project’s list names the city, the city’s sheet does not name the project."
        ),
    }
    for each in participations:
        # A city of which there is no sheet contradicts nobody.
        if each.stated_by in words and each.city_id in with_sheet:
            yield Contradiction(str(each), each.project, words[each.stated_by])


def _years(participations):
    for each in participations:
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


def seen_by(user):
    """Those of entries that `user` may see at the desk."""
    return [each for each in contradictions() if may(user, "view", type(each.entry))]


def page(request):
    """The list of them, each with the way to where it is resolved."""
    context = {
        **admin.site.each_context(request),
        "title": _("Sources that disagree"),
        "contradictions": seen_by(request.user),
    }
    return render(request, "admin/desk/contradictions.html", context)
