from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from alliance.languages import CODES
from search import postings
from search.analysis import FIELDS, chains, fold, graded_forms, index_terms, is_stop_word, normal, terms
from search.query import (
    MAX_CHARACTERS,
    MAX_GRADED,
    MAX_WORDS,
    best_passage,
    find,
    graded,
    in_title,
    mark,
    parse,
    to_fts5,
    to_tsquery,
)

repeatable = examples(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
any_language = st.sampled_from(CODES)


def typed(tokens):
    return [token.text for token in tokens]


def read(text, **options):
    """What the parser makes of `text`, in a form that is easy to compare."""
    query = parse(text, **options)
    return (
        typed(query.words),
        [typed(phrase) for phrase in query.phrases],
        [typed(phrase) for phrase in query.excluded],
        query.unfinished,
    )


# --- What was typed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, words, phrases, excluded, unfinished",
    [
        ("prévention villes ", ["prévention", "villes"], [], [], False),
        ("prévention vil", ["prévention", "vil"], [], [], True),
        ('"prise en charge" jeunes ', ["jeunes"], [["prise", "en", "charge"]], [], False),
        ("„in der Stadt“ «à Lyon» “the city”", [], [["in", "der", "Stadt"], ["à", "Lyon"], ["the", "city"]], [], False),
        ("ville -police", ["ville"], [], [["police"]], False),
        ('ville −"la police" –armée', ["ville"], [], [["la", "police"], ["armée"]], False),
        ("Vaulx-en-Velin ", ["Vaulx", "en", "Velin"], [], [], False),
        ("ville -Vaulx-en-Velin", ["ville"], [], [["Vaulx", "en", "Velin"]], False),
        ("a - b -- c --d", ["a", "b", "c", "d"], [], [], True),
        ('ville "prise en char', ["ville", "prise", "en", "char"], [], [], True),
        ('ville -"prise', ["ville"], [], [["prise"]], False),
        ('" "" ville', ["ville"], [], [], True),
        ("ville?", ["ville"], [], [], False),
        ("L’Hospitalet d", ["L", "Hospitalet", "d"], [], [], True),
        ("(city AND NOT town) OR <b>x</b>; DROP TABLE--", ["city", "AND", "NOT", "town", "OR", "b", "x", "b", "DROP", "TABLE"], [], [], False),
        ("a\x00b \ud800 🙂 مدينة", ["a", "b", "مدينة"], [], [], True),
        ("", [], [], [], False),
        (" -  \"\" *:&|!'", [], [], [], False),
    ],
)  # fmt: skip
def test_a_query_has_words_phrases_and_exclusions(text, words, phrases, excluded, unfinished):
    assert read(text) == (words, phrases, excluded, unfinished)


def test_a_word_known_to_be_whole_is_not_a_beginning():
    assert read("ville", typing=False) == (["ville"], [], [], False)


def test_tokens_are_places_in_the_text_of_the_query():
    query = parse('des vile\x00 "à Lyon" -x')
    tokens = [*query.words, *query.phrases[0], *query.excluded[0]]
    assert [query.text[token.start : token.end] for token in tokens] == ["des", "vile", "à", "Lyon", "x"]


def test_exclusions_alone_look_for_nothing():
    query = parse("-police")
    assert not query and to_tsquery(query) == to_fts5(query) == to_fts5(query, "fr") == ""


@pytest.mark.parametrize(
    "text, words, shortened",
    [
        ("a " * MAX_WORDS, MAX_WORDS, False),
        ("a " * (MAX_WORDS + 1), MAX_WORDS, True),
        ('"' + "a " * 20 + '"', 16, True),
        ("x" * MAX_CHARACTERS, 1, False),
        ("x" * 10_000, 1, True),
        (" " * 10_000 + "x", 0, True),
    ],
)
def test_a_long_query_is_shortened_and_says_so(text, words, shortened):
    query = parse(text)
    assert len(query.words) + sum(map(len, query.phrases)) == words
    assert query.shortened == shortened


