import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache

import pytest
import yaml
from django.conf import settings
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from alliance.languages import CODES, lower
from search import analysis
from search.analysis import (
    MAX_CHARACTERS,
    MAX_GAP,
    MAX_WORDS,
    chains,
    different_words,
    fold,
    graded_forms,
    index_forms,
    index_terms,
    is_stop_word,
    normal,
    prefix_forms,
    query_forms,
    spelling,
    stem,
    terms,
    title_prefix_forms,
    tokens,
)
from search.stopwords import ELISIONS, STOP_WORDS

repeatable = examples(derandomize=True, database=None, deadline=None, max_examples=200)
any_language = st.sampled_from(CODES)


def finds(query, text, language):
    """Whether one whole word finds a text of one word."""
    return not set(query_forms(query, language)).isdisjoint(index_forms(text, language))


def surfaces(text):
    return [token.text for token in tokens(text)]


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Prévention, à Liège (2016–2018) !", ["Prévention", "à", "Liège", "2016", "2018"]),
        ("L’école d'aujourd’hui", ["L", "école", "d", "aujourd", "hui"]),
        ("Vaulx-en-Velin", ["Vaulx", "en", "Velin"]),
        ("snake_case e.V. C++ 3,5", ["snake", "case", "e", "V", "C", "3", "5"]),
        ("Prä\u00advention zero\u200bwidth \ufeffBOM", ["Prä\u00advention", "zero\u200bwidth", "BOM"]),
        ("e\u0301te\u0301 го\u0301род", ["e\u0301te\u0301", "го\u0301род"]),
        ("шлюз 城市 مدينة 🙂 x\x00y", ["шлюз", "城市", "مدينة", "x", "y"]),
        ("", []),
        (" -’'\" _ ", []),
    ],
)
def test_words_are_runs_of_letters_and_digits(text, expected):
    assert surfaces(text) == expected


def test_a_term_says_where_its_word_stands():
    text = "La ville, les Vil\u00adles"
    found = terms(text, "fr")
    assert [(term.position, text[term.start : term.end]) for term in found] == [
        (1, "La"), (2, "ville"), (3, "les"), (4, "Vil\u00adles"),
    ]  # fmt: skip
    assert found[1].forms == ("frsvill", "frwville")
    assert found[3].forms == ("frsvill", "frwvilles")


def test_a_word_has_a_stem_without_accents_a_stem_with_them_and_itself():
    assert index_forms("Préventions", "fr") == ("frsprevent", "frxprévent", "frwpreventions")
    assert index_forms("Rotterdam", "fr") == ("frsrotterdam",)


@pytest.mark.parametrize(
    "word, language, expected",
    [
        ("İSTANBUL", "tr", "istanbul"),
        ("ISPARTA", "tr", "ısparta"),
        ("İstanbul", "fr", "istanbul"),
        ("ISPARTA", "de", "isparta"),
        ("I\u0307stanbul", "tr", "istanbul"),
        ("I\u0307stanbul", "en", "istanbul"),
        ("STRAẞE", "de", "strasse"),
        ("Œuvre", "fr", "oeuvre"),
        ("Ёлка", "ru", "елка"),
        ("го\u0301род", "ru", "город"),
        ("E\u0301TE\u0301", "fr", "été"),
        ("Prä\u00adven\u200btion", "de", "prävention"),
        ("ﬁn", "en", "fin"),
        ("Ｆｕｌｌ", "en", "full"),
        ("m²", "en", "m2"),
        ("½", "en", "½"),
        ("x" * 5000, "en", "x" * 60),
    ],
)
def test_a_word_has_one_spelling_in_each_language(word, language, expected):
    assert normal(word, language) == expected


@pytest.mark.parametrize(
    "word, expected",
    [
        ("prévention", "prevention"),
        ("københavn", "kobenhavn"),
        ("łódź", "lodz"),
        ("şehırçğüö", "sehircguo"),
        ("край", "край"),
        ("málaga", "malaga"),
        ("한국", "한국"),
    ],
)
def test_folding_takes_accents_off_and_leaves_letters(word, expected):
    assert fold(word) == expected


