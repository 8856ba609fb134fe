"""The language analysis: what becomes of a word of a text, and of a query, in each of the six languages.

Both databases hold the same **index terms**, made here: the language, one letter for the kind, a word of letters and
digits, always lower-case.

`frsprevent` `s`, stem
    The Snowball stem of the word without its accents. Every word has one, stop words too.
`frxprévent` `x`, exact stem
    The stem of the word as written, where it is not the same.
`frwprevention` `w`, word
    The word without its accents, where it is not its own stem: for a word that somebody has not typed to its end.
`frtprevent`, `fruprevent`, `froprevent` `t`, title; `u`, summary; `o`, often
    The stem again, where it stands in the title, in the summary or a name, or at least three times: so that an index
    that only knows which things have which terms can say where a word counts more.
`frpprevention` `p`, word of the title
    The word without its accents, for titles that somebody begins to type.
`frcprevent·de·la·radicalis` `c`, chain
    The stems from one telling word to the next, the stop words between them included: phrases are found by the chains
    that they are made of. An index of positions would have to be asked thing by thing.

**Accents.** A word typed with accents finds what the stemmer takes for the same word (`x`, or `s` where nothing was to
be added; Turkish `onları`, whose stem `on` has no accents left, thereby also finds `ön`: one pair in a hundred). A word
typed without finds in addition every word that differs in accents only (`s`). As accents count what Unicode takes
apart, ø ł đ, and in Turkish ı, where a typed `I` leaves open which i is meant. Й is a letter of its own. Never
distinguished are ß and ss, œ and oe, æ and ae, ё and е: spelling leaves the choice. That `Muenchen` finds `München` is
the doing of the German stemmer.

**Stems that are words.** A word also finds the word that is its stem, and is found by it: Snowball makes `strateji` of
`stratejileri` and `роттердам` of `Роттердаме`, but `stratej` and `роттерд` of these in turn. In phrases, only words of
one stem are the same.

**Words** are runs of letters and digits. Apostrophes and hyphens divide them; soft hyphens, zero-width characters and
stress marks do not and are ignored.

PostgreSQL stores the terms as a `tsvector`; SQLite in the column of an FTS5 table with `tokenize="ascii"`, for which every
character beyond ASCII belongs to a word.
"""

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from itertools import accumulate, islice
from threading import Lock
from typing import NamedTuple

import snowballstemmer

from alliance.languages import lower
from search.stopwords import ELISIONS, ENGLISH_SUFFIXES, STOP_WORDS, TURKISH_SUFFIX

MAX_WORDS = 12_000
MAX_CHARACTERS = 200_000
MAX_WORD_LENGTH = 60
# What a text is in the thing that it belongs to; names count as much as a summary.
FIELDS = ("title", "summary", "body")
# So many times in one language say that a text is about a word.
OFTEN = 3
# A tsvector has a megabyte for its terms at most.
MAX_BYTES = 1_000_000
# A chain reaches over so many words at most; between its stems stands what FTS5 takes for a letter and no stem has.
MAX_GAP = 6
JOINT = "·"
# Of so many characters at least is the beginning of a word that is looked for in texts.
MIN_PREFIX = 3
_LONG = 4 * MAX_WORD_LENGTH  # with marks and ignored characters

_APOSTROPHES = "'’‘ʼʻ`´′＇"
_IGNORED = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_MARKS = "\u0300-\u036f"
_WORD = re.compile(rf"[^\W_ʼʻ]+(?:[{_MARKS}{_IGNORED}]+[^\W_ʼʻ]*)*")
_NO_SIGN = re.compile(rf"[{_MARKS}{_IGNORED}ʼʻ]")
_TURKISH_SUFFIX = re.compile(TURKISH_SUFFIX)

_ALIKE = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ё": "е"})
_UNACCENTED = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i"} | {
    "æ": "ae",  # what is left of ǣ …
    "ё": "е",  # … and of an ё with one more mark
}
_LETTERS_OF_THEIR_OWN = "й"

_STEMMERS = {
    "fr": snowballstemmer.stemmer("french"),
    "en": snowballstemmer.stemmer("english"),
    "de": snowballstemmer.stemmer("german"),
    "it": snowballstemmer.stemmer("italian"),
    "ru": snowballstemmer.stemmer("russian"),
    "tr": snowballstemmer.stemmer("turkish"),
}
_STEMMERS_IN_USE = Lock()  # a Snowball stemmer keeps the word that it works on in itself


class Token(NamedTuple):
    """A word as it stands in a text: `text[start:end]`, and whether an apostrophe ties it to its neighbours."""

    text: str
    start: int
    end: int
    before_apostrophe: bool
    after_apostrophe: bool


