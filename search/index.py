"""The entries of the index in memory, as sets of bits: which have which values, who may see them, in which order.

A set of entries is an integer whose bits are their numbers. A count is one `&` and one `bit_count`, so a hundred counts
over 100,000 entries take about a millisecond, where SQL would read the table for each facet; and what the database says
of words becomes such a set too. Every process makes the index when first asked for and then follows the changes
(`topics.ContentVersion`), entry by entry.
"""

import re
from array import array
from bisect import insort
from functools import reduce
from itertools import compress, islice
from operator import or_

from alliance.languages import active_language, sort_key
from alliance.memory import content_version, remembered
from search.models import Entry

_FLAGS = bytes.maketrans(b"01", b"\0\1")
_NOT_ZERO = re.compile(rb"[^\0]")
_COLUMNS = ["number", "kind", "thing", "is_live", "is_public", "freshness", "facets"]


class Members:
    """The entries that have one value: the bits between the first and the last of them."""

    __slots__ = ["count", "first", "last", "window"]

    def __init__(self, bits):
        self.last = (bits.bit_length() + 7) >> 3
        lowest = (bits & -bits).bit_length() - 1
        self.first = max(lowest, 0) >> 3
        self.window = bits >> (8 * self.first)
        self.count = bits.bit_count()

    @property
    def bits(self):
        return self.window << (8 * self.first)

    def __contains__(self, number):
        return number >= 8 * self.first and bool(self.window >> (number - 8 * self.first) & 1)

    def count_in(self, flags):
        """How many of them are in a set, given as bytes of its bits."""
        return (self.window & int.from_bytes(flags[self.first : self.last], "little")).bit_count()