# --- Conditions -----------------------------------------------------------------------------------


def test_stop_words_are_dropped_unless_there_is_nothing_else():
    def count(text, language):
        return len(parse(text).terms_in(language).words)

    assert count("la ville de Lyon ", "fr") == 2
    assert count("la ville de Lyon ", "ru") == 4
    assert count("de la ", "fr") == 2
    assert count('de "la paix"', "fr") == 1


def test_a_phrase_asks_for_its_chains_and_for_the_accents_that_were_typed():
    criteria = parse('"la sécurité des villes"').terms_in("fr")
    [[chain, accent, ville]] = criteria.phrases
    assert chain == ("frcsecurit·de·vill",)
    assert "frxsécur" in accent and "frssecurit" not in accent
    assert "frsvill" in ville
    assert criteria.sequences == (("frssecurit", "frsde", "frsvill"),)
    [[_chain, accent, _ville]] = parse('"la securite des villes"').terms_in("fr").phrases
    assert "frssecurit" in accent


def test_a_phrase_with_one_telling_word_is_this_word():
    phrase, word = parse('"la ville"').terms_in("fr"), parse("ville ").terms_in("fr")
    assert phrase == word


def test_a_first_letter_narrows_nothing_down_but_a_digit_does():
    assert len(parse("plan b").terms_in("en").words) == 1
    assert len(parse("plan b ").terms_in("en").words) == 2
    assert len(parse("phase 2").terms_in("en").words) == 2
    assert len(parse("b").terms_in("en").words) == 1


def test_the_words_that_decide_an_order_are_the_longest_those_of_phrases_too():
    query = parse('das is "de la ville" prison -police')
    assert typed(query.telling_words) == ["prison", "ville", "das", "is", "de", "la"]
    assert typed(parse("et ").telling_words) == ["et"]


def test_only_the_last_word_is_unfinished():
    query = parse("vil vil")
    assert [query.is_unfinished(word) for word in query.words] == [False, True]


def test_a_query_whose_words_are_whole_has_one_part():
    query = parse("ville prison ")
    assert query.in_parts() == (query, None)


# --- On the databases -----------------------------------------------------------------------------


def things_of(*texts_by_language):
    """Things as the functions below take them, lists of (field, language, text), of which all texts are bodies."""
    return [[("body", code, text) for code, text in texts.items()] for texts in texts_by_language]


def found_by_database(things, *expressions):
    """For each of `expressions` the numbers of those of `things` that the database at hand finds."""
    postings.write((number, index_terms(texts)) for number, texts in enumerate(things, start=1))
    found = [sorted(number - 1 for number in numbers) for numbers in postings.find(expressions)]
    postings.remove(range(1, len(things) + 1))
    return found


def hits(things, query, language=None):
    [found] = found_by_database(things, postings.expression(query, language))
    return found


def meets(things, query, language=None):
    """What both databases must answer: the numbers of the `things` that meet `query`."""
    return [
        number
        for number, texts in enumerate(things)
        if any(_meets(texts, query, code) for code in ([language] if language else CODES))
        and not any(
            all(_has(texts, clause, code) for clause in clauses)
            for code in CODES
            for clauses in query.terms_in(code).excluded
        )
    ]


def _meets(texts, query, language):
    required = query.terms_in(language).required
    return bool(required) and all(_has(texts, clause, language) for clause in required)


def _has(texts, clause, language):
    found = [terms(text, language) for _field, code, text in texts if code == language]
    known = {form for text in found for term in text for form in term.forms}
    known |= {chain for text in found for chain in chains([term.forms[0] for term in text], language)}
    return any(
        any(form.startswith(one[:-1]) for form in known) if one.endswith("*") else one in known
        for one in clause
    )


