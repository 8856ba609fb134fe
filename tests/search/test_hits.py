"""What a page of results shows of each thing."""

import datetime

import pytest
from django.utils import translation

from alliance.languages import CODES
from search.hits import PASSAGE, hits
from tests import factories
from tests.pages import Document
from tests.search.asking import VISITOR, search

pytestmark = pytest.mark.django_db


def shown(words, language="en", user=VISITOR, **chosen):
    """The Hits for `words` to a reader of `language`."""
    with translation.override(language):
        filters = search(words, user, **chosen)
        return hits(filters, 0, 20)


def only(words, language="en", **options):
    [hit] = shown(words, language, **options)
    return hit


# --- In whose language ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", CODES)
def test_a_hit_is_in_the_language_of_the_reader(language):
    practice = factories.practice(
        **{f"title_{code}": f"Zebra {code}" for code in CODES}, title="",
        **{f"summary_{code}": f"Summary {code}" for code in CODES},
    )  # fmt: skip
    hit = only("zebra ", language)
    assert (hit.title, hit.passage, hit.passage_lang) == (
        f"<mark>Zebra</mark> {language}",
        f"Summary {language}",
        "",
    )
    assert hit.url == f"/{language}/practices/{practice.slug}/"
    assert (hit.kind, hit.note, hit.is_draft) == ("practice", "", False)


def test_where_the_text_does_not_exist_in_it_the_original_is_shown_and_marked_as_such():
    factories.practice(
        original_language="de", title="", title_de="Zebra auf Deutsch", title_fr="Zèbre", summary="",
        summary_de="Streifen",
    )  # fmt: skip
    hit = only("zebra ", "tr")
    assert hit.title == '<span lang="de"><mark>Zebra</mark> auf Deutsch</span>'
    assert (hit.passage, hit.passage_lang) == ("Streifen", "de")
    assert hit.note == ""


def test_a_hit_says_in_which_other_language_the_words_stand():
    factories.practice(title_en="Stripes", title_de="Zebrastreifen", title="", original_language="en")
    with translation.override("en"):
        hit = only("zebrastreifen ")
    assert (hit.title, hit.note) == ("Stripes", "Found in the text in German")


def test_a_hit_says_so_in_the_language_of_the_reader():
    factories.practice(title_en="Stripes", title_fr="Rayures", title_de="Zebrastreifen", title="")
    notes = {code: only("zebrastreifen ", code).note for code in ("en", "fr")}
    assert notes["en"] == "Found in the text in German"
    assert notes["fr"] and notes["fr"] != notes["en"]


def test_words_that_stand_in_the_shown_language_too_need_no_note():
    factories.practice(title="Zebra", body_de="Zebra")
    assert only("zebra ").note == ""


def test_words_in_a_name_need_no_note():
    factories.practice(city=factories.city(name="Zebraville"))
    [practice] = shown("zebraville ", type="practice")
    assert (practice.note, practice.place) == ("", "Zebraville, France")


def test_words_of_a_body_in_another_language_are_noted():
    factories.practice(title="Stripes", body_ru="Зебры переходят дорогу", summary="Something else")
    hit = only("зебры ")
    assert (hit.note, hit.passage) == ("Found in the text in Russian", "Something else")


# --- Passages -------------------------------------------------------------------------------------


def test_the_passage_is_of_the_text_that_has_most_of_the_words():
    factories.practice(
        title="Practice", summary="About zebras.", body="Nothing of interest.",
        what_worked="Zebras and giraffes together.", evidence="Giraffes.",
    )  # fmt: skip
    assert only("zebra giraffe ").passage == "<mark>Zebras</mark> and <mark>giraffes</mark> together."


def test_of_texts_with_as_many_words_the_first_is_shown():
    factories.practice(title="Practice", summary="A zebra.", body="Another zebra, a zebra.")
    assert only("zebra ").passage == "A <mark>zebra</mark>."


