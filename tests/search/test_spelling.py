from itertools import pairwise, product

import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from alliance.languages import CODES
from search import spelling
from search.analysis import fold, normal, words
from search.query import parse
from search.spelling import Vocabulary, corrections

repeatable = examples(derandomize=True, database=None, deadline=None, max_examples=200)
any_language = st.sampled_from(CODES)

TEXTS = {
    "fr": "La prévention locale et la sécurité des villes, avec les jeunes de chaque quartier.",
    "en": "Local prevention of violent radicalisation in cities, by young people and their schools.",
    "de": "Die Gewaltprävention in den Städten, mit Jugendlichen und Schulen; auf der Straße.",
    "it": "La sicurezza urbana e la prevenzione della violenza nelle città, con i giovani.",
    "ru": "Профилактика насилия в городах, безопасность, молодёжь, объект, её участие.",
    "tr": "Şehirlerde şiddetin önlenmesi, gençlik, kadınların güvenliği, sınıf, ışık.",
}


def pairs(texts):
    return [
        (language, normal(word, language)) for language, text in texts.items() for word, *_ in words(text)
    ]


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary(pairs(TEXTS))


def of(language, text):
    """A vocabulary of one language."""
    return Vocabulary(pairs({language: text}))


def corrected(text, vocabulary, language="en", **options):
    return corrections(parse(text, typing=False), vocabulary, language, vocabulary.knows, **options)


# --- Known words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "prévention",
        "prevention",
        "PREVENTION",
        "strasse",
        "Straße",
        "МОЛОДЕЖЬ",
        "молодёжь",
        "IŞIK",
        "isik",
        "la",
    ],
)
def test_a_word_of_any_language_is_known_whatever_its_case_and_accents(vocabulary, word):
    assert vocabulary.knows(word)


@pytest.mark.parametrize("word", ["preventio", "préventions", "молодеж", "мой", "", " ", "🙂", "\x00"])
def test_another_word_is_not_known(vocabulary, word):
    assert not vocabulary.knows(word)


def test_words_added_later_are_found_like_the_first():
    later = of("fr", "police")
    later.add(pairs({"en": "mayor police", "de": "Bürger"}))

    assert later.closest("mayro", "en") == ["mayor"]
    assert later.closest("burgre", "en") == ["bürger"]
    assert later.closest("polcie", "en") == ["police"]


def test_adding_words_again_changes_nothing():
    twice = of("fr", "côte coté cote")
    twice.add(pairs({"fr": "cote coté côte"}))

    assert twice.closest("cott", "fr", limit=9) == ["cote", "coté", "côte"]


# --- The closest words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "language, typed, meant",
    [
        ("fr", "prévenion", "prévention"),  # missing
        ("fr", "sécuritté", "sécurité"),  # too many
        ("en", "radikalisation", "radicalisation"),  # wrong
        ("en", "shcools", "schools"),  # swapped
        ("de", "Gewalpräventoin", "gewaltprävention"),  # two mistakes
        ("de", "Jugendlihcen", "jugendlichen"),
        ("it", "sicureza", "sicurezza"),
        ("it", "viollenza", "violenza"),
        ("ru", "профилатика", "профилактика"),
        ("ru", "безопастность", "безопасность"),
        ("tr", "genclig", "gençlik"),
        ("tr", "güvelniği", "güvenliği"),
    ],
)
def test_a_misspelt_word_of_each_language_is_recognised(vocabulary, language, typed, meant):
    assert vocabulary.closest(typed, language)[0] == meant


def test_accents_are_no_mistake_and_come_back(vocabulary):
    assert vocabulary.closest("securite", "fr") == ["sécurité"]
    assert vocabulary.closest("sècùritê", "fr") == ["sécurité"]


def test_the_dotless_i_is_an_i_without_an_accent(vocabulary):
    assert vocabulary.closest("SINIF", "en") == ["sınıf"]
    assert vocabulary.closest("sinfi", "tr") == ["sınıf"]
    assert vocabulary.closest("kadinlarin", "tr") == ["kadınların"]


def test_yo_is_ye_and_short_i_is_another_letter():
    russian = of("ru", "молодёжь районы")

    assert russian.closest("малодёжь", "ru") == ["молодежь"]
    assert russian.closest("малодежь", "ru") == ["молодежь"]
    assert russian.closest("раионы", "ru") == ["районы"]


def test_a_word_is_never_offered_for_itself(vocabulary):
    assert vocabulary.closest("Schools", "en") == []
    assert of("fr", "cote côte").closest("côte", "fr") == ["cote"]


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("cty", ["city"]),
        ("ctiy", ["city"]),
        ("ctt", []),  # two mistakes in a word of three letters …
        ("cxxy", []),  # … or four
        ("cityxx", ["city"]),
        ("cityxxx", []),
        ("yo", []),
        ("2016", []),
        ("20166", []),
        ("²³¹⁄", []),
    ],
)
def test_longer_words_may_have_more_mistakes_and_numbers_none(typed, meant):
    assert of("en", "city you 2017 20167").closest(typed, "en") == meant