def standing(texts, language):
    """Where the words of `texts` in one language stand: grade → stems, for `p` words without accents."""
    stems = {field: [] for field in FIELDS}
    begun = set()
    for field, code, text in texts:
        if code == language:
            stems[field] += [term.forms[0][3:] for term in terms(text, code)]
            if field == "title":
                begun |= {fold(normal(text[term.start : term.end], code)) for term in terms(text, code)}
    counted = Counter(stem for some in stems.values() for stem in some)
    often = {stem for stem, count in counted.items() if count >= 3}
    return {"t": set(stems["title"]), "u": set(stems["summary"]), "o": often, "p": begun}


def stands(texts, word, grade, language):
    """Whether `word` stands in its title, …, or for `p` whether a word of the title begins with it."""
    known = standing(texts, language)[grade]
    if grade == "p":
        beginning = fold(normal(word.text, language))
        return len(beginning) > 1 and any(one.startswith(beginning) for one in known)
    return any(form[3:] in known for form in graded_forms(word.text, language, grade))


def grades(things, query):
    """What `graded` must find: for each of the telling words, grade → numbers of `things`."""
    met = meets(things, query)
    found = []
    for word in query.telling_words[:MAX_GRADED]:
        asked = {
            grade: [
                number
                for number in met
                if any(
                    stands(things[number], word, grade, code)
                    for code in CODES
                    if not is_stop_word(word, code)
                )
            ]
            for grade in "tuo"
        }
        if query.is_unfinished(word):
            asked["p"] = [
                number for number in met if any(stands(things[number], word, "p", code) for code in CODES)
            ]
        found.append(asked)
    return found


def graded_by_database(things, query):
    """What `graded` finds of what `query` finds: its expressions alone may find more."""
    asked = graded(query, postings.to_expression())
    met, *found = found_by_database(
        things, postings.expression(query), *(expression for one in asked for expression in one.values())
    )
    numbers = iter(found)
    return [{grade: [number for number in next(numbers) if number in met] for grade in one} for one in asked]


def titled(things, query):
    """What `in_title` must find."""
    return [
        number
        for number, texts in enumerate(things)
        if query.words
        and any(
            all(
                stands(texts, word, "t", code)
                or (query.is_unfinished(word) and stands(texts, word, "p", code))
                for word in query.words
            )
            for code in CODES
        )
    ]


THINGS = things_of(
    {"fr": "La prévention de la radicalisation dans les villes", "en": "Preventing radicalisation in cities"},
    {"de": "Die Städte schützen die Jugend", "fr": "Les villes protègent la jeunesse et l’école"},
    {
        "en": "L’Hospitalet, The Hague and São Paulo",
        "de": "L’Hospitalet, Den Haag und São Paulo",
        "fr": "La Haye",
    },
    {"tr": "İzmir’de şehirlerin güvenliği", "ru": "Безопасность городов: Роттердам", "de": "München"},
    {"ru": "Город и молодёжь", "it": "La città e i giovani; dell’arte", "en": "It is us"},
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text, expected",
    [
        ("ville ", [0, 1]),
        ("Stadt ", [1]),
        ("город ", [3, 4]),
        ("şehir ", [3]),
        ("sehir ", [3]),
        ("città ", [4]),
        ("city ", [0]),
        ("cit", [0, 4]),
        ("preventio", [0]),
        ("prévention des villes ", [0]),
        ("ville Jugend ", []),  # all words in one language
        ('"prévention de la radicalisation"', [0]),
        ('"prevention de la radicalisation"', [0]),
        ('"prévention radicalisation"', []),
        ('"prêvention de la radicalisation"', []),
        ("ville -radicalisation", [1]),
        ("ville -city", [1]),  # excluded in another language
        ('ville -"la jeunesse"', [0]),
        ("ville -la", [0, 1]),  # a stop word excludes nothing in its language
        ("Hospitalet ", [2]),
        ("L'Hospitalet ", [2]),
        ("l’hospi", [2]),
        ("Den Haag ", [2]),
        ("la haye ", [2]),
        ("the hague ", [2]),
        ("Sao Paulo ", [2]),
        ("São Paulo ", [2]),
        ("izmir ", [3]),
        ("IZMIR ", [3]),
        ("İzmir'in ", [3]),
        ("Muenchen ", [3]),
        ("Munchen ", [3]),
        ("Роттердаме ", [3]),
        ("молодежь ", [4]),
        ("ecole ", [1]),
        ("it ", [4]),
        ("' OR 1=1 --", []),
        ("-ville", []),
        ("🙂", []),
    ],
)
def test_both_databases_find(text, expected):
    assert hits(THINGS, parse(text)) == meets(THINGS, parse(text)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text, whole, begun",
    [
        ("ville prison", [], []),
        ("cit", [], [0, 4]),
        ("ci", [], []),
        ("città", [4], [4]),
        ("ville de", [0, 1], [0, 1]),
        ("ville d", [], [0, 1]),
        ("v", [], []),
        ('"les villes" la', [0, 1], [0, 1]),
        ("ville rad -city", [], []),
    ],
)
def test_a_query_with_an_unfinished_word_has_two_parts_which_find_what_it_finds(text, whole, begun):
    query = parse(text)
    assert [hits(THINGS, part) for part in query.in_parts()] == [whole, begun]
    assert hits(THINGS, query) == sorted({*whole, *begun})


