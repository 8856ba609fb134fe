"""Which of the things that were found come first."""

import datetime
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from practices.models import Practice
from search import ranking
from search.index import to_bits, to_numbers
from search.ranking import add, split
from tests import factories
from tests.search.asking import found, keys, search

repeatable = examples(derandomize=True, database=None, deadline=None, max_examples=200)

DAY = datetime.datetime(2017, 1, 1, 12, tzinfo=datetime.UTC)


def practices(*texts):
    """Practices with these texts, each a day older than the one before it, so that age alone would turn them around."""
    city = factories.city(name="Elsewhere")
    made = [factories.practice(city=city, **{"title": f"Practice {n}"} | one) for n, one in enumerate(texts)]
    for number, practice in enumerate(made):
        Practice.objects.filter(pk=practice.pk).update(edited_at=DAY + datetime.timedelta(days=number))
    return made


# --- Adding up ------------------------------------------------------------------------------------

SIZE = 64
any_points = st.lists(st.tuples(st.sets(st.integers(0, SIZE - 1)), st.integers(1, 20)), max_size=10)


@repeatable
@given(any_points, st.sets(st.integers(0, SIZE - 1)))
def test_points_are_added_up_as_on_paper(given_points, among):
    totals = dict.fromkeys(range(SIZE), 0)
    digits = []
    for numbers, points in given_points:
        add(digits, to_bits(list(numbers), SIZE), points)
        for number in numbers:
            totals[number] += points

    levels = [to_numbers(level) for level in split(to_bits(list(among), SIZE), digits)]

    assert sorted(number for level in levels for number in level) == sorted(among)
    assert all(levels)
    assert all(len({totals[number] for number in level}) == 1 for level in levels)
    assert all(totals[one[0]] > totals[next_one[0]] for one, next_one in pairwise(levels))


def test_nobody_gets_points_for_nothing():
    digits = []
    add(digits, 0, 6)
    assert digits == []
    assert list(split(0, digits)) == []
    assert list(split(0b101, digits)) == [0b101]


# --- Where a word stands --------------------------------------------------------------------------


@pytest.mark.django_db
def test_title_comes_before_summary_before_what_is_said_often_before_once():
    in_order = practices(
        {"title": "About zebras"},
        {"summary": "With zebras"},
        {"body": "A zebra, another zebra and a third zebra."},
        {"body": "One zebra."},
    )
    assert found("zebra ") == keys(*in_order)


@pytest.mark.django_db
def test_a_word_in_title_and_text_counts_more_than_in_the_title_alone():
    in_order = practices(
        {"title": "Zebras", "summary": "Zebras"}, {"title": "Zebras"}, {"summary": "Zebras zebras zebras"}
    )
    assert found("zebra ") == keys(*in_order)


@pytest.mark.django_db
def test_the_name_of_its_city_counts_as_much_as_the_summary_of_a_practice():
    city = factories.city(name="Zebraville")
    by_city, in_text = factories.practice(city=city), practices({"body": "Zebraville"})[0]
    assert found("zebraville ") == keys(city, by_city, in_text)


@pytest.mark.django_db
def test_a_whole_word_comes_before_its_beginning():
    in_order = practices({"body": "A zeb."}, {"body": "Zebrafish."})
    assert found("zeb") == keys(*in_order)


@pytest.mark.django_db
def test_a_title_that_begins_with_what_is_typed_comes_before_a_text_that_has_it():
    in_order = practices({"title": "Zebrafish"}, {"body": "Zebrafish."})
    assert found("zebr") == keys(*in_order)


@pytest.mark.django_db
def test_more_of_the_words_in_the_title_come_first():
    in_order = practices(
        {"title": "Zebras and giraffes"},
        {"title": "Zebras", "body": "giraffes"},
        {"body": "giraffes and zebras"},
    )
    assert found("zebra giraffe ") == found("giraffe zebra ") == keys(*in_order)


@pytest.mark.django_db
def test_the_language_of_a_text_makes_no_difference():
    in_order = practices(
        {"title_tr": "Zebralar"},
        {"summary_de": "Zebralar"},
        {"body_ru": "zebralar zebralar zebralar"},
        {"body_fr": "zebralar"},
    )
    assert found("zebralar ") == keys(*in_order)


