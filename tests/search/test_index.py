"""The index in memory: sets of bits that follow the changes, entry by entry."""

import random
from array import array

import pytest
from django.apps import apps
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from search.index import Index, Members, to_bits, to_numbers
from search.models import Entry
from tests import factories

repeatable = examples(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


# --- Sets -----------------------------------------------------------------------------------------


@repeatable
@given(st.sets(st.integers(0, 300)), st.integers(0, 300))
@example(set(), 0)
@example({0}, 1)
def test_a_set_of_bits_has_the_numbers_that_it_is_made_of(numbers, size):
    bits = to_bits(array("i", numbers), size)
    assert to_numbers(bits) == sorted(number for number in numbers if number < size)


@pytest.mark.parametrize("count", [1, 1_999, 2_000, 2_001, 30_000])
@pytest.mark.parametrize("size", [1, 2_000, 2_001, 29_999, 100_000])
def test_many_numbers_make_the_same_set_as_few(count, size):
    numbers = random.Random(count).sample(range(50_000), count)  # noqa: S311 - seeded, not secret
    expected = 0
    for number in numbers:
        if number < size:
            expected |= 1 << number
    bits = to_bits(array("i", numbers), size)
    assert bits == expected
    assert bits.bit_length() <= size
    assert to_numbers(bits) == sorted(number for number in numbers if number < size)


def test_no_numbers_make_the_empty_set():
    assert to_bits([], 0) == to_bits([], 5_000) == to_bits([7], 0) == 0
    assert to_bits(list(range(5_000)), 0) == 0
    assert to_numbers(0) == []


@repeatable
@given(st.sets(st.integers(0, 300)), st.sets(st.integers(0, 300)))
def test_members_are_counted_in_any_set(numbers, among):
    size = 301
    members = Members(to_bits(list(numbers), size))
    assert members.bits == to_bits(list(numbers), size)
    assert members.count == len(numbers)
    assert [number for number in range(400) if number in members] == sorted(numbers)
    flags = to_bits(list(among), size).to_bytes(size // 8 + 1, "little")
    assert members.count_in(flags) == len(numbers & among)


# --- Following the changes ------------------------------------------------------------------------

KINDS = ["practice", "city"]
FACETS = ["country=FR", "country=DE", "year=2015", "year=2016", "theme=1"]


def state(index):
    """All that an index knows of what is live, in a form that is easy to compare."""
    live = to_numbers(index.public | index.hidden)
    return {
        "public": to_numbers(index.public),
        "hidden": to_numbers(index.hidden),
        "values": {
            (name, value): (to_numbers(members.bits), members.count)
            for name, held in index.values.items()
            for value, members in held.items()
        },
        "newest": list(index.newest),
        "things": [(index.kind[number], index.thing[number], index.freshness[number]) for number in live],
    }


def expected_state():
    """The same, from the rows one by one."""
    rows = list(Entry.objects.filter(is_live=True).order_by("number"))
    values = {}
    for row in rows:
        for token in row.facets.split():
            values.setdefault(tuple(token.split("=")), []).append(row.number)
    newest = sorted(rows, key=lambda row: (-row.freshness, -row.number))
    return {
        "public": [row.number for row in rows if row.is_public],
        "hidden": [row.number for row in rows if not row.is_public],
        "values": {token: (numbers, len(numbers)) for token, numbers in values.items()},
        "newest": [row.number for row in newest],
        "things": [(row.kind, row.thing, row.freshness) for row in rows],
    }


def bump():
    return apps.get_model("topics", "ContentVersion").objects.bump()


def edit(changes):
    """One edit: each of `changes` makes or overwrites the entry of a number, or takes it away."""
    version = bump()
    for number, is_live, is_public, freshness, facets in changes:
        kind = KINDS[number % 2]
        facts = {
            "is_live": is_live,
            "is_public": is_public,
            "freshness": freshness,
            "facets": " ".join([f"type={kind}", *sorted(facts_of(facets))]),
            "version": version,
        }
        Entry.objects.update_or_create(number=number, defaults={"kind": kind, "thing": number + 100} | facts)
    return version


def facts_of(facets):
    return {FACETS[number] for number in facets}


any_edits = st.lists(
    st.lists(
        st.tuples(
            st.integers(1, 70),
            st.booleans(),
            st.booleans(),
            st.integers(0, 5),
            st.sets(st.integers(0, len(FACETS) - 1)),
        ),
        max_size=8,
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.django_db
@repeatable
@given(any_edits)
def test_an_index_that_followed_the_changes_is_the_same_as_a_new_one(edits):
    Entry.objects.all().delete()
    followed = Index()
    for changes in edits:
        version = edit(changes)
        followed = followed.followed_by(version)
        assert state(followed) == state(Index().followed_by(version)) == expected_state()
        assert followed.version == version


@pytest.mark.django_db
@repeatable
@given(any_edits)
def test_changes_may_be_followed_several_at_a_time(edits):
    Entry.objects.all().delete()
    followed = Index().followed_by(edit(edits[0]))
    for changes in edits[1:]:
        version = edit(changes)
    if edits[1:]:
        followed = followed.followed_by(version)
    assert state(followed) == expected_state()


@pytest.mark.django_db
@repeatable
@given(any_edits)
def test_requests_that_began_with_the_former_index_go_on_with_it(edits):
    Entry.objects.all().delete()
    first = Index().followed_by(edit(edits[0]))
    before = state(first)
    for changes in edits[1:]:
        first.followed_by(edit(changes))
        assert state(first) == before


@pytest.fixture
def many(db):
    """An index of 6,000 entries."""
    dice = random.Random(2017)  # noqa: S311 - seeded, not secret
    version = bump()
    Entry.objects.bulk_create(
        Entry(
            number=number,
            kind=KINDS[number % 2],
            thing=number,
            is_live=True,
            is_public=number % 10 > 0,
            freshness=dice.randrange(1_000),
            facets=f"type={KINDS[number % 2]} {dice.choice(FACETS)}",
            version=version,
        )
        for number in range(1, 6_001)
    )
    return Index().followed_by(version)


def test_an_index_of_thousands_follows_thousands_of_changes(many):
    version = bump()
    Entry.objects.filter(number__lte=100).update(is_live=False, version=version)
    Entry.objects.filter(number__gt=100, number__lte=2_500).update(
        freshness=2_000, facets="type=practice theme=1", version=version
    )
    Entry.objects.create(
        number=9_000, kind="city", thing=9_000, is_public=True, freshness=5, facets="", version=version
    )
    followed = many.followed_by(version)
    assert state(followed) == state(Index().followed_by(version)) == expected_state()
    assert followed.size == 9_001


def test_large_and_small_sets_are_ordered_alike_the_freshest_first(many):
    everything = many.public | many.hidden
    freshest = sorted(to_numbers(everything), key=lambda number: (-many.freshness[number], -number))
    assert list(many.newest) == freshest
    for count in (10, 4_999, 5_000, 5_001, 6_000):
        some = to_bits(range(1, count + 1), many.size)
        expected = [number for number in freshest if number <= count]
        for start, stop in [(0, 20), (10, 30), (count - 5, count + 5), (count, count + 20), (0, count)]:
            assert many.freshest(some, start, stop) == expected[start:stop]


@pytest.mark.django_db
def test_an_index_of_nothing_has_nothing():
    index = Index.now()
    assert state(index) == {"public": [], "hidden": [], "values": {}, "newest": [], "things": []}
    assert index.freshest(0, 0, 20) == []
    assert index.having("country", ["FR"]) == index.of_kinds(["city"]) == 0
    assert index.having_most("country", ["FR"], 0) == []
    assert index.ordered(0, "title", list, 0, 20) == []


@pytest.mark.django_db
def test_a_process_makes_the_index_once_and_then_follows():
    factories.city()
    first = Index.now()
    assert Index.now() is first
    factories.city()
    second = Index.now()
    assert second is not first
    assert (first.public.bit_count(), second.public.bit_count()) == (1, 2)


# --- Values ---------------------------------------------------------------------------------------


@pytest.fixture
def four(db):
    version = edit(
        [
            (1, True, True, 1, {0, 2}),  # FR 2015
            (2, True, True, 2, {1, 2, 3}),  # DE 2015 2016
            (3, True, False, 3, {0, 3, 4}),  # FR 2016 1
            (4, False, True, 4, {0}),
        ]
    )
    return Index().followed_by(version)


def test_the_entries_that_have_any_of_several_values(four):
    def having(name, *values):
        return to_numbers(four.having(name, values))

    assert having("country", "FR") == [1, 3]
    assert having("country", "FR", "DE") == [1, 2, 3]
    assert having("country", "IT") == having("nothing", "FR") == having("country") == []
    assert to_numbers(four.of_kinds(["city"])) == [1, 3]
    assert to_numbers(four.of_kinds(["city", "practice", "newsletter"])) == [1, 2, 3]


def test_the_entries_that_have_most_of_several_values_come_first(four):
    def having_most(values, among=0b1111):
        return [to_numbers(bits) for bits in four.having_most("year", values, among)]

    assert having_most(["2015", "2016"]) == [[2], [1, 3]]
    assert having_most(["2015", "2016"], among=0b1010) == [[], [1, 3]]
    assert having_most(["2015", "1999"]) == [[1, 2]]
    assert having_most(["1999"]) == []


# --- Orders ---------------------------------------------------------------------------------------


def test_an_order_is_asked_for_once_and_kept_as_long_as_the_index(four):
    asked = []

    def things():
        asked.append(1)
        return [("city", 103), ("practice", 102), ("city", 999), ("city", 101)]

    everything = four.public | four.hidden
    assert four.ordered(everything, "name", things, 0, 20) == [3, 2, 1]
    assert four.ordered(four.public, "name", things, 0, 20) == [2, 1]
    assert four.ordered(everything, "name", things, 1, 2) == [2]
    assert four.ordered(0, "name", things, 0, 20) == []
    assert len(asked) == 1
    later = four.followed_by(edit([(5, True, True, 9, set())]))
    assert later.ordered(everything, "name", things, 0, 20) == [3, 2, 1]
    assert len(asked) == 2


def test_what_is_kept_is_made_once_for_each_language(four):
    from django.utils import translation

    made = []

    def make():
        made.append(1)
        return len(made)

    assert [four.kept("markup", make), four.kept("markup", make)] == [1, 1]
    with translation.override("tr"):
        assert four.kept("markup", make) == 2
    assert four.followed_by(bump()).kept("markup", make) == 3
