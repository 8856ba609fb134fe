"""What the search field suggests while somebody types."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.http import urlencode

from search.suggestions import CITIES, OTHERS, THEMES, suggestions
from tests import factories
from tests.pages import Document
from tests.search.asking import VISITOR

pytestmark = pytest.mark.django_db


def suggested(typed, user=VISITOR, language="en"):
    """(kind, label as text) of what is suggested."""
    return [
        (one.kind_label, Document(f"<p>{one.label}</p>").one("p").text)
        for one in asked(typed, user, language)
    ]


def asked(typed, user=VISITOR, language="en"):
    with translation.override(language):
        return suggestions(QueryDict(urlencode({"q": typed})), user)


def test_titles_of_which_a_word_begins_so_are_suggested_cities_first():
    factories.practice(title="The zebra crossing", city=factories.city(name="Elsewhere"))
    factories.city(name="Zebraville")
    factories.event(title="Days of zebras", city=None)
    factories.practice(title="Not this", summary="Zebra", city=factories.city(name="Somewhere"))
    assert suggested("zeb") == [
        ("City", "Zebraville"), ("Event", "Days of zebras"), ("Practice", "The zebra crossing"),
    ]  # fmt: skip
    assert suggested("ZEBRA cro") == [("Practice", "The zebra crossing")]
    assert suggested("cro zebra") == suggested("zebra giraffe") == []


def test_a_suggestion_leads_to_the_thing_in_the_language_of_the_reader():
    practice = factories.practice(title_tr="Zebra geçidi", title_en="Zebra crossing", title="")
    [one] = asked("zeb", language="tr")
    assert (one.url, one.label) == (f"/tr/practices/{practice.slug}/", "<mark>Zebra</mark> geçidi")


def test_accents_and_case_do_not_matter():
    factories.city(name="", name_fr="Évry", name_tr="İzmir", name_de="Köln")
    for typed in ("evr", "ÉVR", "izm", "IZM", "İzm", "kol", "Köl"):
        assert len(asked(typed)) == 1, typed


def test_themes_are_suggested_as_lists_of_practices():
    theme = factories.theme(slug="family", name="Family support", name_de="Familienhilfe")
    factories.practice(title="Other", themes=[theme])
    [one] = asked("fam")
    assert (one.url, one.label, one.kind_label) == (
        "/en/practices/?theme=family", "<mark>Family</mark> support", "Theme",
    )  # fmt: skip
    [one] = asked("supp")
    assert one.label == "Family <mark>support</mark>"
    [one] = asked("famil", language="de")
    assert (one.url, one.label) == ("/de/practices/?theme=family", "<mark>Familienhilfe</mark>")


def test_themes_of_which_no_practice_is_are_not_suggested():
    factories.theme(slug="family", name="Family support")
    assert asked("fam") == []


def test_at_most_a_dozen_are_suggested():
    themes = [factories.theme(slug=f"zebra-{n}", name=f"Zebra {n}") for n in range(5)]
    for number in range(8):
        factories.practice(
            title=f"Zebra {number}", city=factories.city(name=f"Zebra {number}"), themes=themes
        )
    kinds = [kind for kind, _label in suggested("zebra")]
    assert kinds == ["Theme"] * THEMES + ["City"] * CITIES + ["Practice"] * OTHERS
    assert len(kinds) == 12


@pytest.mark.parametrize("typed", ["", " ", "z", " z ", "-zebra", '"zebra"', "\x00", "🙂🙂", "…"])
def test_nothing_is_suggested_for_less_than_two_letters_of_a_word(typed):
    factories.practice(title="Zebra z")
    assert asked(typed) == []


@pytest.mark.parametrize(
    "typed", ['"zebra', "zebra*", "zebra)", "' zebra", "\u202ezebra", "zebra <b>", "zebra OR"]
)
def test_signs_that_mean_something_elsewhere_mean_nothing_here(typed):
    factories.practice(title="Zebra or b", city=factories.city(name="Elsewhere"))
    assert suggested(typed) == [("Practice", "Zebra or b")]


def test_drafts_are_suggested_to_those_only_who_may_see_them():
    factories.practice(title="Zebra", status="draft")
    assert suggested("zeb") == []
    assert suggested("zeb", user=factories.editor()) == [("Practice", "Zebra")]


@pytest.mark.usefixtures("uncleaned")
def test_html_in_a_title_stays_text():
    title = "<img src=x onerror=alert(1)> zebra & <b>"
    factories.practice(title=title, themes=[factories.theme(name=title)])
    for one in asked("zeb"):
        page = Document(f"<p>{one.label}</p>")
        assert [element.tag for element in page.elements] == ["p", "mark"]
        assert page.one("p").text == title


def test_a_title_in_another_language_says_so():
    factories.practice(title="", title_de="Zebra", original_language="de")
    [one] = asked("zeb", language="fr")
    assert one.label == '<span lang="de"><mark>Zebra</mark></span>'


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(count):
    for number in range(count):
        factories.practice(title=f"Zebra {number}", themes=[factories.theme(name=f"Zebra {number}")])
    asked("zeb")
    with CaptureQueriesContext(connection) as queries:
        assert asked("zeb")
    # The version of the content, the words, the practices.
    assert len(queries) == 3