@pytest.mark.django_db
def test_one_language_can_be_asked_alone():
    query = parse("radicalisation ")
    assert [hits(THINGS, query, code) for code in ("de", "fr", "en")] == [[], [0], [0]]


@pytest.mark.django_db
def test_a_phrase_does_not_reach_from_one_text_into_the_next_nor_into_other_terms():
    things = [
        [("title", "fr", "ville"), ("body", "fr", "ville"), ("body", "en", "ville paix")],
        [("body", "fr", "paix paix paix"), ("body", "fr", "sécurité")],
    ]
    assert hits(things, parse('"ville ville"')) == []
    assert hits(things, parse('"paix securite"')) == []
    assert hits(things, parse('"paix paix paix"')) == [1]


GRADED = [
    [("title", "fr", "La prison"), ("summary", "fr", "De la ville"), ("body", "fr", "Écoles")],
    [
        ("title", "fr", "Autre chose"),
        ("summary", "en", "A prison"),
        ("body", "en", "prisons, prison, Prison"),
    ],
    [("title", "en", "Prisonbreak"), ("body", "en", "A prison"), ("body", "fr", "ville ville ville")],
    [("title", "en", "Nothing"), ("body", "fr", "Mères")],
]


@pytest.mark.django_db
def test_a_query_asks_where_its_words_stand():
    assert graded_by_database(GRADED, parse("prison ")) == [{"t": [0], "u": [1], "o": [1]}]
    assert graded_by_database(GRADED, parse("ville prison ")) == [
        {"t": [0], "u": [], "o": []},
        {"t": [], "u": [0], "o": []},
    ]


@pytest.mark.django_db
def test_an_unfinished_word_also_asks_for_words_of_the_title_that_begin_with_it():
    assert graded_by_database(GRADED, parse("pris")) == [{"t": [], "u": [], "o": [], "p": [0, 2]}]
    assert hits(GRADED, parse("pris")) == [0, 1, 2]


@pytest.mark.django_db
def test_what_does_not_meet_the_query_is_not_graded():
    assert graded_by_database(GRADED, parse("prison -ville")) == [{"t": [], "u": [1], "o": [1]}]