def test_letters_swapped_are_one_mistake():
    assert of("en", "form from").closest("fomr", "en") == ["form"]
    assert of("en", "policing").closest("oplicign", "en") == ["policing"]


def test_a_word_of_two_letters_is_not_offered():
    assert of("en", "of off").closest("ofg", "en") == ["off"]


@pytest.mark.parametrize(
    "typed, better, worse",
    [
        ("violence", ("tr", "niolence"), ("en", "vialance")),  # fewer mistakes count more than all else …
        ("violence", ("tr", "violenceé"), ("en", "niolence")),  # … then the first letter …
        ("violence", ("en", "vilence"), ("tr", "viplence")),  # … then the language …
        ("violence", ("en", "vilence"), ("en", "viplence")),  # … then having the same letters …
        ("violénce", ("en", "viplénce"), ("en", "viblence")),  # … then the accents …
        ("violence", ("en", "viblence"), ("en", "viplence")),  # … and a total order
    ],
)
def test_the_best_comes_first(typed, better, worse):
    for order in ([better, worse], [worse, better]):
        assert Vocabulary(order).closest(typed, "en") == [better[1], worse[1]]


def test_a_word_of_several_languages_is_one_of_the_readers():
    shared = Vocabulary([("en", "actian"), ("fr", "action"), ("en", "action"), ("fr", "actien")])

    assert shared.closest("actiun", "fr") == ["actien", "action", "actian"]
    assert shared.closest("actiun", "en") == ["actian", "action", "actien"]


def test_the_order_of_building_does_not_matter():
    listed = pairs(TEXTS)
    expected = Vocabulary(listed).closest("prevenzion", "it", limit=20)

    assert Vocabulary(reversed(listed)).closest("prevenzion", "it", limit=20) == expected
    assert expected == ["prevenzione", "prevention", "prévention"]


def test_no_more_are_returned_than_asked_for():
    similar = Vocabulary([("en", f"polic{letter}") for letter in "abcdefghij"])

    assert similar.closest("polic", "en") == ["policc", "polici", "polica", "policb", "policd"]
    assert similar.closest("polic", "en", limit=2) == ["policc", "polici"]
    assert similar.closest("polic", "en", limit=0) == []


# --- The other script -----------------------------------------------------------------------------


def test_a_cyrillic_word_is_not_offered_for_a_latin_one():
    both = Vocabulary([("ru", "сор"), ("en", "cop")])  # each of letters that look like the other's

    assert both.closest("cor", "en") == ["cop"]
    assert both.closest("сар", "ru") == ["сор"]


def test_one_letter_of_the_other_script_is_a_mistake_like_any_other(vocabulary):
    assert vocabulary.closest("sсhools", "en") == ["schools"]
    assert vocabulary.closest("насилиe", "ru") == ["насилия"]


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("ghjabkfrnbrf", ["профилактика"]),
        ("GHJABKFRNBRF", ["профилактика"]),
        ("зкумутешщт", ["prevention", "prévention"]),
        ("ЫСРЩЩДЫ", ["schools"]),
        (",tpjgfcyjcnm", ["безопасность"]),
    ],
)
def test_a_word_typed_in_the_wrong_keyboard_layout_is_recognised(vocabulary, typed, meant):
    assert vocabulary.closest(typed, "en") == meant


def test_a_mistake_in_the_wrong_layout_is_one_too_many(vocabulary):
    assert vocabulary.closest("ghjabkfrnbr", "ru") == []
    assert vocabulary.closest("зкумутешщтт", "en") == []


def test_the_other_layout_comes_before_words_with_mistakes():
    assert Vocabulary([("ru", "мир"), ("en", "vbg")]).closest("vbh", "en") == ["мир", "vbg"]


def test_keys_of_punctuation_are_letters_in_russian(vocabulary):
    assert vocabulary.in_other_layout("vjkjlt;m", "en") == ["молодежь"]
    assert vocabulary.in_other_layout("vjkjl`;m", "en") == ["молодежь"]
    assert vocabulary.in_other_layout("J<}TRN", "ru") == ["объект"]
    assert vocabulary.in_other_layout("schools", "en") == []
    assert vocabulary.in_other_layout("prévention", "fr") == []
    assert vocabulary.in_other_layout("", "fr") == []


# --- Missing spaces -------------------------------------------------------------------------------


