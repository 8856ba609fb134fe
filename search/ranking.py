"""Which things meet a query, and which of them come first.

The database says which entries have which terms; here these answers are added up. For every word of the query a thing
gets points for where the word stands: in its title, in its summary or names, often in its texts; and for having the
last word whole where it was perhaps not typed to its end. Things with the same points come freshest first, so that the
order is the same on both databases, and total.

Points are kept as sets, one for each binary digit, so that adding a word's points to those of all things is a few
operations on integers. What a query costs is thus what it costs the database to answer, and that is bounded: beyond
BROAD things only titles and whole words count.
"""

from functools import cached_property

from search import postings
from search.query import graded

# Things of which more is asked than whether the words stand in their titles.
BROAD = 5_000
POINTS = {"t": 6, "u": 3, "o": 2, "p": 3}
POINTS_WHOLE = 3


class Matches:
    """The entries of an Index that meet a query."""

    def __init__(self, query, index):
        self.query = query
        self.index = index
        self.words = graded(query, postings.to_expression()) if query else []

    @cached_property
    def _first(self):
        """Those that have the last word whole, those that only have its beginning, and those that match each word's
        title: what is asked at once."""
        whole, begun = self.query.in_parts()
        titles = [points.get(grade, "") for points in self.words for grade in "tp"]
        found = postings.find(
            [postings.expression(whole), postings.expression(begun) if begun else "", *titles]
        )
        return [self.index.bits_of(numbers) for numbers in found]

    @cached_property
    def bits(self):
        """All that match, whoever may see them."""
        whole, begun, *_titles = self._first
        return whole | begun

    @cached_property
    def _digits(self):
        """The points of all things: for each binary digit the set of those whose points have it."""
        whole, begun, *titles = self._first
        digits = []
        if begun:
            add(digits, whole, POINTS_WHOLE)
        for grade, bits in zip("tp" * len(self.words), titles, strict=True):
            add(digits, bits, POINTS[grade])
        if self.bits.bit_count() <= BROAD:
            others = [(grade, points[grade]) for points in self.words for grade in "uo"]
            for (grade, _expression), numbers in zip(
                others, postings.find([expression for _grade, expression in others]), strict=True
            ):
                add(digits, self.index.bits_of(numbers), POINTS[grade])
        return digits

    def levels(self, bits):
        """The sets of those of `bits` that have the same points, most points first."""
        return split(bits & self.bits, self._digits)

    def best(self, bits, start, stop):
        """The numbers from `start` to `stop` of those of `bits` that match, the best first."""
        found = []
        for level in self.levels(bits):
            count = level.bit_count()
            if start < count:
                found += self.index.freshest(level, start, stop)
            start, stop = max(start - count, 0), stop - count
            if stop <= 0:
                break
        return found


def add(digits, bits, points):
    """Give `points` to those in `bits`: binary addition, digit by digit, of all at once."""
    for place in range(points.bit_length()):
        carry = bits if points >> place & 1 else 0
        at = place
        while carry:
            digits += [0] * (at + 1 - len(digits))
            digits[at], carry = digits[at] ^ carry, digits[at] & carry
            at += 1


def split(bits, digits):
    """The sets of those of `bits` with the same number, the highest number first; none of them is empty."""
    if not bits:
        return
    if not digits:
        yield bits
        return
    *lower, highest = digits
    yield from split(bits & highest, lower)
    yield from split(bits & ~highest, lower)
