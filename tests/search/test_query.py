import sqlite3

import pytest
from django.db import connection
from hypothesis import HealthCheck, assume, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from alliance.languages import CODES
from search.analysis import fts5_text, terms, tsvector
from search.query import MAX_CHARACTERS, MAX_WORDS, best_passage, mark, parse, to_fts5, to_tsquery

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
    assert count('de "la paix"', "fr") == 0


def test_a_phrase_keeps_its_stop_words_and_asks_for_the_accents_that_were_typed():
    [[order, accent]] = parse('"la sécurité des villes"').terms_in("fr").phrases
    assert order == (("frsla", "frssecurit", "frsde", "frsvill"),)
    assert ("frxsécur",) in accent
    [[order]] = parse('"la securite des villes"').terms_in("fr").phrases
    assert order == (("frsla", "frssecurit", "frsde", "frsvill"),)


def test_a_first_letter_narrows_nothing_down_but_a_digit_does():
    assert len(parse("plan b").terms_in("en").words) == 1
    assert len(parse("plan b ").terms_in("en").words) == 2
    assert len(parse("phase 2").terms_in("en").words) == 2
    assert len(parse("b").terms_in("en").words) == 1


# --- On the databases -----------------------------------------------------------------------------


def meets(things, query, language=None):
    """What both databases must answer: the numbers of the `things` ({language: text}) that meet `query`."""
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
    found = terms(texts.get(language, ""), language)
    stems = [term.forms[0] for term in found]
    forms = {form for term in found for form in term.forms}
    for alternative in clause:
        first, count = alternative[0], len(alternative)
        if count > 1:
            if any(tuple(stems[i : i + count]) == alternative for i in range(len(stems))):
                return True
        elif first in forms or (first.endswith("*") and any(form.startswith(first[:-1]) for form in forms)):
            return True
    return False


def hits_on_fts5(things, query, language=None):
    if not (expression := to_fts5(query, language)):
        return []
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE found USING fts5(body, tokenize='ascii')")
    rows = [
        (number, " ".join(fts5_text(text, code) for code, text in texts.items()))
        for number, texts in enumerate(things)
    ]
    database.executemany("INSERT INTO found(rowid, body) VALUES (?, ?)", rows)
    rows = database.execute("SELECT rowid FROM found WHERE found MATCH ? ORDER BY rowid", [expression])
    found = [number for (number,) in rows]
    database.close()
    return found


def hits_on_postgresql(things, query, language=None):
    if not (expression := to_tsquery(query, language)):
        return []
    found = []
    with connection.cursor() as cursor:
        for number, texts in enumerate(things):
            vector = tsvector([("A", code, text) for code, text in texts.items()])
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector, expression])
            if cursor.fetchone()[0]:
                found.append(number)
    return found


ENGINES = [
    hits_on_fts5,
    pytest.param(
        hits_on_postgresql,
        marks=[
            pytest.mark.django_db,
            pytest.mark.skipif(connection.vendor != "postgresql", reason="runs on PostgreSQL"),
        ],
    ),
]

THINGS = [
    {"fr": "La prévention de la radicalisation dans les villes", "en": "Preventing radicalisation in cities"},
    {"de": "Die Städte schützen die Jugend", "fr": "Les villes protègent la jeunesse et l’école"},
    {
        "en": "L’Hospitalet, The Hague and São Paulo",
        "de": "L’Hospitalet, Den Haag und São Paulo",
        "fr": "La Haye",
    },
    {"tr": "İzmir’de şehirlerin güvenliği", "ru": "Безопасность городов: Роттердам", "de": "München"},
    {"ru": "Город и молодёжь", "it": "La città e i giovani; dell’arte", "en": "It is us"},
]


@pytest.mark.parametrize("hits", ENGINES)
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
def test_both_databases_find(hits, text, expected):
    assert hits(THINGS, parse(text)) == meets(THINGS, parse(text)) == expected


def test_one_language_can_be_asked_alone():
    query = parse("radicalisation ")
    assert hits_on_fts5(THINGS, query, "de") == []
    assert hits_on_fts5(THINGS, query, "fr") == [0]


def test_a_phrase_does_not_reach_from_one_text_into_the_next_nor_into_other_terms():
    assert hits_on_fts5([{"fr": "ville", "en": "ville paix"}], parse('"ville ville"')) == []
    assert "'frspaix':3B" in tsvector([("A", "fr", "ville"), ("B", "fr", "paix")])


WORDS = [word for texts in THINGS for text in texts.values() for word in text.split()] + [
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
any_thing = st.dictionaries(any_language, any_text, max_size=3)


@pytest.mark.parametrize("hits", ENGINES)
@repeatable
@given(st.lists(any_thing, max_size=3), any_text, st.one_of(st.none(), any_language))
@example([{"fr": "a'b"}], "a'b", "fr")
@example([{"en": "x y"}], '"x y" -"y x" x', None)
def test_both_databases_find_the_same_for_any_query(hits, things, text, language):
    query = parse(text)
    assert hits(things, query, language) == meets(things, query, language)


@pytest.mark.parametrize("hits", ENGINES)
@repeatable
@given(st.data(), any_language, st.lists(st.sampled_from(WORDS), min_size=1, max_size=10))
def test_words_and_phrases_of_a_text_find_it(hits, data, language, words):
    text = " ".join(words)
    start = data.draw(st.integers(0, len(words) - 1))
    some = words[start : start + data.draw(st.integers(1, len(words)))]
    for asked in (" ".join(some), " ".join(reversed(some)), f'"{" ".join(some)}"'):
        query = parse(asked)
        assume(query and not query.excluded)
        assert hits([{language: text}], query, language) == [0]


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
        ("fr", "la côte, la cote", '"la côte" cote ', ["la", "côte", "la", "cote"]),
        ("fr", "la ville", "la ", ["la"]),
        ("en", "<b>city</b>", "b ", ["b", "b"]),
        ("en", "city", "-city", []),
        ("en", "", "city", []),
    ],
)
def test_words_are_marked_whatever_their_inflection(language, text, asked, expected):
    assert marked(text, language, asked) == expected


LONG = (
    "Nothing of interest stands here. " * 20
    + "The city works with schools. Prevention begins early, and cities share what they learn. "
    + "Nothing more. " * 20
    + "One city again."
)


def test_the_best_passage_holds_most_of_the_words_and_begins_with_a_sentence():
    start, end = best_passage(LONG, "en", parse("prevention city "))
    assert LONG[start:end].startswith("The city works with schools. Prevention begins")
    assert 150 < end - start <= 220


def test_without_a_match_the_passage_is_the_beginning_and_a_short_text_is_its_own_passage():
    start, end = best_passage(LONG, "en", parse("absent "), length=50)
    assert LONG[start:end] == "Nothing of interest stands here. Nothing of"
    assert best_passage("short", "en", parse("absent ")) == (0, 5)


def test_the_best_passage_may_be_the_end():
    start, end = best_passage(LONG, "en", parse("again "), length=60)
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
    start, end = best_passage(text, language, query, length)
    assert 0 <= start <= end <= len(text) and end - start <= length
    assert end > start or not text


@repeatable
@given(any_text, any_language, any_text)
def test_a_text_has_marks_where_a_query_of_words_finds_it(text, language, asked):
    query = parse(asked)
    assume(not query.excluded)
    if meets([{language: text}], query, language):
        assert mark(text, language, query)