@pytest.mark.django_db
def test_words_of_a_phrase_count_where_they_stand():
    in_order = practices({"title": "Black zebra"}, {"summary": "A black zebra"}, {"body": "The black zebra"})
    assert found('"black zebra"') == keys(*in_order)


# --- Among equals ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_of_equals_the_one_edited_last_comes_first():
    first, second, third = practices(*[{"title": "Zebras"}] * 3)
    assert found("zebra ") == keys(third, second, first)
    Practice.objects.filter(pk=first.pk).update(edited_at=DAY + datetime.timedelta(days=9))
    assert found("zebra ") == keys(first, third, second)


@pytest.mark.django_db
def test_of_equals_the_one_confirmed_last_comes_first():
    first, second, third = practices(*[{"title": "Zebras"}] * 3)
    Practice.objects.filter(pk=second.pk).update(confirmed_on=datetime.date(2017, 2, 1))
    assert found("zebra ") == keys(second, third, first)


@pytest.mark.django_db
def test_of_things_of_the_same_age_the_order_is_total_and_stays():
    made = practices(*[{"title": "Zebras"}] * 6)
    Practice.objects.update(edited_at=DAY)
    order = found("zebra ")
    assert order == list(reversed(keys(*made)))
    assert found("zebra ") == order


@pytest.mark.django_db
def test_without_words_the_freshest_come_first():
    first, second = practices({}, {})
    assert found(type="practice") == keys(second, first)


@pytest.mark.django_db
def test_with_words_the_freshest_come_first_for_those_who_wish():
    first, second = practices({"title": "Zebras"}, {"body": "Zebras"})
    assert found("zebra ", sort="relevance") == found("zebra ") == keys(first, second)
    assert found("zebra ", sort="recent") == keys(second, first)


@pytest.mark.django_db
def test_pages_follow_each_other_without_gap_or_repetition():
    practices(*[{"title": "Zebras"}] * 3, *[{"summary": "Zebras"}] * 4, *[{"body": "Zebras"}] * 5)
    filters = search("zebra ")
    whole = filters.numbers(0, 100)
    assert len(whole) == 12
    for size in (1, 2, 5, 12):
        pages = [filters.numbers(start, start + size) for start in range(0, 12, size)]
        assert [number for page in pages for number in page] == whole
    assert filters.numbers(12, 24) == filters.numbers(100, 120) == []


@pytest.mark.django_db
def test_what_is_chosen_narrows_the_list_and_keeps_its_order():
    themes = [factories.theme(slug="youth")]
    made = practices(
        {"title": "Zebras"}, {"summary": "Zebras", "themes": themes}, {"body": "Zebras", "themes": themes}
    )
    assert found("zebra ", theme="youth") == keys(*made[1:])


# --- What it costs --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_of_many_things_only_titles_and_whole_words_count(monkeypatch):
    often, summary, title = practices({"body": "zebra zebra zebra"}, {"summary": "Zebra"}, {"title": "Zebra"})
    assert found("zebra ") == keys(title, summary, often)
    monkeypatch.setattr(ranking, "BROAD", 3)
    assert found("zebra ") == keys(title, summary, often)
    monkeypatch.setattr(ranking, "BROAD", 2)
    assert found("zebra ") == keys(title, summary, often)
    Practice.objects.filter(pk=often.pk).update(edited_at=DAY + datetime.timedelta(days=9))
    assert found("zebra ") == keys(title, often, summary)


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["zebra ", "zebra giraffe", "a b c d e f g h i j k l m n o zebra"])
def test_words_are_asked_for_in_two_queries_at_most_however_many_there_are(words, monkeypatch):
    practices({"title": "Zebras and giraffes"})
    for broad, number in ((5_000, 1), (1, 2), (-1, 1)):  # few things at all; many; a word that finds too many
        monkeypatch.setattr(ranking, "BROAD", broad)
        filters = search(words)
        assert filters.index and filters.scope
        with CaptureQueriesContext(connection) as queries:
            filters.numbers(0, 20)
        assert len(queries) == number
