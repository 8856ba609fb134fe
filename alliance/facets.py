"""Filters of a list with true counts: how many entries each value would give, counted without its own selection.

The counts come from an index in memory. For every value of every facet it holds one integer whose bits say which
entries have that value; a count is one `&` and one `bit_count`, so a hundred counts over 100,000 entries take about
a millisecond where SQL would read the table for each facet. The index is made when first asked for and is good until
the content changes (`topics.ContentVersion`), which every request checks. The rows themselves come from the database,
by the same selection.
"""

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import django_filters
from django import forms
from django.apps import apps
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from alliance.languages import active_language, fold, sort_key
from alliance.memory import content_version, remembered
from alliance.publishing import Published, can_see_drafts


class KnownValuesField(forms.MultipleChoiceField):
    """Keeps the values that exist, once each, and drops the rest: an old or mistyped link still works."""

    def clean(self, value):
        known = dict(self.choices)
        return [item for item in dict.fromkeys(value or []) if item in known]


def own_names(values, drafts):
    """Names of values that name themselves: years."""
    return {value: value for value in values}


class Facet(django_filters.MultipleChoiceFilter):
    """One group of checkboxes: entries that have any of the chosen values.

    `lookup` leads from the entry to the value (`city__country`); `names(values, drafts)` maps values to names in the
    active language (called once per language and version of the content); values without a name are not offered; `by` orders the values: "name", "count", or "value"
    (descending).
    """

    field_class = KnownValuesField

    def __init__(self, lookup, label, *, names, by="count"):
        super().__init__(field_name=lookup, label=label)
        self.lookup = lookup
        self.names = names
        self.by = by

    def pairs(self, queryset):
        """(primary key, value) of every entry, several times where it has several values."""
        for pk, value in queryset.order_by().values_list("pk", self.lookup).iterator(10_000):
            if value not in (None, ""):
                yield pk, str(value)

    def condition(self, model, values):
        """The Q of the entries with any of `values`, without joins that would repeat an entry."""
        first, _separator, rest = self.lookup.partition("__")
        field = model._meta.get_field(first)
        if not rest or self.is_single(model):
            return Q(**{f"{self.lookup}__in": values})
        if field.many_to_one:
            related = field.related_model._base_manager.filter(**{f"{rest}__in": values})
            return Q(**{f"{first}__in": related.values("pk")})
        return Q(pk__in=model._base_manager.filter(**{f"{self.lookup}__in": values}).values("pk"))

    def is_single(self, model):
        """Whether the lookup follows only to-one relations, so that a join repeats nothing."""
        for name in self.lookup.split("__")[:-1]:
            field = model._meta.get_field(name)
            if not field.many_to_one and not field.one_to_one:
                return False
            model = field.related_model
        return True

    def filter(self, qs, values):
        return qs.filter(self.condition(qs.model, values)) if values else qs


class YearFacet(Facet):
    """The years that a period covers, from `start_year` to `end_year`; a period with no end counts for its first year."""

    def __init__(self, label, *, start="start_year", end="end_year"):
        super().__init__(start, label, names=own_names, by="value")
        self.start, self.end = start, end

    def pairs(self, queryset):
        for pk, start, end in queryset.order_by().values_list("pk", self.start, self.end):
            if start or end:
                for year in range(start or end, (end or start) + 1):
                    yield pk, str(year)

    def condition(self, model, values):
        start, end = self.start, self.end
        return reduce(
            or_,
            (
                Q(**{f"{start}__lte": year, f"{end}__gte": year})
                | Q(**{start: year, f"{end}__isnull": True})
                | Q(**{end: year, f"{start}__isnull": True})
                for year in map(int, values)
            ),
        )