def test_a_missing_space_is_put_back(vocabulary):
    assert vocabulary.closest("preventionlocale", "fr") == ["prévention locale"]
    assert vocabulary.closest("LocalPrevention", "fr") == ["local prevention"]
    assert vocabulary.closest("профилактиканасилия", "ru") == ["профилактика насилия"]


def test_two_words_must_be_of_one_language_and_of_three_letters(vocabulary):
    assert vocabulary.closest("schoolsgiovani", "en") == []
    assert vocabulary.closest("lasicurezza", "it") == ["sicurezza"]


def test_two_words_of_several_languages_are_offered_once_for_each_spelling():
    shared = Vocabulary(
        [("fr", "prévention"), ("en", "prevention"), *product(["fr", "en", "de"], ["locale"])]
    )

    assert shared.closest("preventionlocale", "fr") == ["prévention locale", "prevention locale"]
    assert shared.closest("preventionlocale", "en") == ["prevention locale", "prévention locale"]


def test_of_the_spellings_of_one_part_the_plainest_is_offered():
    assert of("fr", "côté coté cote ville").closest("villecôté", "fr") == ["ville cote"]


def test_two_words_come_between_words_with_one_mistake_and_words_with_two():
    english = of("en", "goodwills good will goodwalls")

    assert english.closest("goodwill", "en") == ["goodwills", "good will", "goodwalls"]


# --- Any word, many words -------------------------------------------------------------------------


def steps_between(first, second):
    """The distance as the textbook has it: insert, delete, replace, swap neighbours."""
    above, row = None, list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        last, above, row = above, row, [i]
        for j, b in enumerate(second, 1):
            least = min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and b == first[i - 2]:
                least = min(least, last[j - 2] + 1)
            row.append(least)
    return row[-1]


similar_words = st.text("abcéo", min_size=1, max_size=8)


@repeatable
@given(st.lists(st.tuples(any_language, similar_words), max_size=40), similar_words, any_language)
def test_exactly_the_words_that_are_close_enough_are_found(listed, typed, language):
    allowed = 0 if len(typed) < 3 else 1 if len(typed) < 5 else 2
    distances = {word: steps_between(fold(word), fold(typed)) for _language, word in listed}
    close = [
        word for word, steps in distances.items() if steps <= allowed and len(word) > 2 and word != typed
    ]

    found = Vocabulary(listed).closest(typed, language, limit=100)

    singles = [word for word in found if " " not in word]
    assert sorted(singles) == sorted(close if allowed else [])
    assert all(distances[one] <= distances[next_one] for one, next_one in pairwise(singles))


@repeatable
@example("a" * 10_000, "de")
@example("é" * 10_000, "fr")
@example("ю" * 10_000, "ru")
@example("🙂" * 10_000, "en")
@example("\x00" * 5, "en")
@example("pre\x00vention", "en")
@example("\ud800\udfff\ud800", "en")
@example("İıI", "tr")
@example("ﬁ½²Ⅷ", "en")
@given(st.text(), any_language)
def test_any_text_can_be_asked_about(vocabulary, text, language):
    found = vocabulary.closest(text, language)

    assert len(found) <= 5
    assert all(vocabulary.knows(part) for one in found for part in one.split(" "))
    assert vocabulary.knows(text) in (True, False)


@repeatable
@given(st.lists(st.tuples(any_language, st.text())), st.text(), any_language)
def test_any_text_can_give_the_words(texts, typed, language):
    listed = [(code, normal(word, code)) for code, text in texts for word, *_ in words(text)]
    built = Vocabulary(listed)

    assert all(built.knows(word) for _code, word in listed)
    for word, *_ in words(typed):
        built.closest(word, language)


def test_only_words_of_similar_length_and_the_same_script_are_compared(monkeypatch):
    syllables = ["ba", "do", "ke", "li", "mu", "ta", "re", "so"]
    listed = [("it", "".join(parts)) for count in range(2, 6) for parts in product(syllables, repeat=count)]
    listed += [("ru", "мир" + "".join(parts)) for parts in product("абвгд", repeat=5)]
    many = Vocabulary(listed)
    compared = []
    extract = spelling.process.extract
    monkeypatch.setattr(
        spelling.process,
        "extract",
        lambda word, others, **options: compared.extend(others) or extract(word, others, **options),
    )

    assert many.closest("bxd", "it") == []
    assert sorted(compared) == sorted(word for _language, word in listed if len(word) == 4 and word.isascii())
    compared.clear()
    assert many.closest("badokelimutatarex", "it") == []
    assert compared == []


# --- Queries --------------------------------------------------------------------------------------


def test_a_query_of_known_words_needs_no_correction(vocabulary):
    assert corrected("local prevention", vocabulary) == []
    assert corrected("", vocabulary) == []
    assert corrected("?!", vocabulary) == []


