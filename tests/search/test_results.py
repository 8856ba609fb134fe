"""What somebody meant who typed a word that is nowhere, and the way back to what was typed."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import translation

from search.views import without
from tests import factories
from tests.search.asking import keys, meant, things

pytestmark = pytest.mark.django_db


def test_words_that_find_something_are_left_as_they_are():
    practice = factories.practice(title="Prison")
    filters, correction = meant("prison")
    assert (things(filters), filters.words, correction) == (keys(practice), "prison", None)


@pytest.mark.parametrize(
    "typed, shown", [("prizon", "prison"), ("Prisson ", "prison"), ("pirson", "prison"), ("зкшыщт", "prison")]
)
def test_the_closest_word_is_looked_for_where_the_one_typed_finds_nothing(typed, shown):
    practice = factories.practice(title="Prison")
    filters, correction = meant(typed)
    assert things(filters) == keys(practice)
    assert (correction.shown, correction.instead_of) == (shown, typed.strip())
    assert filters.words.strip() == shown


def test_only_the_unknown_word_is_replaced():
    practice = factories.practice(title="Prison and probation")
    filters, correction = meant("probaton prison")
    assert (things(filters), correction.shown) == (keys(practice), "probation prison")


def test_the_way_back_looks_for_exactly_what_was_typed():
    factories.practice(title="Prison", themes=[factories.theme(slug="youth")])
    _filters, correction = meant("prizon ", theme="youth", sort="recent")
    address = urlsplit(correction.as_typed_url)
    asked = parse_qs(address.query)
    assert address.path == "/en/search/"
    assert asked == {"q": ["prizon "], "theme": ["youth"], "sort": ["recent"], "exact": ["1"]}
    filters, nothing = meant(asked["q"][0], exact="1")
    assert (things(filters), filters.words, nothing) == ([], "prizon ", None)


@pytest.mark.parametrize("exact", ["1", "", "no"])
def test_whoever_asks_for_exactly_this_gets_it(exact):
    factories.practice(title="Prison")
    filters, correction = meant("prizon", exact=exact)
    assert (things(filters), correction) == ([], None)


def test_filters_stay_as_they_are_chosen():
    city = factories.city(country="DE")
    here = factories.practice(title="Prison", city=city)
    factories.practice(title="Prison", city=factories.city(country="FR"))
    filters, correction = meant("prizon", country="DE")
    assert (things(filters), correction.shown) == (keys(here), "prison")
    assert filters.addresses == {"country": ["DE"]}


def test_a_word_that_only_the_filters_exclude_is_not_corrected():
    factories.practice(title="Prison", city=factories.city(country="FR"))
    factories.practice(title="Prisons", city=factories.city(country="DE"))
    factories.practice(title="Poison", city=factories.city(country="IT"))
    filters, correction = meant("prison ", country="IT")
    assert (things(filters), correction) == ([], None)


def test_a_correction_that_finds_nothing_is_not_offered():
    factories.practice(title="Prison")
    factories.practice(title="Schools")
    filters, correction = meant("prizon schols")
    assert (things(filters), correction, filters.words) == ([], None, "prizon schols")


def test_a_word_of_a_draft_corrects_nothing_for_visitors():
    draft = factories.practice(title="Prison", status="draft")
    filters, correction = meant("prizon")
    assert (things(filters), correction) == ([], None)
    filters, correction = meant("prizon", user=factories.editor())
    assert (things(filters), correction.shown) == (keys(draft), "prison")


def test_words_of_the_language_of_the_reader_come_first():
    english = factories.practice(title="", title_en="Schools are open", title_fr="Rien")
    factories.practice(title="", title_fr="Schoola", title_en="Nothing")
    with translation.override("en"):
        filters, correction = meant("schoolz")
    assert (correction.shown, things(filters)[:1]) == ("schools", keys(english))


@pytest.mark.parametrize("words", ["", " ", "-prison", "…", "🙂", "x", "zzzzzzzzzz", "\x00", '"', "9999999"])
def test_where_nothing_is_close_nothing_is_found_and_nothing_breaks(words):
    factories.practice(title="Prison")
    filters, correction = meant(words)
    assert correction is None
    assert filters.count == (2 if not words.strip("\x00 ") else 0)


def test_a_correction_shows_its_hits():
    factories.practice(title="Prison")
    filters, _correction = meant("prizon")
    assert [hit.title for hit in filters.rows(0, 20)] == ["<mark>Prison</mark>"]


# --- One word fewer -------------------------------------------------------------------------------


def fewer(words, **parameters):
    filters, correction = meant(words, **parameters)
    assert (filters.count, correction) == (0, None)
    return [
        (word, count, parse_qs(urlsplit(address).query)["q"][0]) for word, count, address in without(filters)
    ]


def test_of_several_words_it_is_said_what_would_be_found_without_one_of_them():
    for title in ("Zebra one", "Zebra two", "Giraffe"):
        factories.practice(title=title)
    assert fewer("zebra giraffe ") == [("zebra", 1, "giraffe"), ("giraffe", 2, "zebra")]


def test_words_without_which_nothing_is_found_either_are_not_named():
    factories.practice(title="Zebra crossings")
    assert fewer("zebra crossings giraffe elephant ") == []
    assert fewer("zebra giraffe crossings ") == [("giraffe", 1, "zebra crossings")]


def test_the_filters_count_there_too():
    factories.practice(title="Zebra", city=factories.city(country="FR"))
    factories.practice(title="Giraffe", city=factories.city(country="DE"))
    assert fewer("zebra giraffe ", country="DE") == [("zebra", 1, "giraffe")]


def test_one_word_alone_cannot_be_left_out():
    factories.practice(title="Zebra")
    assert fewer("elephantastic ") == fewer('"zebra crossings"') == []


def test_a_phrase_and_an_exclusion_stay():
    factories.practice(title="Black zebra, giraffe")
    factories.practice(title="Black zebra")
    assert fewer('"black zebra" elephantastic giraffe -giraffe ') == []
    assert fewer('"black zebra" elephantastic hippopotamus -giraffe ') == []
