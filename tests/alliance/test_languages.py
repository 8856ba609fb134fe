import re
from itertools import pairwise

import pytest
from django.utils import translation

from alliance.languages import (
    CODES,
    DEFAULT,
    LANGUAGES,
    active_language,
    fold,
    localized,
    localized_all,
    lower,
    sort_key,
)


def test_the_portal_speaks_the_six_languages_of_the_rotterdam_summit():
    assert LANGUAGES == [
        ("fr", "Français"),
        ("en", "English"),
        ("de", "Deutsch"),
        ("it", "Italiano"),
        ("ru", "Русский"),
        ("tr", "Türkçe"),
    ]


# --- Names of columns -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", CODES)
def test_a_column_is_that_of_the_active_language_unless_another_is_named(language):
    with translation.override(language):
        assert active_language() == language
        assert localized("title") == f"title_{language}"
        assert localized("title", "ru") == "title_ru"


@pytest.mark.parametrize("stranger", ["pt", "zh-hans", None])
def test_a_language_that_is_not_ours_counts_as_the_default(stranger):
    with translation.override(stranger):
        assert active_language() == DEFAULT
        assert localized("title") == "title_en"


def test_all_columns_of_several_texts_come_in_the_order_of_the_languages():
    assert localized_all("title", "body") == [
        "title_fr", "title_en", "title_de", "title_it", "title_ru", "title_tr",
        "body_fr", "body_en", "body_de", "body_it", "body_ru", "body_tr",
    ]  # fmt: skip


# --- Alphabetical order ---------------------------------------------------------------------------

IN_ORDER = {
    "fr": ["Angers", "cote", "coté", "côte", "côté", "coter", "Étampes", "Évreux", "Exeter", "L’Haÿ", "Œting", "Zoug"],
    "en": ["12 steps", "Aarhus", "Ålborg", "Łódź", "Lyon", "Nice", "Orly", "Ørsted", "Oslo"],
    "de": ["Adler", "Ähre", "Aller", "Essen", "Eßlingen", "Ettal", "Müller", "Münster", "Öhringen", "Oslo", "Zurich", "Zürich", "Zwickau"],
    "it": ["Cesena", "città", "cittadella", "Forlì", "Forlimpopoli", "Reggio Calabria", "Reggio Emilia", "Reggiolo"],
    "ru": ["Валансьен", "елка", "ёлка", "ельник", "Ереван", "Иваново", "Йошкар-Ола", "Казань", "Ялта", "Bounce", "Zagreb"],
    "tr": ["Cizre", "Çanakkale", "Dalaman", "Gaziantep", "Hatay", "Iğdır", "İzmir", "Jandarma", "Ordu", "Ödemiş",
           "Sivas", "Şırnak", "Uşak", "Ünye", "Van"],
}  # fmt: skip


@pytest.mark.parametrize(("language", "words"), list(IN_ORDER.items()))
def test_words_come_in_the_order_of_the_dictionary(language, words):
    assert sorted(set(words), key=lambda word: sort_key(word, language)) == words


def neighbours(alphabet):
    return list(pairwise(alphabet))


@pytest.mark.parametrize(("lower_letter", "higher_letter"), neighbours("abcçdefgğhıijklmnoöprsştuüvyz"))  # fmt: skip
def test_every_letter_of_the_turkish_alphabet_has_its_own_place(lower_letter, higher_letter):
    assert sort_key(f"{lower_letter}z", "tr") < sort_key(f"{higher_letter}a", "tr")


@pytest.mark.parametrize(("lower_letter", "higher_letter"), neighbours("абвгдежзийклмнопрстуфхцчшщъыьэюя"))  # fmt: skip
def test_every_letter_of_the_russian_alphabet_has_its_own_place(lower_letter, higher_letter):
    assert sort_key(f"{lower_letter}я", "ru") < sort_key(f"{higher_letter}а", "ru")


@pytest.mark.parametrize("language", CODES)
def test_cyrillic_comes_first_in_russian_and_last_elsewhere(language):
    cyrillic_first = sort_key("Ярославль", language) < sort_key("Aarhus", language)
    assert cyrillic_first == (language == "ru")


@pytest.mark.parametrize("language", CODES)
def test_accents_count_only_between_words_of_the_same_letters(language):
    assert sort_key("Zoe", language) < sort_key("Zoé", language) < sort_key("Zoea", language)


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize(
    ("one", "other"),
    [("LYON", "lyon"), ("L’Hospitalet", "LHospitalet"), ("«Nice»", "Nice"), ("Ko\u0308ln", "K\u00f6ln"), (" Nice", "Nice"),
     ("Val-d’Oise", "Val d'Oise")],
)  # fmt: skip
def test_case_punctuation_and_encoding_do_not_count(language, one, other):
    assert sort_key(one, language) == sort_key(other, language)


@pytest.mark.parametrize("language", CODES)
def test_a_shorter_word_and_a_word_with_a_space_come_first(language):
    words = ["", "7", "Nic", "Nice", "Nice Ouest", "Nicea"]
    assert sorted(set(words), key=lambda word: sort_key(word, language)) == words


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize(
    "text", ["", "ÀÉÎÕÜßŒŁĐıİĞ" * 40, "日本 العربية 🏙", "<script>", "\x00\n\t", "-", "Ωμέγα", "ﬁn", "Ѓ"]
)
def test_a_key_is_plain_enough_for_every_collation_and_fits_its_column(language, text):
    key = sort_key(text, language)
    assert re.fullmatch(r"[0-9a-z]{2,130}", key)


# --- Lower case and comparison --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("tr", "IĞDIR", "ığdır"),
        ("tr", "İZMİR", "izmir"),
        ("en", "IĞDIR", "iğdir"),
        ("en", "İZMİR", "izmir"),
        ("de", "ÄÖÜ Straße", "äöü straße"),
        ("ru", "ЁЛКА", "ёлка"),
        ("fr", "ÉVREUX", "évreux"),
        ("it", "CITTÀ", "città"),
    ],
)
def test_lower_case_is_that_of_the_language(language, text, expected):
    assert lower(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Évreux", "evreux"),
        ("STRASSE Straße", "strasse strasse"),
        ("İzmir IĞDIR Iğdır ığdır", "izmir igdir igdir igdir"),
        ("Ёлка", "елка"),
        ("L’Hospitalet de Llobregat", "l hospitalet de llobregat"),
        ("  Val-d'Oise,\n(95)  ", "val d oise 95"),
        ("ﬁn", "fin"),
        ("", ""),
        ("🏙 %_\\", ""),
    ],
)
def test_folded_text_has_no_case_no_accents_no_punctuation(text, expected):
    assert fold(text) == expected


def test_folding_twice_changes_nothing():
    text = "Straße, İzmir, Ёлка, œuvre, L’Haÿ, Łódź"
    assert fold(fold(text)) == fold(text)