# Only in Turkish are letters spelt in a way of their own.
@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_character_that_belongs_to_words_has_a_stable_spelling_of_letters_and_digits(language):
    for character in filter(str.isalnum, map(chr, range(0x20000))):
        if not surfaces(character):
            continue
        spelt = normal(character, language)
        assert spelt.isalnum() and surfaces(spelt) == [spelt]
        assert normal(spelt, language) == spelt
        assert fold(spelt).isalnum() and fold(fold(spelt)) == fold(spelt)


# --- Languages ------------------------------------------------------------------------------------

INFLECTIONS = {
    "fr": [
        "ville villes Villes VILLES",
        "jeune jeunes",
        "prévention préventions préventif",
        "national nationale nationales nationaux",
        "radicalisé radicalisés radicalisées",
        "œuvre œuvres oeuvre Œuvres",
    ],
    "en": ["city cities CITIES", "prevent prevention prevented preventing", "young", "family families"],
    "de": [
        "Stadt Städte Städten STÄDTE Staedte",
        "Straße Strasse Straßen STRASSEN",
        "Jugendlicher Jugendliche Jugendlichen",
        "München Muenchen",
        "Größe Groesse Größen",
    ],
    "it": ["città Città CITTÀ", "giovane giovani", "comune comuni", "cittadino cittadini cittadina"],
    "ru": [
        "город города городов городам ГОРОДА",
        "молодёжь молодежь молодёжи молодежью",
        "ребёнок ребенок",
        "профилактика профилактики профилактику",
        "Роттердам Роттердама Роттердаме",
        "саммит саммита саммиту",
    ],
    "tr": [
        "şehir şehirler şehirlerin ŞEHİR Şehirlerin",
        "kent kentler kentlerin",
        "çocuk çocuklar çocukların çocuğu",
        "strateji stratejileri",
        "strateji stratejilerin",
        "toplum toplumlar",
        "toplum toplumların",
        "aile aileler",
        "belediye belediyeler belediyenin",
        "İstanbul istanbul İSTANBUL",
        "Isparta ISPARTA",
    ],
}


@pytest.mark.parametrize(
    "language, group", [(language, group) for language, groups in INFLECTIONS.items() for group in groups]
)
def test_inflected_forms_find_each_other(language, group):
    words = group.split()
    assert [(q, t) for q in words for t in words if not finds(q, t, language)] == []


@pytest.mark.parametrize(
    "language, typed, text",
    [
        ("fr", "securite", "sécurité"),
        ("fr", "ecoles", "École"),
        ("fr", "Malaga", "Málaga"),
        ("en", "cafe", "café"),
        ("en", "Sao", "São"),
        ("en", "Kobenhavn", "København"),
        ("de", "Stadte", "Städte"),
        ("de", "Dusseldorf", "Düsseldorf"),
        ("it", "citta", "città"),
        ("it", "perche", "perché"),
        ("tr", "sehir", "şehir"),
        ("tr", "kadin", "kadın"),
        ("tr", "sinir", "sınır"),
        ("tr", "toplum", "toplumların"),
        ("tr", "Istanbul", "İstanbul"),
        ("tr", "istanbul", "ISTANBUL"),
        ("tr", "liaise", "LIAISE"),
        ("tr", "isparta", "Isparta"),
        ("tr", "ISPARTA", "isparta"),
    ],
)
def test_a_word_typed_without_accents_finds_the_one_with_them(language, typed, text):
    assert finds(typed, text, language)


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("typed", ["İzmir", "Izmir", "izmir", "IZMIR", "İZMİR"])
@pytest.mark.parametrize("text", ["İzmir", "Izmir", "izmir", "IZMIR", "İZMİR"])
def test_izmir_is_found_however_it_is_written(language, typed, text):
    assert finds(typed, text, language)


@pytest.mark.parametrize(
    "language, typed, text",
    [
        ("fr", "pêcheur", "pécheur"),
        ("fr", "pêcheur", "pecheur"),
        ("fr", "ville", "vie"),
        ("en", "café", "cafe"),
        ("it", "parte", "porta"),
        ("tr", "sınır", "sinir"),
        ("tr", "ön", "on"),
        ("ru", "край", "кран"),
        ("en", "policy", "police"),
        ("de", "2016", "2017"),
    ],
)
def test_different_words_stay_different(language, typed, text):
    assert not finds(typed, text, language)


