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

# Of so many things at most is asked more than whether the words stand in their titles.
BROAD = 5_000
POINTS = {"t": 6, "u": 3, "o": 2, "p": 3}
POINTS_WHOLE = 3


def meeting(queries, index):
    """The entries of `index` that meet each of `queries`, as Matches.bits, for those who want no order: one question."""
    parts = [part for query in queries for part in query.in_parts()]
    found = postings.find([postings.expression(part) if part else "" for part in parts])
    sets = [index.bits_of(numbers) for numbers in found]
    return [
        whole if whole.bit_count() > BROAD else whole | begun
        for whole, begun in zip(sets[::2], sets[1::2], strict=True)
    ]


class Matches:
    """The entries of an Index that meet a query."""

    def __init__(self, query, index):
        self.query = query
        self.index = index
        self.words = graded(query, postings.to_expression()) if query else []

    @cached_property
    def _answers(self):
        """Those that have all words whole, those that only have the beginning of the last one, and (grade, those that
        have it) for each word.

        Of a word that finds more than BROAD things, nobody needs what else begins with it.
        """
        whole, begun = self.query.in_parts()
        titles, others = self._asked("t"), self._asked("puo")
        first = [postings.expression(whole), *titles.values()]
        second = [postings.expression(begun) if begun else "", *others.values()]
        if self.index.size <= BROAD:  # whatever is found: one question instead of two
            found = self._found([*first, *second])
        else:
            found = self._found(first)
            found += self._found(second) if found[0].bit_count() <= BROAD else [0] * len(second)
        all_whole, in_titles = found[0], found[1 : len(first)]
        only_begun, graded_others = found[len(first)], found[len(first) + 1 :]
        return (
            all_whole,
            only_begun,
            [*zip(titles, in_titles, strict=True), *zip(others, graded_others, strict=True)],
        )

    def _asked(self, grades):
        """(grade, number of the word) → expression."""
        return {
            (grade, number): points[grade]
            for number, points in enumerate(self.words)
            for grade in grades
            if points.get(grade)
        }

    def _found(self, expressions):
        return [self.index.bits_of(numbers) for numbers in postings.find(expressions)]

    @cached_property
    def bits(self):
        """All that match, whoever may see them."""
        whole, begun, _grades = self._answers
        return whole | begun

    @cached_property
    def _digits(self):
        """The points of all things: for each binary digit the set of those whose points have it."""
        whole, begun, grades = self._answers
        digits = []
        if begun:
            add(digits, whole, POINTS_WHOLE)
        for (grade, _number), bits in grades:
            add(digits, bits, POINTS[grade])
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
