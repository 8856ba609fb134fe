"""Filters of a list with true counts: how many entries each value would give, counted without its own selection."""

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_

from django.apps import apps
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.languages import active_language
from alliance.publishing import READABLE, Published, can_see_drafts
from alliance.templatetags.alliance import language_name
from search.index import Index, to_numbers
from search.query import MAX_CHARACTERS, parse
from search.ranking import Matches
from search.sources import sources


def own_names(values, drafts):
    """Names of values that name themselves: years."""
    return {value: value for value in values}


@dataclass
class Facet:
    """One group of checkboxes: entries that have any of the chosen values.

    `token` is the name of the facet in the index, as the sources give it. `names(values, drafts)` maps values to
    names in the active language, or to (address, name) where the value is an id; it is asked once per language and
    version of the content, and values without a name are not offered. `by` orders the values: "name", "count", or
    "value" (descending).
    """

    token: str
    label: str
    names: callable
    by: str = "count"


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


class Filters:
    """The filters, words and order of one list, read from a query string that may say anything.

    A list of one kind of content says so by `kind` and gives the `queryset` of its entries. Without, it is about all.
    """

    # Offered at once; the rest of a long facet folds away.
    shown = 8
    # Nobody reads more checkboxes than this; the other values are found by their names.
    most = 60
    kind = None
    # Parameters that are kept if they are there, whatever they say.
    switches = []
    # The address of a list → Facet.
    facets = {}
    # name → (label, order_by); `{language}` becomes the reader's; a callable returns the expressions; None: freshest
    # first. The first is the default, where no words are looked for.
    orders = {}

    def __init__(self, data, queryset=None, *, user):
        self.data = data
        self.queryset = queryset.visible_to(user) if queryset is not None else None
        self.user = user

    @cached_property
    def index(self):
        """The Index as of now."""
        return Index.now()

    # --- What is asked ---

    @cached_property
    def words(self):
        """The words looked for, as typed, a space at the end included; one character more than is looked at, so that a
        query that was cut can say so."""
        words = self.data.get("q", "").replace("\x00", "")
        return (
            f"{' '.join(words.split())}{' ' if words[-1:].isspace() else ''}"[: MAX_CHARACTERS + 1]
            if words.strip()
            else ""
        )

    @cached_property
    def looked_for(self):
        """The Query in the words."""
        return parse(self.words)

    @cached_property
    def chosen(self):
        """What is chosen: facet name → values that the list has, as the index knows them."""
        found = {}
        for name, facet in self.facets.items():
            names = self.names(facet)
            values = {names[value][0]: value for value in self._offered(name, facet)}
            if chosen := [values[one] for one in dict.fromkeys(self.data.getlist(name)) if one in values]:
                found[name] = chosen
        return found

    @cached_property
    def addresses(self):
        """What is chosen, as the address of the page says it."""
        return {
            name: [self.names(self.facets[name])[value][0] for value in values]
            for name, values in self.chosen.items()
        }

    @cached_property
    def sees_drafts(self):
        """The kinds of which the reader sees drafts."""
        return [kind for kind, source in sources().items() if can_see_drafts(self.user, source.draft_model)]

    def names(self, facet):
        return self.index.names(facet, bool(self.sees_drafts))

    @property
    def is_whole(self):
        """Whether nothing narrows the list."""
        return not self.chosen and not self.words

    @cached_property
    def available_orders(self):
        """The orders on offer, the default first: by relevance where there are words."""
        relevance = {"relevance": (gettext_lazy("Best match first"), None)} if self.words else {}
        return relevance | self.orders

    @cached_property
    def sort(self):
        wanted = self.data.get("sort")
        return wanted if wanted in self.available_orders else next(iter(self.available_orders))

    # --- What is found ---

    @cached_property
    def matches(self):
        return Matches(self.looked_for, self.index)

    @cached_property
    def scope(self):
        """The entries that the list would have with nothing chosen and no words."""
        visible = self.index.public
        if self.sees_drafts:
            visible |= self.index.hidden & self.index.of_kinds(self.sees_drafts)
        return visible & self.index.of_kinds([self.kind]) if self.kind else visible

    @cached_property
    def _found(self):
        if not self.words:
            return self.scope
        # Words of which nothing is to be looked for (“-this”, punctuation) find nothing.
        return self.scope & self.matches.bits if self.looked_for else 0

    def _bits(self, *, without=None):
        chosen = (
            self.index.having(self.facets[name].token, values)
            for name, values in self.chosen.items()
            if name != without
        )
        return reduce(and_, chosen, self._found)

    @cached_property
    def bits(self):
        """The entries of the list, as a set of the index."""
        return self._bits()

    @property
    def count(self):
        """How many entries the list has."""
        return self.bits.bit_count()

    @cached_property
    def total(self):
        """How many it would have with nothing chosen and no words."""
        return self.scope.bit_count()

    def numbers(self, start, stop, among=None):
        """The numbers in the index of the entries from `start` to `stop`, in the order of the list.

        `among`: of another set than the list, in its order.
        """
        bits = self.bits if among is None else among
        if self.sort == "relevance":
            return self.matches.best(bits, start, stop)
        _label, order = self.orders[self.sort]
        if order is None:
            return self.index.freshest(bits, start, stop)
        language = active_language()

        def things():
            fields = order() if callable(order) else [field.format(language=language) for field in order]
            pks = sources()[self.kind].model._base_manager.order_by(*fields).values_list("pk", flat=True)
            return ((self.kind, pk) for pk in pks)

        return self.index.ordered(bits, (self.kind, self.sort, language), things, start, stop)

    def rows(self, start, stop, among=None):
        """The entries from `start` to `stop` of the list, in the same time for any list; `among` as for `numbers`."""
        return self.fetch(self.index.thing[number] for number in self.numbers(start, stop, among))

    def fetch(self, pks):
        """The entries with these primary keys, in this order, as far as the reader may see them."""
        pks = list(pks)
        found = {row.pk: row for row in self.queryset.filter(pk__in=pks).order_by()}
        return [found[pk] for pk in pks if pk in found]

    @property
    def pks(self):
        """The primary keys of all entries of the list."""
        return [self.index.thing[number] for number in to_numbers(self.bits)]

    # --- What the page offers ---

    @cached_property
    def groups(self):
        """The facets with their values and counts, for the form."""
        groups = []
        everything = self.bits
        kept = {}
        for name, facet in self.facets.items():
            chosen = self.chosen.get(name, ())
            base = self._bits(without=name) if chosen else everything
            if base not in kept:
                kept[base] = base.to_bytes(self.index.size // 8 + 1, "little")
            flags = kept[base]
            members = self.index.values.get(facet.token, {})
            names = self.names(facet)
            options = [
                Option(names[value][0], names[value][1], count, value in chosen, f"{name}-{names[value][0]}")
                for value in self._offered(name, facet)
                if (count := members[value].count_in(flags)) or value in chosen
            ]
            if options:
                rest = options[self.most :]
                more = options[self.shown : self.most] + [option for option in rest if option.chosen]
                left_out = sum(not option.chosen for option in rest)
                groups.append(Group(name, facet.label, options[: self.shown], more, left_out))
        return groups

    def _offered(self, name, facet):
        """The values of a facet that the whole list has, in the order in which they are offered.

        Others are as unknown as those that do not exist, so that nobody learns what only drafts have.
        """

        def make():
            members = self.index.values.get(facet.token, {})
            flags = self.scope.to_bytes(self.index.size // 8 + 1, "little")
            counts = {
                value: members[value].count_in(flags) for value in self.names(facet) if value in members
            }
            values = [value for value, count in counts.items() if count]
            if facet.by == "value":
                values.sort(reverse=True)
            if facet.by == "count":
                values.sort(key=lambda value: -counts[value])
            return values

        return self.index.kept((type(self), name, *self.sees_drafts), make)

    def query(self, *, without=(), page=None, sort=None, words=None):
        """The normal form of the query string, known values only, perhaps without one (facet, value)."""
        query = []
        words = self.words if words is None else words
        if words and without != ("q", self.words):
            query.append(("q", words))
        for name, values in self.addresses.items():
            query += [(name, value) for value in values if without != (name, value)]
        if (sort or self.sort) != next(iter(self.available_orders)):
            query.append(("sort", sort or self.sort))
        if page and page > 1:
            query.append(("page", page))
        query += [(name, "1") for name in self.switches if name in self.data]
        return urlencode(query)

    @cached_property
    def chips(self):
        chips = []
        if self.words:
            # Translators: the words that a visitor looked for, in the quotation marks of your language.
            quoted = _("“%(words)s”") % {"words": self.words.strip()}
            chips.append(Chip(quoted, self.query(without=("q", self.words))))
        for name, values in self.chosen.items():
            names = self.names(self.facets[name])
            for value in values:
                address, label = names[value]
                chips.append(Chip(label, self.query(without=(name, address))))
        return chips

    @property
    def chosen_count(self):
        return sum(map(len, self.chosen.values()))

    @property
    def sort_is_chosen(self):
        return self.sort != next(iter(self.available_orders))

    @property
    def sorts(self):
        """The orders on offer: name, label, whether it is the present one, the query string that asks for it."""
        return [
            (name, label, name == self.sort, self.query(sort=name))
            for name, (label, _order) in self.available_orders.items()
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
    """Addresses and names, in the active language, of records; of drafts only for those who see them."""

    def names(values, drafts):
        model = apps.get_model(model_label)
        records = model._base_manager.filter(pk__in=values)
        if issubclass(model, Published) and not drafts:
            records = records.filter(status__in=READABLE)
        return {str(record.pk): (record.slug, str(record)) for record in records}

    return names


def language_names(values, drafts):
    """Names of the portal's languages, in the active one."""
    return {code: language_name(code) for code in values}


def kind_names(values, drafts):
    """What the kinds of things that search finds are called."""
    return {kind: (kind, source.plural) for kind, source in sources().items()}


# The facets that several lists have, and the search page all of them: the same values, counted the same way.
COUNTRY = Facet("country", gettext_lazy("Country"), country_names)
THEME = Facet("theme", gettext_lazy("Theme"), record_names("practices.Theme"))
AUDIENCE = Facet("audience", gettext_lazy("Audience"), record_names("topics.Audience"))
LEVEL = Facet("level", gettext_lazy("Prevention"), record_names("topics.PreventionLevel"))
PROJECT = Facet("project", gettext_lazy("Project"), record_names("projects.Project"))
YEAR = Facet("year", gettext_lazy("Year"), own_names, by="value")
LANGUAGE = Facet("language", gettext_lazy("Available in"), language_names)


class SearchFilter(Filters):
    """What the search page can be narrowed by."""

    facets = {
        "type": Facet("type", gettext_lazy("Type"), kind_names),
        "country": COUNTRY,
        "theme": THEME,
        "audience": AUDIENCE,
        "level": LEVEL,
        "project": PROJECT,
        "year": YEAR,
        "language": LANGUAGE,
    }
    orders = {"recent": (gettext_lazy("Latest first"), None)}