def to_bits(numbers, size):
    """The set of those of `numbers` that are below `size`."""
    if len(numbers) < 2_000:
        flags = bytearray(size // 8 + 1)
        for number in numbers:
            if number < size:
                flags[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(flags, "little")
    # Many at once: as the digits of a binary number, which costs a quarter for each.
    digits = bytearray(b"0") * max(size, max(numbers) + 1)
    for number in numbers:
        digits[number] = 49
    return int(bytes(digits[:size][::-1]), 2) if size else 0


def to_numbers(bits):
    """The numbers in a set, ascending; for sets that are small beside the index."""
    found = []
    flags = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for match in _NOT_ZERO.finditer(flags):
        at, byte = match.start() << 3, match[0][0]
        while byte:
            lowest = byte & -byte
            found.append(at + lowest.bit_length() - 1)
            byte ^= lowest
    return found


class Index:
    """All entries that are live at one version of the content. Never changed, but followed by another one."""

    def __init__(self):
        self.version = 0
        self.size = 1  # one more than the highest number
        self.kind = [""]
        self.thing = array("q", [0])
        self.freshness = array("q", [0])
        self.public = 0
        self.hidden = 0
        # facet → value → Members
        self.values = {}
        # All numbers, the freshest first.
        self.newest = array("I")
        self._orders, self._kept = {}, {}

    @classmethod
    def now(cls):
        """The Index of the content as it is."""
        version = content_version()
        return remembered(
            "search", lambda: cls().followed_by(version), version=version, follow=cls.followed_by
        )

    def followed_by(self, version):
        """The Index at `version`."""
        entries = (
            Entry.objects.filter(version__gt=self.version)
            if self.version
            else Entry.objects.filter(is_live=True)
        )
        rows = list(entries.values_list(*_COLUMNS).iterator(20_000))
        new = Index.__new__(Index)
        new.version = version
        new.size = max([self.size, *(row[0] + 1 for row in rows)])
        new.kind, new.thing, new.freshness = self.kind, self.thing, self.freshness
        new.public, new.hidden, new.values, new.newest = self.public, self.hidden, self.values, self.newest
        new._orders, new._kept = {}, {}
        if rows:
            new._take(rows)
        return new

    def _take(self, rows):
        more = self.size - len(self.thing)
        # Copies: requests that began with the former index go on with it.
        self.kind = [*self.kind, *[""] * (self.size - len(self.kind))]
        self.thing, self.freshness = (
            self.thing + array("q", [0] * more),
            self.freshness + array("q", [0] * more),
        )
        touched, public, hidden, having = [], [], [], {}
        for number, kind, thing, is_live, is_public, freshness, facets in rows:
            touched.append(number)
            self.kind[number], self.thing[number], self.freshness[number] = kind, thing, freshness
            if is_live:
                (public if is_public else hidden).append(number)
                for token in facets.split():
                    if token in having:
                        having[token].append(number)
                    else:
                        having[token] = [number]
        gone = to_bits(touched, self.size)
        self.public = self.public & ~gone | to_bits(public, self.size)
        self.hidden = self.hidden & ~gone | to_bits(hidden, self.size)
        self.values = self._values_with(gone, having)
        self.newest = self._newest_with(touched, [*public, *hidden])

    def _values_with(self, gone, having):
        first, last = (gone & -gone).bit_length() - 1 >> 3, gone.bit_length() + 7 >> 3
        values = {name: dict(members) for name, members in self.values.items()}
        for members in values.values():
            for value, held in list(members.items()):
                if held.first < last and first < held.last and (left := held.bits & ~gone) != held.bits:
                    members[value] = Members(left)
                    if not left:
                        del members[value]
        for token, numbers in having.items():
            name, _sign, value = token.partition("=")
            members = values.setdefault(name, {})
            bits = to_bits(numbers, self.size)
            if value in members:
                bits |= members[value].bits
            members[value] = Members(bits)
        return values

    def _newest_with(self, touched, present):
        def key(number):
            return -self.freshness[number], -number

        if not self.newest:
            return array("I", sorted(present, key=key))
        gone = set(touched)
        newest = [number for number in self.newest if number not in gone]
        if len(present) > 1_000:
            newest = sorted([*newest, *present], key=key)
        else:
            for number in present:
                insort(newest, number, key=key)
        return array("I", newest)

    # --- Sets ---

    def of_kinds(self, kinds):
        """The entries of some kinds."""
        return self.having("type", kinds)

    def having(self, name, values):
        """The entries that have any of `values` of the facet `name`."""
        known = self.values.get(name, {})
        return reduce(or_, (known[value].bits for value in values if value in known), 0)

    def having_most(self, name, values, among):
        """The entries of `among` that have any of `values`, as sets by how many of them they have, most first."""
        # at_least[n]: the entries that have n or more of the values seen so far.
        at_least = [among]
        for value in values:
            if members := self.values.get(name, {}).get(value):
                at_least.append(0)
                for number in range(len(at_least) - 1, 0, -1):
                    at_least[number] |= at_least[number - 1] & members.bits
        at_least.append(0)
        return [at_least[number] & ~at_least[number + 1] for number in range(len(at_least) - 2, 0, -1)]

    def bits_of(self, numbers):
        return to_bits(numbers, self.size)

    # --- Orders ---

    def freshest(self, bits, start, stop):
        """The numbers from `start` to `stop` of a set, the freshest first."""
        if bits.bit_count() <= 5_000:
            freshness = self.freshness
            numbers = sorted(to_numbers(bits), key=lambda number: (-freshness[number], -number))
            return numbers[start:stop]
        return self._in_order(self.newest, bits, start, stop)

    def ordered(self, bits, key, things, start, stop):
        """The numbers from `start` to `stop` of a set, in the order of `things()`: (kind, primary key) of all.

        The order is kept under `key` until the content changes.
        """
        if key not in self._orders:
            numbers = {
                (kind, thing): number
                for number, (kind, thing) in enumerate(zip(self.kind, self.thing, strict=True))
            }
            self._orders[key] = array("I", [numbers[one] for one in things() if one in numbers])
        return self._in_order(self._orders[key], bits, start, stop)

    def _in_order(self, order, bits, start, stop):
        # One byte for each entry, 1 where it is in the set.
        flags = f"{bits:0{self.size}b}"[::-1].encode().translate(_FLAGS)
        return list(islice(compress(order, map(flags.__getitem__, order)), start, stop))

    # --- What is kept as long as the index ---

    def kept(self, name, make):
        """What `make()` returns for the active language; made once and kept as long as the index."""
        key = (name, active_language())
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def names(self, facet, drafts):
        """The values of a facet that have a name, by name: value → (address, name in the active language)."""

        def make():
            members = self.values.get(facet.token, {})
            found = facet.names(list(members), drafts=drafts)
            named = {
                value: name if isinstance(name, tuple) else (value, name)
                for value, name in found.items()
                if value in members
            }
            language = active_language()
            order = sorted(named, key=lambda value: (sort_key(str(named[value][1]), language), value))
            return {value: (named[value][0], str(named[value][1])) for value in order}

        return self.kept((facet.token, drafts), make)