@pytest.mark.parametrize(
    "language, text, telling",
    [
        ("fr", "L’école de l'été, jusqu’à Liège", ["école", "été", "Liège"]),
        ("it", "dell’arte e un'idea della città", ["arte", "idea", "città"]),
        ("en", "The city’s children don't", ["city", "children"]),
        ("tr", "İstanbul’da ve Ankara'nın L’Hospitalet’tekiler", ["İstanbul", "Ankara", "L", "Hospitalet"]),
        ("de", "Die Städte und das Land", ["Städte", "Land"]),
        ("ru", "Города и сёла для всех", ["Города", "сёла"]),
    ],
)
def test_stop_words_elisions_and_suffixes_say_nothing(language, text, telling):
    assert [token.text for token in tokens(text) if not is_stop_word(token, language)] == telling


@pytest.mark.parametrize("language", CODES)
def test_stop_words_are_written_as_words_are_compared(language):
    listed = STOP_WORDS[language] | ELISIONS.get(language, frozenset())
    assert [
        word for word in sorted(listed) if normal(word, language) != word or surfaces(word) != [word]
    ] == []


def test_a_beginning_is_compared_without_accents_and_needs_three_letters_in_a_title_two():
    assert prefix_forms("Préven", "fr") == ("frwpreven", "frspreven")
    assert title_prefix_forms("Préven", "fr") == ("frppreven",)
    assert prefix_forms("pr", "fr") == title_prefix_forms("p", "fr") == ()
    assert title_prefix_forms("pr", "fr") == ("frppr",)


def test_where_a_word_stands_is_asked_for_by_its_stems_whatever_its_accents():
    assert graded_forms("Préventions", "fr", "t") == ("frtprevent", "frtpreventions")
    assert graded_forms("Rotterdam", "fr", "u") == ("frurotterdam",)


# --- Two words become one no more often than the stemmer makes them one ------------------------------


@pytest.fixture(scope="module")
def founding_words():
    """The words of the founding content: a counter for each language."""
    words = defaultdict(Counter)

    def collect(item):
        if isinstance(item, dict):
            for key, value in item.items():
                if key in CODES and isinstance(value, str):
                    words[key].update(lower(word, key) for word in re.findall(r"[^\W_]+", value))
                else:
                    collect(value)
        elif isinstance(item, list):
            for value in item:
                collect(value)

    for file in sorted((settings.BASE_DIR / "content").rglob("*.yaml")):
        collect(yaml.safe_load(file.read_text(encoding="utf-8")))
    return words


def found_by(words, language):
    """For each of `words`, as a query, which of `words` it finds."""
    holders = defaultdict(set)
    for word in words:
        for form in index_forms(word, language):
            holders[form].add(word)
    return {word: set().union(*(holders[form] for form in query_forms(word, language))) for word in words}


def same_to_the_stemmer(words, stem_of, spelling_of):
    """For each of `words`, those with its stem, those whose stem it is, and those that are its stem."""
    by_stem, by_spelling = defaultdict(set), defaultdict(set)
    for word in words:
        by_stem[stem_of(word)].add(word)
        by_spelling[spelling_of(word)].add(word)
    return {
        word: by_stem[stem_of(word)]
        | by_stem.get(spelling_of(word), set())
        | by_spelling.get(stem_of(word), set())
        for word in words
    }


@pytest.mark.parametrize("language", CODES)
def test_a_word_finds_what_the_stemmer_takes_for_the_same_word_and_without_accents_no_accents_count(
    language, founding_words
):
    def spelt(word):
        return normal(word, language)

    def plain(word):
        return fold(spelt(word))

    @cache
    def exact_stem(word):
        return stem(spelt(word), language)

    @cache
    def plain_stem(word):
        return fold(stem(plain(word), language))

    words = set(founding_words[language])
    exactly = same_to_the_stemmer(words, exact_stem, spelt)
    without_accents = same_to_the_stemmer(words, plain_stem, plain)
    found = found_by(words, language)
    missed, beyond = set(), set()
    for word in words:
        typed_plain = fold(normal(word, "en")) == normal(word, "en")
        expected = exactly[word] | (without_accents[word] if typed_plain else set())
        missed |= {(word, other) for other in expected - found[word]}
        beyond |= {(word, other) for other in found[word] - expected}
    assert len(words) > 1000
    assert missed == set()
    # Where the stemmer takes the part with the accents off, what is left is a word without accents: very few.
    assert len(beyond) * 100 <= sum(map(len, exactly.values())) - len(words)