def test_without_a_word_in_the_texts_the_passage_is_the_summary():
    factories.practice(title="Zebra", summary="A summary.", body="The body.")
    assert only("zebra ").passage == "A summary."


def test_a_phrase_is_shown_where_it_stands():
    factories.practice(
        title="Practice", summary="A zebra that is black.", body="There was a black zebra.",
    )  # fmt: skip
    hit = only('"black zebra"')
    assert hit.passage == "There was a <mark>black</mark> <mark>zebra</mark>."
    assert hit.note == ""


def test_a_phrase_and_a_word_are_shown_where_both_stand():
    factories.practice(
        title="Practice", summary="A black zebra.", body="A giraffe.",
        what_worked="Nothing.", evidence="The giraffe and a black zebra.",
    )  # fmt: skip
    assert only('"black zebra" giraffe ').passage == (
        "The <mark>giraffe</mark> and a <mark>black</mark> <mark>zebra</mark>."
    )


def test_a_long_text_is_cut_around_the_words():
    filler = "Nothing of interest stands here. " * 30
    factories.practice(title="Practice", body=f"{filler}A zebra stands here. {filler}")
    passage = only("zebra ").passage
    assert passage.startswith("… ") and passage.endswith(" …")
    assert "A <mark>zebra</mark> stands here." in passage
    assert len(Document(passage).text if passage.startswith("<") else passage) < PASSAGE + 40


def test_without_words_a_hit_shows_the_beginning_of_its_summary():
    factories.practice(title="A practice", summary="Word " * 100)
    [hit] = shown("", type="practice")
    assert hit.title == "A practice"
    assert hit.passage.startswith("Word Word") and hit.passage.endswith("Word …")
    assert "<mark>" not in hit.passage


@pytest.mark.parametrize(
    "language, text, words, expected",
    [
        ("fr", "Les écoles et l’École", "ecole ", "Les <mark>écoles</mark> et l’<mark>École</mark>"),
        ("en", "Cities and a city", "city ", "<mark>Cities</mark> and a <mark>city</mark>"),
        ("de", "Die Städte", "Stadt ", "Die <mark>Städte</mark>"),
        ("it", "Le città", "citta ", "Le <mark>città</mark>"),
        ("ru", "В городах", "город ", "В <mark>городах</mark>"),
        ("tr", "Şehirlerin sesi", "şehir ", "<mark>Şehirlerin</mark> sesi"),
        ("tr", "İzmir’de", "IZMIR ", "<mark>İzmir</mark>’de"),
        ("en", "Prevention works", "preve", "<mark>Prevention</mark> works"),
    ],
)
def test_words_are_marked_whatever_their_inflection(language, text, words, expected):
    factories.practice(title="Titel", city=factories.city(name="Ort"), **{f"summary_{language}": text})
    assert only(words, language, type="practice").passage == expected


# --- Nothing that was written or typed becomes markup ----------------------------------------------

HTML = "<script>alert(1)</script> & \"zebra\" <img src=x onerror='alert(2)'>"


@pytest.mark.usefixtures("uncleaned")
def test_html_in_titles_and_texts_stays_text():
    factories.practice(title=HTML, summary=HTML, body=HTML)
    hit = only("zebra ")
    for safe in (hit.title, hit.passage):
        page = Document(f"<p>{safe}</p>")
        assert [element.tag for element in page.elements] == ["p", "mark"]
        assert page.one("p").text == HTML


@pytest.mark.usefixtures("uncleaned")
def test_html_in_a_text_of_another_language_stays_text():
    factories.practice(title="", title_de=HTML, summary="", summary_de=HTML, original_language="de")
    page = Document(f"<p>{only('zebra ').title}</p>")
    assert [(element.tag, element.attributes) for element in page.elements] == [
        ("p", {}), ("span", {"lang": "de"}), ("mark", {}),
    ]  # fmt: skip