class Term(NamedTuple):
    """A word of a text as the index knows it: the `position`-th, from 1, at `text[start:end]`.

    `forms` are its index terms; the first is of kind `s`.
    """

    position: int
    start: int
    end: int
    forms: tuple


# --- Words ----------------------------------------------------------------------------------------


def normal(word, language):
    """`word` in the one spelling that is compared: lower-case as in `language`, accents kept, at most 60 characters.

    `word` is one of `words`, thus begins with a letter or digit; so does the result, which has nothing else. Doing it
    again changes nothing.
    """
    if word.isascii():
        return lower(word, language)[:MAX_WORD_LENGTH]
    word = _compatible(_without_signs(word, "NFC"))
    word = _without_signs(lower(word, language), "NFC").translate(_ALIKE)
    return "".join(filter(str.isalnum, word))[:MAX_WORD_LENGTH]


def _without_signs(word, form):
    """`word` composed as far as possible, without marks that are left over (stress) and without invisible characters."""
    return _NO_SIGN.sub("", unicodedata.normalize(form, word))


def _compatible(word):
    """ﬁ as fi and ² as 2, but not ½ as 1⁄2, which is no word."""
    compatible = _without_signs(word, "NFKC")
    return compatible if compatible.isalnum() else word


class _Unaccented(dict):
    """A table for `str.translate` that learns what a character is without its accents when first asked."""

    def __missing__(self, code):
        character = chr(code)
        base, *marks = unicodedata.normalize("NFD", character)
        if character in _LETTERS_OF_THEIR_OWN or not all(map(unicodedata.combining, marks)):
            base = character
        self[code] = _UNACCENTED.get(base, base)
        return self[code]


_TO_UNACCENTED = _Unaccented()


def fold(word):
    """`word`, as `normal` gives it, without accents; doing it again changes nothing."""
    return word if word.isascii() else word.translate(_TO_UNACCENTED)[:MAX_WORD_LENGTH]


def stem(word, language):
    """The Snowball stem of `word`, as `normal` gives it."""
    with _STEMMERS_IN_USE:
        return _STEMMERS[language].stemWord(word) or word


def is_stop_word(token, language):
    """Whether `token` says nothing in `language`: a stop word, an elided article, a suffix behind an apostrophe."""
    word = normal(token.text, language)
    return (
        word in STOP_WORDS[language]
        or (token.before_apostrophe and word in ELISIONS.get(language, ()))
        or (token.after_apostrophe and _is_suffix(word, language))
    )


def _is_suffix(word, language):
    if language == "tr":
        return bool(_TURKISH_SUFFIX.fullmatch(word))
    return language == "en" and word in ENGLISH_SUFFIXES


# --- Index terms ----------------------------------------------------------------------------------


# Some sixty megabytes when full. A stem costs ten to a hundred times as much as looking it up.
@lru_cache(maxsize=131_072)
def index_forms(word, language):
    """The index terms of a `word` of a text: that of kind `s`, and up to two more."""
    word = normal(word, language)
    plain, exact, folded = _stems.__wrapped__(word, language)
    forms = [f"{language}s{folded}"]
    if exact != folded:
        forms.append(f"{language}x{exact}")
    if plain != folded or word != exact:
        forms.append(f"{language}w{plain}")
    return tuple(forms)


@lru_cache(maxsize=4_096)
def query_forms(word, language):
    """The index terms of which a text must have one to contain the `word` of a query, by the rules above."""
    spelling = normal(word, language)
    plain, exact, folded = _stems(spelling, language)
    stems = [exact, spelling]
    if _is_typed_plain(word):
        stems += [folded, plain]
    return tuple(
        dict.fromkeys(
            [
                *(f"{language}s{one}" for one in stems if fold(one) == one),
                *(f"{language}x{one}" for one in stems),
                *([f"{language}w{fold(exact)}"] if exact != spelling else []),
                *([f"{language}w{folded}"] if folded != plain else []),
            ]
        )
    )


@lru_cache(maxsize=4_096)
def prefix_forms(word, language):
    """The beginnings of index terms of which a text must have one to contain a word that begins with `word`.

    Accents are ignored: to find too much while somebody types is better than to find nothing. None for fewer than three
    characters, with which too many words begin.
    """
    plain = fold(normal(word, language))
    return (f"{language}w{plain}", f"{language}s{plain}") if len(plain) >= MIN_PREFIX else ()


@lru_cache(maxsize=4_096)
def title_prefix_forms(word, language):
    """The same for the words of titles, from two characters on."""
    plain = fold(normal(word, language))
    return (f"{language}p{plain}",) if len(plain) > 1 else ()


# A query asks several times for the stems of its few words.
@lru_cache(maxsize=4_096)
def _stems(word, language):
    """`word` without accents, the stem of `word`, and the stem of `word` without accents."""
    plain = fold(word)
    exact = stem(word, language)
    return plain, exact, fold(exact if plain == word else stem(plain, language))