def test_an_unknown_word_is_replaced_where_it_stands(vocabulary):
    assert corrected("  Local (Preventoin),  schools? ", vocabulary) == [
        "  Local (prevention),  schools? ",
        "  Local (prévention),  schools? ",
    ]


def test_what_the_search_finds_by_inflection_is_left_alone(vocabulary):
    query = parse("school preventon", typing=False)

    found = corrections(query, vocabulary, "en", lambda word: word == "school")

    assert found == ["school prevention", "school prévention"]


def test_the_search_is_asked_about_words_as_typed(vocabulary):
    asked = []
    corrections(
        parse("Schools L’Été", typing=False), vocabulary, "en", lambda word: asked.append(word) or True
    )

    assert asked == ["Schools", "L", "Été"]


def test_one_word_that_is_like_no_other_leaves_nothing_to_correct(vocabulary):
    assert corrected("preventoin xylophone", vocabulary) == []
    assert corrected("xylophone preventoin", vocabulary) == []
    assert corrected("preventoin 2031", vocabulary) == []


def test_phrases_and_exclusions_stay_as_typed(vocabulary):
    assert corrected('"locla polcy" shcools -preventoin', vocabulary) == ['"locla polcy" schools -preventoin']
    assert corrected('"locla polcy"', vocabulary) == []


def test_stop_words_of_the_reader_stay_as_typed():
    english = of("en", "schools tea")

    assert corrected("the shcools", english) == ["the schools"]
    assert corrected("the shcools", english, language="fr") == []


def test_corrections_of_several_words_come_in_order_of_their_ranks():
    english = of("en", "cats cars police policy")

    assert corrected("caxs polic", english, limit=9) == [
        "cars police",
        "cars policy",
        "cats police",
        "cats policy",
    ]
    assert corrected("caxs polic", english) == ["cars police", "cars policy", "cats police"]
    assert corrected("caxs polic", english, limit=1) == ["cars police"]
    assert corrected("caxs polic", english, limit=0) == []


def test_a_repeated_word_is_corrected_alike():
    assert corrected("caxs or caxs", of("en", "cats cars")) == ["cars or cars", "cats or cats"]


def test_a_missing_space_in_a_query_is_put_back(vocabulary):
    assert corrected("giovani sicurezzaurbana", vocabulary, "it") == ["giovani sicurezza urbana"]


def test_a_query_in_the_wrong_layout_is_corrected_with_its_punctuation(vocabulary):
    assert corrected(",tpjgfcyjcnm vjkjlt;b? ghjabkfrnbrf!", vocabulary, "ru") == []
    assert corrected(",tpjgfcyjcnm vjkjlt;m? 2016 J<}TRN!", vocabulary, "ru") == [
        "безопасность молодежь? 2016 объект!"
    ]


def test_short_words_and_letters_that_are_known_follow_the_layout_of_the_others():
    both = Vocabulary(
        pairs({"ru": "профилактика в городах", "fr": "d accord", "en": "crime prevention in a city"})
    )

    assert corrected("ghjabkfrnbrf d ujhjlf[", both) == ["профилактика в городах"]
    assert corrected("зкумутешщт шт ф сшен", both) == ["prevention in a city"]


def test_a_word_in_the_wrong_layout_is_corrected_among_others(vocabulary):
    assert corrected("schools ghjabkfrnbrf, yfcbkbz.", vocabulary) == ["schools профилактика, насилия."]
    assert corrected("ghjabkfrnbrf été", vocabulary) == []
    assert corrected('"j,]trn" ghjabkfrnbrf', vocabulary) == ['"j,]trn" профилактика']
    assert corrected("ghjabkfrnbrf молодёж", vocabulary) == ["профилактика молодежь"]


def test_the_best_combinations_of_many_words_do_not_take_all_combinations():
    many = Vocabulary([("en", stem + letter) for stem in ("caba", "dede", "fifi") for letter in "vwxyz"])
    query = parse(
        " ".join(f"{stem}{letter}" for letter in "klmno" for stem in ("caba", "dede", "fifi")), typing=False
    )

    found = corrections(query, many, "en", many.knows)

    best = " ".join(["cabav dedev fifiv"] * 5)
    assert found == [best, f"{best[:-1]}w", f"{best[:-7]}w fifiv"]


@repeatable
@example("🙂" * 10_000, "en")
@example("a" * 10_000, "en")
@example("preventoin " * 1_000, "en")
@example('preventoin\x00"locla', "en")
@given(st.text() | st.text("preventoin scholз'\",;- "), any_language)
def test_any_query_can_be_corrected(vocabulary, text, language):
    query = parse(text)

    found = corrections(query, vocabulary, language, vocabulary.knows)

    assert len(found) <= 3 and len(set(found)) == len(found)
    assert query.text not in found