def test_the_six_longest_words_are_graded():
    asked = graded(parse("aa bbb cccc ddddd eeeeee fffffff gggggggg "), to_fts5)
    assert len(asked) == MAX_GRADED == 6
    assert ['"entgggggggg"' in one["t"] for one in asked] == [True, *[False] * 5]
    assert not any('"entaa"' in one["t"] for one in asked)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text, expected",
    [
        ("prison ", [0]),
        ("prison", [0, 2]),
        ("PRIS", [0, 2]),
        ("la prison ", [0]),
        ("prison la", [0]),
        ("prison ville", []),
        ("mères", []),
        ("p", []),
        ("", []),
        ("-prison", []),
    ],
)
def test_titles_are_found_by_all_of_their_words_typed(text, expected):
    query = parse(text)
    [found] = found_by_database(GRADED, in_title(query, postings.to_expression()))
    assert found == titled(GRADED, query) == expected


WORDS = [word for texts in THINGS for _field, _language, text in texts for word in text.split()] + [
    *[
        "city",
        "ville",
        "Städte",
        "Stadt",
        "stadte",
        "городов",
        "şehirler",
        "güvenlik",
        "guvenlik",
        "préventio",
    ],
    *[
        "prevention",
        "sécurité",
        "securite",
        "l",
        "d'un",
        "dell'arte",
        "İzmir",
        "ISPARTA",
        "ısparta",
        "isparta",
    ],
    *[
        "das",
        "s'il",
        "2016",
        "x",
        "ß",
        "ǅ",
        "½",
        "㎏",
        "ة",
        "a\u0300",
        "\u00ad",
        "zero\u200bwidth",
        "AND",
        "NEAR",
    ],
]
SIGNS = ["", " ", "-", ' "', '" ', " -", ' -"', "\x00", *"’'*:()\\!&«^+"]
any_text = st.one_of(
    st.text(),
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(SIGNS)), max_size=20).map("".join),
)
any_texts = st.lists(st.tuples(st.sampled_from(FIELDS), any_language, any_text), max_size=4)


@pytest.mark.django_db
@repeatable
@given(st.lists(any_texts, max_size=3), any_text, st.one_of(st.none(), any_language))
@example([[("body", "fr", "a'b")]], "a'b", "fr")
@example([[("body", "en", "x y")]], '"x y" -"y x" x', None)
@example([[("body", "en", "end end")]], '"end end"', None)
def test_both_databases_find_the_same_for_any_query(things, text, language):
    query = parse(text)
    assert hits(things, query, language) == meets(things, query, language)
    parts = [hits(things, part) for part in query.in_parts() if part]
    assert sorted({*(number for part in parts for number in part)}) == meets(things, query)


@pytest.mark.django_db
@repeatable
@given(st.lists(any_texts, min_size=1, max_size=3), any_text)
@example([[("title", "de", "Straße"), ("summary", "de", "STRASSEN")]], "strasse")
@example([[("title", "tr", "ISPARTA'nın")]], "isp")
def test_both_databases_grade_alike_for_any_query(things, text):
    query = parse(text)
    assert graded_by_database(things, query) == grades(things, query)
    [found] = found_by_database(things, in_title(query, postings.to_expression()))
    assert found == titled(things, query)


@pytest.mark.django_db
@repeatable
@given(st.data(), any_language, st.lists(st.sampled_from(WORDS), min_size=1, max_size=10))
def test_words_and_phrases_of_a_text_find_it(data, language, words):
    text = " ".join(words)
    start = data.draw(st.integers(0, len(words) - 1))
    some = words[start : start + data.draw(st.integers(1, len(words)))]
    for asked in (" ".join(some), " ".join(reversed(some)), f'"{" ".join(some)}"'):
        query = parse(asked)
        assume(query and not query.excluded)
        assert hits(things_of({language: text}), query, language) == [0]


@repeatable
@given(st.text())
@example('"' * 10_000)
@example('-"' * 200 + "x")
@example("\u202eabc\u202c שלום")
def test_any_string_is_a_query(text):
    query = parse(text)
    assert query == parse(text)
    assert len(query.text) <= MAX_CHARACTERS
    for language in (None, *CODES):
        assert bool(to_tsquery(query, language)) == bool(to_fts5(query, language)) == bool(query)
    for to_expression in (to_tsquery, to_fts5):
        assert bool(in_title(query, to_expression)) == bool(query.words)
        assert len(graded(query, to_expression)) == min(len(query.telling_words), MAX_GRADED)


