import pytest

from translations import glossary
from translations.glossary import Glossary, marked
from translations.models import GlossaryTerm

pytestmark = pytest.mark.django_db


def term(**forms):
    return GlossaryTerm.objects.create(**{f"term_{code}": words for code, words in forms.items()})


def found(text, translation="", source="fr", target="de"):
    uses = Glossary(source, target).uses(text, translation)
    return [(text[use.start : use.end], use.target, use.is_used) for use in uses]


def test_a_term_is_found_in_any_inflection_and_never_inside_another_word():
    term(fr="jeune", de="junger Mensch")
    assert found("Les jeunes, la jeunesse, un jeune.") == [
        ("jeunes", "junger Mensch", False), ("jeune", "junger Mensch", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source, text, words",
    [
        ("ru", "профилактики насилия", "профилактики"),
        ("tr", "Önlemeler", "Önlemeler"),
        ("de", "der Prävention", "Prävention"),
        ("it", "La prevenzione,", "prevenzione"),
        ("en", "prevention", "prevention"),
    ],
)
def test_terms_are_found_in_every_language(source, text, words):
    term(fr="prévention", en="prevention", de="Prävention", it="prevenzione", ru="профилактика", tr="önleme")
    assert found(text, source=source, target="fr") == [(words, "prévention", False)]


def test_of_several_that_begin_alike_the_longest_counts():
    term(fr="prévention", de="Prävention")
    term(fr="prévention primaire", de="Primärprävention")
    assert [words for words, _target, _used in found("La prévention primaire et la prévention")] == [
        "prévention primaire",
        "prévention",
    ]


@pytest.mark.parametrize(
    "translation, is_used",
    [
        ("Jugendliche helfen", True),
        ("für junge Menschen", True),
        ("mit jungen Menschen", True),
        ("Menschen, junge", False),
        ("", False),
    ],
)
def test_a_translation_says_a_term_in_any_of_its_agreed_forms(translation, is_used):
    term(fr="jeunes", de="junge Menschen; Jugendliche")
    assert found("les jeunes", translation) == [("jeunes", "junge Menschen", is_used)]


def test_a_term_without_a_word_in_the_target_says_so():
    term(fr="jeunes")
    assert found("les jeunes") == [("jeunes", "", False)]


def test_a_marked_text_is_the_text():
    term(fr="jeunes", de="Jugendliche")
    text = "Les jeunes et les jeunes"
    pieces = marked(text, Glossary("fr", "de").uses(text, ""))
    assert "".join(words for words, _use in pieces) == text
    assert [words for words, use in pieces if use] == ["jeunes", "jeunes"]


@pytest.mark.parametrize("text", ["", " ", ";", "\0", "😀" * 3000, "a" * 10_000, "<b>&amp;"])
def test_odd_texts_and_terms_are_no_matter(text):
    GlossaryTerm.objects.create(term_fr="; ;", term_de=" ")
    assert found(text, text) == []


def test_one_query_for_as_many_texts_as_there_are(django_assert_num_queries):
    term(fr="jeunes", de="Jugendliche")
    with django_assert_num_queries(1):
        terms = Glossary("fr", "de")
        for _text in range(20):
            terms.uses("les jeunes", "")


def test_founding_terms_come_once_and_leave_alone_what_an_editor_made_of_them():
    number = glossary.load()
    assert number == GlossaryTerm.objects.count() > 0
    GlossaryTerm.objects.filter(term_en="prevention").update(term_de="Vorbeugung")
    assert glossary.load() == 0
    assert GlossaryTerm.objects.get(term_en="prevention").term_de == "Vorbeugung"


def test_founding_terms_have_a_word_in_each_language():
    glossary.load()
    for each in GlossaryTerm.objects.all():
        assert [code for code in ("fr", "en", "de", "it", "ru", "tr") if not glossary.forms(each, code)] == []