def _is_typed_plain(word):
    """Whether a word was typed without accents; an I is an i, whatever it becomes in Turkish."""
    spelling = normal(word, "en")
    return fold(spelling) == spelling


# --- Texts ----------------------------------------------------------------------------------------


def tokens(text):
    """The words of `text`, in order, within the bounds of `terms`."""
    found = []
    for word, start, end in words(text):
        tied = bool(found) and _is_apostrophe(text[found[-1].end : start])
        if tied:
            found[-1] = found[-1]._replace(before_apostrophe=True)
        found.append(Token(word, start, end, False, tied))
    return found


def terms(text, language):
    """The words of `text` with their index terms, in order. Any string is a text; the time is linear in its length.

    Bounded: the first 12,000 words of the first 200,000 characters, of a word its first 60 characters.
    """
    return [
        Term(position, start, end, index_forms(word, language))
        for position, (word, start, end) in enumerate(words(text), start=1)
    ]


def words(text):
    """The (word, start, end) of `text` as they stand there, in order, within the bounds of `terms`.

    Of a very long word only as much as can matter, since it becomes the key of caches.
    """
    for match in islice(_WORD.finditer(text, 0, MAX_CHARACTERS), MAX_WORDS):
        start, end = match.span()
        yield match[0] if end - start < _LONG else match[0][:_LONG], start, end


def _words(text):
    """The words of `words`, without the places, which takes half the time."""
    found = _WORD.findall(text, 0, MAX_CHARACTERS)[:MAX_WORDS]
    return found if len(text) < _LONG else [word[:_LONG] for word in found]


def different_words(text):
    """The words of `words`, each once, in no order."""
    return set(_words(text))


@lru_cache(maxsize=131_072)
def spelling(word, language):
    """The spelling of a `word` of a text that could be what a misspelt word means; "" of one that could not."""
    spelled = normal(word[:_LONG], language)
    return spelled if len(spelled) > 2 and not spelled.isdecimal() else ""


def _is_apostrophe(between):
    return len(between) == 1 and between in _APOSTROPHES


def index_terms(texts):
    """The index terms of a thing, each once: `texts` are (field, language, text), the fields as in FIELDS."""
    terms, times = {}, {}
    for field, language, text in texts:
        found = _words(text)
        stems = {}
        for word, count in Counter(found).items():
            forms = index_forms(word, language)
            for form in forms:
                terms[form] = None
            stem = stems[word] = forms[0]
            times[stem] = times.get(stem, 0) + count
            if field == "title":
                terms[f"{language}t{stem[3:]}"] = None
                # The word without accents is its stem where it has no form of its own.
                terms[f"{language}p{(forms[-1] if forms[-1][2] == 'w' else stem)[3:]}"] = None
            elif field == "summary":
                terms[f"{language}u{stem[3:]}"] = None
        for chain in chains([stems[word] for word in found], language):
            terms[chain] = None
    for stem, count in times.items():
        if count >= OFTEN:
            terms[f"{stem[:2]}o{stem[3:]}"] = None
    return _bounded(list(terms))


def _bounded(terms):
    """As many of `terms` as PostgreSQL stores for one thing."""
    if (
        len(terms) < MAX_BYTES // 250
    ):  # none is longer than that many bytes and its marks, but for rare chains
        return terms
    sizes = accumulate(len(term.encode()) for term in terms)
    return [term for term, size in zip(terms, sizes, strict=True) if size <= MAX_BYTES]


def chains(stems, language):
    """The terms of kind `c` for words in order, given as terms of kind `s`."""
    small = small_stems(language)
    found, last = [], -MAX_GAP
    for at, stem in enumerate(stems):
        if stem not in small:
            if at - last == 1:
                found.append(f"{language}c{stems[last][3:]}{JOINT}{stem[3:]}")
            elif at - last <= MAX_GAP and last >= 0:
                found.append(f"{language}c{JOINT.join([one[3:] for one in stems[last : at + 1]])}")
            last = at
    return found


@cache
def small_stems(language):
    """The stems of the words that say nothing."""
    listed = (*STOP_WORDS[language], *ELISIONS.get(language, ()))
    return frozenset(index_forms(word, language)[0] for word in listed)


def graded_forms(word, language, grade):
    """The index terms of which a text must have one for the `word` of a query to stand in its title, summary, or often.

    `grade`: the letter of a kind, `t`, `u` or `o`. Accents are ignored: they decide what is found, not its order.
    """
    spelling = normal(word, language)
    plain, exact, folded = _stems(spelling, language)
    return tuple(dict.fromkeys(f"{language}{grade}{fold(one)}" for one in (folded, exact, plain)))