@pytest.mark.usefixtures("uncleaned")
@pytest.mark.parametrize("words", ["<script> ", "script alert ", "amp ", "&amp; zebra ", "quot lt gt "])
def test_html_that_is_looked_for_marks_no_markup(words):
    factories.practice(title=HTML, summary="amp quot lt gt &amp; zebra")
    for hit in shown(words):
        for safe in (hit.title, hit.passage):
            page = Document(f"<p>{safe}</p>")
            assert {element.tag for element in page.elements} <= {"p", "mark"}
            assert "script>" in page.one("p").text or "amp" in page.one("p").text


# --- What else a hit says --------------------------------------------------------------------------


def test_a_hit_says_where_and_when_it_was():
    factories.practice(
        title="Zebra", city=factories.city(name="Riga", country="LV"), start_year=2015, end_year=2016
    )
    hit = only("zebra ")
    assert (hit.kind_label, hit.place, hit.time, hit.context) == ("Practice", "Riga, Latvia", "2015–2016", "")


def test_a_draft_city_is_not_named():
    factories.event(title="Zebra", city=factories.city(name="Secret", status="draft"))
    assert only("zebra ").place == ""


def test_a_clause_says_of_which_declaration_it_is_part():
    declaration = factories.declaration(clauses=0, title="The declaration", slug="declaration")
    factories.clause(
        section=factories.section(declaration=declaration), number=3, wording="We call for zebras."
    )
    hit = only("zebras ")
    assert (hit.title, hit.context, hit.passage) == (
        "Clause 3", "The declaration", "We call for <mark>zebras</mark>.",
    )  # fmt: skip
    assert hit.url.startswith("/en/declarations/declaration/") and "3" in hit.url.partition("#")[2]


def test_the_number_of_a_clause_is_in_the_language_of_the_reader_even_where_its_wording_is_not():
    declaration = factories.declaration(clauses=0, original_language="fr")
    section = factories.section(declaration=declaration)
    factories.clause(section=section, number=3, wording="", wording_fr="Nous demandons des zèbres.")
    hit = only("zèbres ", "en")
    assert (hit.title, hit.passage_lang) == ("Clause 3", "fr")


def test_a_project_is_called_by_its_name_and_its_title():
    factories.project(name="ZEBRA", title="Crossing together", start_year=2014, end_year=2016)
    hit = only("zebra ")
    assert (hit.title, hit.time) == ("<mark>ZEBRA</mark> – Crossing together", "2014–2016")


def test_a_city_says_its_country_and_since_when_it_is_a_member():
    factories.membership(city=factories.city(name="Zebraville"), since=1999)
    hit = only("zebraville ")
    assert (hit.place, hit.context) == ("France", "Member of Efus since 1999")


def test_an_event_says_its_days():
    factories.event(
        title="Zebra", starts_on=datetime.date(2016, 11, 9), ends_on=datetime.date(2016, 11, 10), city=None
    )
    assert only("zebra ").time == "9 November 2016 – 10 November 2016"


def test_a_translation_says_what_it_is_and_the_original_needs_not():
    factories.practice(title="Zebra", original_language="fr", provenance_de="machine")
    assert only("zebra ", "fr").provenance == ""
    assert only("zebra ", "de").provenance != ""


def test_a_draft_says_that_it_is_one():
    factories.practice(title="Zebra", status="draft")
    factories.practice(title="Zebra")
    drafts = [hit.is_draft for hit in shown("zebra ", user=factories.editor())]
    assert sorted(drafts) == [False, True]
    assert [hit.is_draft for hit in shown("zebra ")] == [False]


def test_every_kind_of_thing_can_be_shown_in_every_language(founding_content):
    for code in CODES:
        for kind in ("practice", "project", "city", "declaration", "clause", "event", "resource"):
            found = shown("", code, type=kind)
            assert found and {hit.kind for hit in found} == {kind}
            assert all(hit.title and hit.kind_label and hit.url.startswith(f"/{code}/") for hit in found)
