"""What search knows of declarations and of their clauses."""

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.languages import CODES, localized
from cities.search import PLACE, names_of, place_of
from declarations.models import Clause, Declaration
from search.sources import Source, year_facets


def place_facets(city):
    return [("country", city.country.code)] if city and not city.is_draft else []


class DeclarationSource(Source):
    kind = "declaration"
    model = Declaration
    label = pgettext_lazy("one thing that search found", "Declaration")
    plural = pgettext_lazy("things that search found", "Declarations")
    follows = {"cities.City": "city", "declarations.Section": "sections"}
    shown_columns = ["adopted_on", "adopted_precision", *PLACE]

    def records(self):
        return Declaration._base_manager.select_related("city").prefetch_related("sections")

    def names(self, declaration):
        headings = [
            (code, getattr(section, localized("heading", code)))
            for section in declaration.sections.all()
            for code in CODES
        ]
        return [*names_of(declaration.city), *headings]

    def facets(self, declaration):
        year = declaration.adopted_on.year
        return [*place_facets(declaration.city), *year_facets(year, year)]

    def shown(self):
        return super().shown().select_related("city")

    def place(self, declaration):
        return place_of(declaration.city)

    def time(self, declaration):
        precise = declaration.adopted_precision == Declaration.Precision.DAY
        return date_format(declaration.adopted_on, "DATE_FORMAT" if precise else "YEAR_MONTH_FORMAT")


class ClauseSource(Source):
    """A clause is found by its own words, not by those of its declaration, which would find them all."""

    kind = "clause"
    model = Clause
    label = pgettext_lazy("one thing that search found", "Clause")
    plural = pgettext_lazy("things that search found", "Clauses of declarations")
    title_fields = []
    summary_fields = []
    body_fields = ["wording"]
    follows = {
        "declarations.Declaration": "declaration",
        "declarations.Section": "section",
        "cities.City": "declaration__city",
    }
    order = ["declaration", "number"]
    draft_model = Declaration
    status = "declaration__status"

    def records(self):
        return Clause._base_manager.select_related("declaration__city")

    def public(self, pks):
        published = Clause.objects.filter(declaration__status=Declaration.Status.PUBLISHED, pk__in=pks)
        return set(published.values_list("pk", flat=True))

    def facets(self, clause):
        year = clause.declaration.adopted_on.year
        return [*place_facets(clause.declaration.city), *year_facets(year, year)]

    def freshness(self, clause):
        # The first clause first, of those that match equally well.
        return super().freshness(clause.declaration) - clause.number

    def languages(self, clause):
        return [code for code in CODES if getattr(clause, localized("wording", code))]

    def shown(self):
        return Clause.objects.select_related("declaration")

    def visible_to(self, user):
        return self._shown.filter(declaration__in=Declaration.objects.visible_to(user))

    def title(self, clause, language):
        return _("Clause {number}").format(number=clause.number)

    def title_language(self, clause, language):
        return language

    def context(self, clause):
        return clause.declaration.text("title")

    def passages(self):
        return ["wording"]

    def address(self, clause):
        return f"{clause.declaration.get_absolute_url()}#c-{clause.number}"

    def provenance(self, clause):
        return super().provenance(clause.declaration)

    def dated(self, clause):
        return clause.declaration
