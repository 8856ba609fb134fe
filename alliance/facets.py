"""Filters of a list with true counts: how many entries each value would give, counted without its own selection.

The counts come from an index in memory. For every value of every facet it holds one integer whose bits say which
entries have that value; a count is one `&` and one `bit_count`, so a hundred counts over 100,000 entries take about
a millisecond where SQL would read the table for each facet. The index is made when first asked for and is good until
the content changes (`topics.ContentVersion`), which every request checks. It also keeps the orders of the list, so that
a page is found in memory, however long the list, and the database only gives its rows by their primary keys.
"""

from array import array
from dataclasses import dataclass
from functools import reduce
from itertools import compress, islice
from operator import and_, or_

import django_filters
from django.apps import apps
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alliance.languages import active_language, fold, sort_key
from alliance.memory import content_version, remembered
from alliance.publishing import Published, can_see_drafts


def own_names(values, drafts):
    """Names of values that name themselves: years."""
    return {value: value for value in values}


class Facet(django_filters.MultipleChoiceFilter):
    """One group of checkboxes: entries that have any of the chosen values.

    `lookup` leads from the entry to the value (`city__country`). `names(values, drafts)` maps values to names in the
    active language, once per language and version of the content; values without a name are not offered. `by` orders
    the values: "name", "count", or "value" (descending).
    """

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


_FLAGS = bytes.maketrans(b"01", b"\0\1")


class Members:
    """The entries that have one value: the bits between the first and the last of them."""

    __slots__ = ["count", "first", "last", "window"]

    def __init__(self, positions):
        self.first, self.last = min(positions) >> 3, (max(positions) >> 3) + 1
        flags = bytearray(self.last - self.first)
        for at in positions:
            flags[(at >> 3) - self.first] |= 1 << (at & 7)
        self.window = int.from_bytes(flags, "little")
        self.count = self.window.bit_count()

    @property
    def bits(self):
        return self.window << (8 * self.first)

    def count_in(self, flags):
        """How many of them are in a set, given as bytes of its bits."""
        return (self.window & int.from_bytes(flags[self.first : self.last], "little")).bit_count()


class FacetIndex:
    """Which entries of a queryset have which values, as bits of integers, and in which orders they come.

    `together` names a facet of very many values of which an entry has one: entries with the same value then stand
    side by side, and counting them reads no others.
    """

    def __init__(self, facets, queryset, *, version, drafts=False, together=None):
        self.version = version
        self.drafts = drafts
        self.queryset = queryset
        first = [facets[together].lookup] if together else []
        self.pks = list(queryset.order_by(*first, "pk").values_list("pk", flat=True))
        self.positions = {pk: at for at, pk in enumerate(self.pks)}
        self.everything = (1 << len(self.pks)) - 1
        self.values = {name: self._values(facet.pairs(queryset)) for name, facet in facets.items()}
        self._names = {}
        self._orders = {}
        self._kept = {}

    def _values(self, pairs):
        members = {}
        for pk, value in pairs:
            at = self.positions.get(pk)
            if at is not None:
                members.setdefault(value, []).append(at)
        return {value: Members(positions) for value, positions in members.items()}

    def kept(self, name, make):
        """What `make()` returns for the active language; made once and kept as long as the index."""
        key = (name, active_language())
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def of(self, pks):
        """The bits of the entries with these primary keys."""
        positions = [self.positions[pk] for pk in pks if pk in self.positions]
        return Members(positions).bits if positions else 0

    def having(self, name, values):
        """The bits of the entries that have any of `values` of the facet `name`."""
        known = self.values[name]
        return reduce(or_, (known[value].bits for value in values if value in known), 0)

    def having_most(self, name, values, among):
        """The entries of `among` that have any of `values`, as bits by how many of them they have, most first."""
        # at_least[n]: the entries that have n or more of the values seen so far.
        at_least = [among]
        for value in values:
            if members := self.values[name].get(value):
                at_least.append(0)
                for number in range(len(at_least) - 1, 0, -1):
                    at_least[number] |= at_least[number - 1] & members.bits
        at_least.append(0)
        return [at_least[number] & ~at_least[number + 1] for number in range(len(at_least) - 2, 0, -1)]

    def page(self, bits, order, start, stop):
        """The primary keys of the entries in `bits` from `start` to `stop`, in the order of the fields `order`."""
        order = tuple(order)
        if order not in self._orders:
            pks = self.queryset.order_by(*order).values_list("pk", flat=True)
            self._orders[order] = array("L", [self.positions[pk] for pk in pks if pk in self.positions])
        positions = self._orders[order]
        if bits == self.everything:
            found = positions[start:stop]
        else:
            # One byte for each entry, 1 where it is in `bits`.
            flags = f"{bits:0{len(self.pks)}b}"[::-1].encode().translate(_FLAGS)
            found = islice(compress(positions, map(flags.__getitem__, positions)), start, stop)
        return [self.pks[at] for at in found]

    def names(self, name, facet):
        """The values of a facet and their names in the active language, in the order in which they are offered."""
        key = (name, active_language())
        if key not in self._names:
            values = list(self.values[name])
            found = facet.names(values, drafts=self.drafts)
            named = {value: str(found[value]) for value in values if value in found}
            if facet.by == "value":
                order = sorted(named, reverse=True)
            else:
                order = sorted(named, key=lambda value: (sort_key(named[value], key[1]), value))
            if facet.by == "count":
                order.sort(key=lambda value: -self.values[name][value].count)
            self._names[key] = {value: named[value] for value in order}
        return self._names[key]