@pytest.mark.parametrize("language", CODES)
def test_one_spelling_for_a_word_unites_only_what_spelling_leaves_open(language, founding_words):
    words = set(founding_words[language])
    spellings = defaultdict(set)
    for word in words:
        spellings[normal(word, language)].add(word)

    def open_spelling(word):
        return word.replace("ß", "ss").replace("œ", "oe").replace("æ", "ae").replace("ё", "е")

    assert [same for same in spellings.values() if len(set(map(open_spelling, same))) > 1] == []


# --- Any text ---------------------------------------------------------------------------------------


@repeatable
@given(st.text(), any_language)
@example("İ" * 100 + "\u0307", "en")
@example("\x00\ud800\uffff", "tr")
@example("a\u0300" * 500, "fr")
def test_any_string_is_a_text_and_gives_terms_of_lower_case_letters_and_digits(text, language):
    found = terms(text, language)
    assert found == terms(text, language)
    assert [term.position for term in found] == list(range(1, len(found) + 1))
    for before, after in zip([None, *found], found, strict=False):
        assert after.start < after.end <= len(text) and (before is None or before.end <= after.start)
        assert after.forms[0][:3] == f"{language}s"
        for form in after.forms:
            assert form.isalnum() and form[:2] == language and form[2] in "sxw"
            assert len(form) <= 3 + 2 * analysis.MAX_WORD_LENGTH
            assert not re.search("[A-Z\x00]", form)


@repeatable
@given(st.text(min_size=1), any_language)
def test_spelling_and_folding_a_word_again_changes_nothing(text, language):
    for word in surfaces(text):
        spelt = normal(word, language)
        assert normal(spelt, language) == spelt
        assert index_forms(spelt, language) == index_forms(word, language)
        assert fold(fold(spelt)) == fold(spelt)


@repeatable
@given(st.text(), any_language)
def test_composed_and_decomposed_texts_have_the_same_terms(text, language):
    def forms(form):
        return [term.forms for term in terms(unicodedata.normalize(form, text), language)]

    assert forms("NFC") == forms("NFD") or not text.isprintable() or has_other_scripts(text)


def has_other_scripts(text):
    return any(c.isalpha() and not unicodedata.name(c, "").startswith(("LATIN", "CYRILLIC")) for c in text)


@repeatable
@given(st.text(), any_language)
def test_every_word_of_a_text_finds_it(text, language):
    for token in tokens(text):
        assert finds(token.text, token.text, language)


def test_texts_are_bounded():
    assert len(terms("x " * (MAX_WORDS + 5), "en")) == MAX_WORDS
    assert terms(" " * MAX_CHARACTERS + "late", "en") == []
    [term] = terms("x" * 1_000_000, "en")
    assert term.forms == ("ens" + "x" * 60,)


# --- What corrections know ------------------------------------------------------------------------


def test_a_word_is_remembered_in_its_own_spelling_unless_it_is_short_or_a_number():
    assert [spelling(word, "tr") for word in ("IŞIK", "Ve", "ab", "2016", "x2", "m²x")] == [
        "ışık", "", "", "", "", "m2x",
    ]  # fmt: skip
    assert different_words("la Ville, la ville") == {"la", "Ville", "ville"}


# --- What the index holds of a thing --------------------------------------------------------------


def by_kind(*texts):
    """The index terms of `texts`, (field, language, text): kind → language and word."""
    found = defaultdict(list)
    for term in index_terms(texts):
        found[term[2]].append(term[:2] + term[3:])
    return dict(found)


def test_each_word_has_its_terms_once():
    assert index_terms([("body", "fr", "La sécurité, la Sécurité")]) == [
        "frsla", "frssecurit", "frxsécur", "frwsecurite", "frcsecurit·la·securit",
    ]  # fmt: skip