# --- In a text ------------------------------------------------------------------------------------


def marked(text, language, asked):
    return [text[start:end] for start, end in mark(text, language, parse(asked))]


@pytest.mark.parametrize(
    "language, text, asked, expected",
    [
        ("fr", "La ville et les villes, l’École.", "ville ecole ", ["ville", "villes", "École"]),
        ("de", "Die Stadt, den Städten", "städte ", ["Stadt", "Städten"]),
        ("ru", "В городе и в городах", "город ", ["городе", "городах"]),
        ("tr", "İzmir’de ŞEHİRLER", "izmir sehir ", ["İzmir", "ŞEHİRLER"]),
        ("en", "cities prevent it", "preven", ["prevent"]),
        ("fr", "prise de parole, prise en charge, en charge", '"prise en charge"', ["prise", "en", "charge"]),
        ("fr", "la ville", "la ville ", ["ville"]),
        ("fr", "la côte, la cote", '"la côte" cote ', ["côte", "cote"]),
        ("fr", "la ville", "la ", ["la"]),
        ("en", "<b>city</b>", "b ", ["b", "b"]),
        ("en", "city", "-city", []),
        ("en", "", "city", []),
    ],
)
def test_words_are_marked_whatever_their_inflection(language, text, asked, expected):
    assert marked(text, language, asked) == expected


def test_words_that_are_found_say_which_word_of_the_query_they_are():
    text = "La ville et la prison, les villes"
    found = find(text, "fr", parse("prison ville "))
    assert [(text[start:end], number) for start, end, number in found] == [
        ("ville", 1), ("prison", 0), ("villes", 1),
    ]  # fmt: skip


def test_the_words_of_a_phrase_count_as_one():
    text = "prise en charge, charge"
    assert [number for _start, _end, number in find(text, "fr", parse('"prise en charge"'))] == [0, 0, 0]


LONG = (
    "Nothing of interest stands here. " * 20
    + "The city works with schools. Prevention begins early, and cities share what they learn. "
    + "Nothing more. " * 20
    + "One city again."
)


def passage(text, language, asked, **options):
    return best_passage(text, find(text, language, parse(asked)), **options)


def test_the_best_passage_holds_most_of_the_words_and_begins_with_a_sentence():
    start, end = passage(LONG, "en", "prevention city ")
    assert LONG[start:end].startswith("The city works with schools. Prevention begins")
    assert 150 < end - start <= 220


def test_without_a_match_the_passage_is_the_beginning_and_a_short_text_is_its_own_passage():
    start, end = passage(LONG, "en", "absent ", length=50)
    assert LONG[start:end] == "Nothing of interest stands here. Nothing of"
    assert passage("short", "en", "absent ") == (0, 5)


def test_the_best_passage_may_be_the_end():
    start, end = passage(LONG, "en", "again ", length=60)
    assert LONG[start:end].endswith("One city again.")


@repeatable
@given(any_text, any_text, any_language, st.integers(1, 60))
@example("x" * 500 + " ville", "ville", "fr", 20)
def test_marks_and_passages_lie_in_the_text(text, asked, language, length):
    query = parse(asked)
    text *= 3
    last = 0
    for start, end in mark(text, language, query):
        assert last <= start < end <= len(text)
        last = end
    start, end = best_passage(text, find(text, language, query), length)
    assert 0 <= start <= end <= len(text) and end - start <= length
    assert end > start or not text


@repeatable
@given(any_text, any_language, any_text)
def test_a_text_has_marks_where_a_query_of_words_finds_it(text, language, asked):
    query = parse(asked)
    assume(not query.excluded and not query.phrases)
    if meets(things_of({language: text}), query, language):
        assert mark(text, language, query)