@dataclass(slots=True)
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
    left_out: int = 0

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
    # Nobody reads more checkboxes than this; the other values are found by their names.
    most = 60
    # name → (label, order_by); `{language}` becomes the reader's; a callable returns the expressions. The first is
    # the default.
    orders = {}
    # The facet of very many values, if one is: see FacetIndex.
    together = None

    @classmethod
    def facets(cls):
        return {name: f for name, f in cls.base_filters.items() if isinstance(f, Facet)}

    def __init__(self, data, queryset, *, user):
        # Not what FilterSet does: it copies every filter for a form, where a list reads `chosen` instead.
        self.data, self.is_bound, self.form_prefix, self.request = data, True, None, None
        self.queryset = queryset.visible_to(user)
        self.user = user
        self.model = queryset.model

    @cached_property
    def index(self):
        """The FacetIndex of the list as of now."""
        drafts = can_see_drafts(self.user, self.model)
        version = content_version()
        return remembered(
            (type(self), drafts),
            lambda: FacetIndex(
                self.facets(), self.queryset, version=version, drafts=drafts, together=self.together
            ),
            version=version,
        )

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

    @property
    def is_whole(self):
        """Whether nothing narrows the list."""
        return not self.chosen and not self.words

    @cached_property
    def words(self):
        """The words looked for, as typed, at most 200 characters of them."""
        return " ".join(self.data.get("q", "").replace("\x00", "").split())[:200]

    @cached_property
    def folded_words(self):
        """The words as they are compared, once each. Some letters unfold into several words, so count them again."""
        return list(dict.fromkeys(fold(self.words).split()))[:100]

    @cached_property
    def sort(self):
        wanted = self.data.get("sort")
        return wanted if wanted in self.orders else next(iter(self.orders))

    def find(self, queryset):
        """Those that contain all words, in any language, whatever their case and accents."""
        for word in self.folded_words:
            queryset = queryset.filter(self.word_condition(word))
        return queryset

    def word_condition(self, word):
        return Q(folded__contains=word)

    @cached_property
    def qs(self):
        queryset = self.find(self.queryset)
        for name, values in self.chosen.items():
            queryset = self.base_filters[name].filter(queryset, values)
        return queryset.order_by(*self.order)

    @property
    def order(self):
        """The fields or expressions that the list is ordered by."""
        _label, order = self.orders[self.sort]
        return order() if callable(order) else [field.format(language=active_language()) for field in order]

    def rows(self, start, stop):
        """The entries from `start` to `stop` of the list: what `qs[start:stop]` gives, in the same time for any list."""
        if callable(self.orders[self.sort][1]):
            return list(self.qs[start:stop])
        return self.fetch(self.index.page(self._bits(), self.order, start, stop))

    def fetch(self, pks):
        """The entries with these primary keys, in this order, as far as the reader may see them."""
        found = {row.pk: row for row in self.queryset.filter(pk__in=pks).order_by()}
        return [found[pk] for pk in pks if pk in found]

    @cached_property
    def _found(self):
        if not self.folded_words:
            return self.index.everything
        return self.index.of(self.find(self.queryset).order_by().values_list("pk", flat=True))

    def _bits(self, *, without=None):
        chosen = (self.index.having(name, values) for name, values in self.chosen.items() if name != without)
        return reduce(and_, chosen, self._found)

    @cached_property
    def count(self):
        """How many entries the list has."""
        return self._bits().bit_count()

    @property
    def total(self):
        """How many it would have with nothing chosen and no words."""
        return len(self.index.pks)

    @cached_property
    def groups(self):
        """The facets with their values and counts, for the form."""
        groups = []
        everything = self._bits()
        for name, facet in self.facets().items():
            chosen = self.chosen.get(name, ())
            base = self._bits(without=name) if chosen else everything
            members = self.index.values[name]
            if base == self.index.everything:
                counts = {value: found.count for value, found in members.items()}
            else:
                flags = base.to_bytes(self.total // 8 + 1, "little")
                counts = {value: found.count_in(flags) for value, found in members.items()}
            options = [
                Option(value, label, counts[value], value in chosen, f"{name}-{value}")
                for value, label in self.index.names(name, facet).items()
                if counts[value] or value in chosen
            ]
            if options:
                rest = options[self.most :]
                more = options[self.shown : self.most] + [option for option in rest if option.chosen]
                left_out = sum(not option.chosen for option in rest)
                groups.append(Group(name, facet.label, options[: self.shown], more, left_out))
        return groups

    def query(self, *, without=(), page=None, sort=None):
        """The normal form of the query string, known values only, perhaps without one (facet, value)."""
        query = []
        if self.words and without != ("q", self.words):
            query.append(("q", self.words))
        for name, values in self.chosen.items():
            query += [(name, value) for value in values if without != (name, value)]
        if (sort or self.sort) != next(iter(self.orders)):
            query.append(("sort", sort or self.sort))
        if page and page > 1:
            query.append(("page", page))
        return urlencode(query)

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