def test_languages_stand_side_by_side():
    assert index_terms([("body", "fr", "Villes"), ("body", "en", "Cities")]) == [
        "frsvill", "frwvilles", "ensciti", "enwcities",
    ]  # fmt: skip


def test_words_of_titles_summaries_and_of_what_is_said_three_times_have_further_terms():
    found = by_kind(
        ("title", "fr", "Écoles"),
        ("summary", "fr", "Rotterdam, villes"),
        ("body", "fr", "paix et paix"),
        ("body", "fr", "Paix, ville et cité"),
    )
    assert found["t"] == ["frecol"]
    assert found["p"] == ["frecoles"]
    assert found["u"] == ["frrotterdam", "frvill"]
    assert found["o"] == ["frpaix"]


def test_a_word_of_a_title_can_be_begun_without_its_accents_even_where_it_is_its_own_stem():
    found = by_kind(("title", "de", "Köln, Rotterdam und Städte"))
    assert found["p"] == ["dekoln", "derotterdam", "deund", "destadte"]


def test_how_often_a_word_is_said_is_counted_in_each_language_and_over_all_inflections():
    def often(*texts):
        return by_kind(*(("body", code, text) for code, text in texts)).get("o", [])

    assert often(("fr", "ville Villes"), ("fr", "VILLE")) == ["frvill"]
    assert often(("fr", "Lyon Lyon"), ("en", "Lyon Lyon")) == []


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Prévention de la radicalisation", ["prevent·de·la·radicalis"]),
        ("prise en charge", ["pris·en·charg"]),
        ("la ville, les écoles", ["vill·le·ecol"]),
        ("ville paix école", ["vill·paix", "paix·ecol"]),
        ("la ville", []),
        ("de la", []),
        ("", []),
    ],
)
def test_chains_lead_from_one_telling_word_to_the_next(text, expected):
    assert by_kind(("body", "fr", text)).get("c", []) == [f"fr{chain}" for chain in expected]


def test_chains_reach_over_a_few_small_words_and_not_from_one_text_into_the_next():
    def stems(words):
        return [index_forms(word, "fr")[0] for word in words.split()]

    near, far = "de " * (MAX_GAP - 1), "de " * MAX_GAP
    assert len(chains(stems(f"ville {near}paix"), "fr")) == 1
    assert chains(stems(f"ville {far}paix"), "fr") == []
    assert chains(stems(f"{far}paix"), "fr") == []
    assert "c" not in by_kind(("body", "fr", "ville"), ("body", "fr", "paix"))


def test_a_text_is_indexed_within_its_bounds():
    found = index_terms([("body", "en", "x " * MAX_WORDS + "late"), ("body", "fr", "y" * 1_000_000)])
    assert "enslate" not in found
    assert max(map(len, found)) <= 3 + 2 * 60 + 1


def test_nothing_gives_nothing():
    assert index_terms([]) == index_terms([("title", "fr", "…"), ("body", "fr", "")]) == []


any_texts = st.lists(st.tuples(st.sampled_from(analysis.FIELDS), any_language, st.text()), max_size=5)


@repeatable
@given(any_texts)
@example([("title", "en", "\x00'\\:a' end \ud800"), ("body", "en", "END · é·è")])
def test_any_texts_give_terms_that_both_databases_take(texts):
    found = index_terms(texts)
    assert found == index_terms(texts)
    assert len(found) == len(set(found))
    for term in found:
        assert term[:2] in CODES and term[2] in "sxwtuopc"
        assert term.replace("·", "").isalnum() and ("·" not in term or term[2] == "c")


@repeatable
@given(any_texts)
def test_the_terms_of_a_thing_are_those_of_its_words(texts):
    words = {form for _field, code, text in texts for term in terms(text, code) for form in term.forms}
    assert {term for term in index_terms(texts) if term[2] in "sxw"} == words


@repeatable
@given(st.text(), any_language)
def test_a_word_of_a_title_stands_there_for_every_query_that_finds_it(text, language):
    found = set(index_terms([("title", language, text)]))
    for token in tokens(text):
        assert found & set(graded_forms(token.text, language, "t"))
        begun = title_prefix_forms(token.text, language)
        assert not begun or any(term.startswith(begun) for term in found)