class FacetIndex:
    """Which entries of a queryset have which values, as bits of integers."""

    def __init__(self, facets, queryset, *, version, drafts=False):
        self.version = version
        self.drafts = drafts
        self.positions = {pk: at for at, pk in enumerate(queryset.order_by("pk").values_list("pk", flat=True))}
        self.everything = (1 << len(self.positions)) - 1
        self.bits = {name: self._bits(facet.pairs(queryset)) for name, facet in facets.items()}
        self._names = {}

    def _bits(self, pairs):
        members = {}
        for pk, value in pairs:
            at = self.positions.get(pk)
            if at is not None:
                members.setdefault(value, []).append(at)
        return {value: self._number(positions) for value, positions in members.items()}

    def _number(self, positions):
        flags = bytearray(len(self.positions) // 8 + 1)
        for at in positions:
            flags[at >> 3] |= 1 << (at & 7)
        return int.from_bytes(flags, "little")

    def of(self, pks):
        """The bits of the entries with these primary keys."""
        return self._number([self.positions[pk] for pk in pks if pk in self.positions])

    def names(self, name, facet):
        """The values of a facet and their names in the active language, in the order in which they are offered."""
        key = (name, active_language())
        if key not in self._names:
            values = list(self.bits[name])
            found = facet.names(values, drafts=self.drafts)
            named = {value: str(found[value]) for value in values if value in found}
            if facet.by == "value":
                order = sorted(named, reverse=True)
            else:
                order = sorted(named, key=lambda value: (sort_key(named[value], key[1]), value))
            if facet.by == "count":
                order.sort(key=lambda value: -self.bits[name][value].bit_count())
            self._names[key] = {value: named[value] for value in order}
        return self._names[key]


@dataclass
class Option:
    value: str
    name: str
    count: int
    chosen: bool
    id: str


@dataclass
class Group:
    name: str
    label: str
    options: list
    more: list

    @property
    def has_chosen_more(self):
        return any(option.chosen for option in self.more)


@dataclass
class Chip:
    """A chosen value: its name, and the query string of the list without it."""

    name: str
    without: str


class FacetedFilterSet(django_filters.FilterSet):
    """The filters, words and order of one list, read from a query string that may say anything."""

    # Offered at once; the rest of a long facet folds away.
    shown = 8
    # name → (label, order_by); `{language}` becomes the reader's; a callable returns the expressions. The first is
    # the default.
    orders = {}

    @classmethod
    def facets(cls):
        return {name: f for name, f in cls.base_filters.items() if isinstance(f, Facet)}

    def __init__(self, data, queryset, *, user):
        super().__init__(data, queryset.visible_to(user))
        self.user = user
        self.model = queryset.model

    @cached_property
    def index(self):
        """The FacetIndex of the list as of now."""
        drafts = can_see_drafts(self.user, self.model)
        version = content_version()
        return remembered(
            (type(self), drafts),
            lambda: FacetIndex(self.facets(), self.queryset, version=version, drafts=drafts),
            version=version,
        )

    def get_form_class(self):
        form = super().get_form_class()
        for name, facet in self.facets().items():
            form.base_fields[name].choices = list(self.index.names(name, facet).items())
        return form

    @cached_property
    def chosen(self):
        """What is chosen: facet name → values that exist."""
        found = {}
        for name, facet in self.facets().items():
            known = self.index.names(name, facet)
            values = [v for v in dict.fromkeys(self.data.getlist(name)) if v in known]
            if values:
                found[name] = values
        return found

    @cached_property
    def words(self):
        """The words looked for, as typed, at most 200 characters of them."""
        return " ".join(self.data.get("q", "").replace("\x00", "").split())[:200]

    @cached_property
    def sort(self):
        wanted = self.data.get("sort")
        return wanted if wanted in self.orders else next(iter(self.orders))

    def find(self, queryset):
        """Those that contain all words, in any language, whatever their case and accents."""
        for word in fold(self.words).split():
            queryset = queryset.filter(self.word_condition(word))
        return queryset

    def word_condition(self, word):
        return Q(folded__contains=word)

    @cached_property
    def qs(self):
        queryset = self.find(self.queryset)
        for name, values in self.chosen.items():
            queryset = self.base_filters[name].filter(queryset, values)
        _label, order = self.orders[self.sort]
        if callable(order):
            return queryset.order_by(*order())
        return queryset.order_by(*(field.format(language=active_language()) for field in order))

    @cached_property
    def _found(self):
        if not fold(self.words).split():
            return self.index.everything
        return self.index.of(self.find(self.queryset).order_by().values_list("pk", flat=True))

    def _bits(self, *, without=None):
        chosen = (
            reduce(or_, (self.index.bits[name][value] for value in values))
            for name, values in self.chosen.items()
            if name != without
        )
        return reduce(and_, chosen, self._found)

    @cached_property
    def count(self):
        """How many entries the list has."""
        return self._bits().bit_count()

    @property
    def total(self):
        """How many it would have with nothing chosen and no words."""
        return len(self.index.positions)

    @cached_property
    def groups(self):
        """The facets with their values and counts, for the form."""
        groups = []
        everything = self._bits()
        for name, facet in self.facets().items():
            chosen = self.chosen.get(name, ())
            base = self._bits(without=name) if chosen else everything
            bits = self.index.bits[name]
            options = [
                Option(value, label, (bits[value] & base).bit_count(), value in chosen, f"{name}-{value}")
                for value, label in self.index.names(name, facet).items()
            ]
            options = [option for option in options if option.count or option.chosen]
            if options:
                groups.append(Group(name, facet.label, options[: self.shown], options[self.shown :]))
        return groups

    def query(self, *, without=(), page=None, sort=None):
        """The normal form of the query string, known values only, perhaps without one (facet, value)."""
        query = QueryDict(mutable=True)
        if self.words and without != ("q", self.words):
            query["q"] = self.words
        for name, values in self.chosen.items():
            query.setlist(name, [value for value in values if without != (name, value)])
        if (sort or self.sort) != next(iter(self.orders)):
            query["sort"] = sort or self.sort
        if page and page > 1:
            query["page"] = page
        return query.urlencode()

    @cached_property
    def chips(self):
        chips = []
        if self.words:
            # Translators: the words that a visitor looked for, in the quotation marks of your language.
            quoted = _("“%(words)s”") % {"words": self.words}
            chips.append(Chip(quoted, self.query(without=("q", self.words))))
        for name, values in self.chosen.items():
            names = self.index.names(name, self.base_filters[name])
            chips += [Chip(names[value], self.query(without=(name, value))) for value in values]
        return chips

    @property
    def chosen_count(self):
        return sum(map(len, self.chosen.values()))

    @property
    def sort_is_chosen(self):
        return self.sort != next(iter(self.orders))

    @property
    def sorts(self):
        """The orders on offer: name, label, whether it is the present one, the query string that asks for it."""
        return [
            (name, label, name == self.sort, self.query(sort=name))
            for name, (label, _order) in self.orders.items()
        ]


# --- Names of values ----------------------------------------------------------------------------


def choice_names(choices):
    """Names of the values of a TextChoices."""
    return lambda values, drafts: dict(choices.choices)


def country_names(values, drafts):
    """Names of ISO 3166-1 codes in the active language."""
    from django_countries import countries

    return {code: countries.name(code) for code in values}


def record_names(model_label):
    """Names, in the active language, of records that are known by their slug; of drafts only for those who see them."""

    def names(values, drafts):
        model = apps.get_model(model_label)
        records = model._base_manager.filter(slug__in=values)
        if issubclass(model, Published) and not drafts:
            records = records.filter(status=Published.Status.PUBLISHED)
        return {record.slug: str(record) for record in records}

    return names
