"""What somebody typed into the search field, as conditions on the index, and where a text meets them.

`a few words` must all occur, in one language. `"exact phrase"` must occur in that order, with the stop words that stand
between its words; a phrase of more than two telling words is found by its pairs of neighbours.
`-word` and `-"a phrase"` must not occur, in any language. A last word that is still being typed stands for all words
that begin with it. Everything else (brackets, operators, tags) is punctuation; an unclosed quotation mark is ignored.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from alliance.languages import CODES
from search.analysis import (
    Token,
    chains,
    different_words,
    graded_forms,
    index_forms,
    is_stop_word,
    prefix_forms,
    query_forms,
    small_stems,
    title_prefix_forms,
    tokens,
    words,
)

MAX_WORDS = 16
MAX_GRADED = 6
MAX_CHARACTERS = 400

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_QUOTES = '"“”„‟«»＂'
_PART = re.compile(
    rf"(?P<minus>(?<!\S)[-−–](?=[^\W_]|[{_QUOTES}]))?"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]|[{_QUOTES}]?[^\s{_QUOTES}]+)"
)
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?…][»”\"')]*\s+|\n+")


class Criteria(NamedTuple):
    """What a text in one language must have and must not have.

    A *clause* is met by any of its alternatives, which are index terms; a last character `*` stands for every term that
    begins so. `words` are clauses, all of which must be met. Each of `phrases` and of `excluded` is a tuple of clauses
    that hold together. `sequences` are the stems of each phrase in their order, to find it in a text.
    """

    words: tuple
    phrases: tuple
    excluded: tuple
    sequences: tuple

    @property
    def required(self):
        """The clauses that must all be met, each once."""
        return tuple(dict.fromkeys([*self.words, *(clause for phrase in self.phrases for clause in phrase)]))


@dataclass(frozen=True)
class Query:
    """A search as typed; true if it looks for something, for which exclusions alone are not enough.

    `text` is what was looked at: the first 400 characters, unprintable ones as spaces. The tokens of `words` (outside
    quotation marks), `phrases` and `excluded` (one tuple for each) are places in it, so that a misspelt word can be
    replaced. `unfinished`: the last of `words` stands for all words that begin with it. `shortened`: not everything
    was looked at, but 400 characters and 16 words.
    """

    text: str
    words: tuple[Token, ...] = ()
    phrases: tuple[tuple[Token, ...], ...] = ()
    excluded: tuple[tuple[Token, ...], ...] = ()
    unfinished: bool = False
    shortened: bool = False
    # Of the unfinished word only what begins with it, not the word itself.
    only_begun: bool = False

    def __bool__(self):
        return bool(self.words or self.phrases)

    def terms_in(self, language):
        """The `Criteria` that a text in `language` must meet.

        Stop words outside phrases are dropped, unless there is nothing else to look for.
        """
        telling = [word for word in self.words if not self._says_nothing(word, language)]
        words = telling if telling or self.phrases else self.words
        linked = [phrase for phrase in self.phrases if _sequence(phrase, language)]
        # A phrase with a single telling word is this word.
        others = [
            clause for phrase in self.phrases if phrase not in linked for clause in _phrase(phrase, language)
        ]
        return Criteria(
            tuple(self._clause(word, language) for word in words) + tuple(others),
            tuple(_phrase(phrase, language) for phrase in linked),
            tuple(
                _phrase(phrase, language)
                for phrase in self.excluded
                if len(phrase) > 1 or not is_stop_word(phrase[0], language)
            ),
            tuple(_sequence(phrase, language) for phrase in linked),
        )

    @property
    def telling_words(self):
        """The words that say something in one language at least, those of phrases too, the longest first."""
        words = [*self.words, *(word for phrase in self.phrases for word in phrase)]
        telling = [word for word in words if not all(is_stop_word(word, code) for code in CODES)]
        return sorted(telling or words, key=lambda word: (-len(word.text), word.start))

    def finished(self):
        """The same without the unfinished word."""
        return replace(self, words=self.words[:-1], unfinished=False) if self.unfinished else self

    def in_parts(self):
        """Two queries that together find the same: the last word as it stands, and what only begins with it, or None."""
        if not self.unfinished:
            return self, None
        return replace(self, unfinished=False), replace(self, only_begun=True)

    def is_unfinished(self, word):
        """Whether `word` stands for all words that begin with it."""
        return self.unfinished and word == self.words[-1]

    def _says_nothing(self, word, language):
        """A stop word; or a first letter just typed, with which too many words begin."""
        first_letter = self.is_unfinished(word) and len(word.text) == 1 and word.text.isalpha()
        return first_letter or is_stop_word(word, language)

    def _clause(self, word, language):
        if not self.is_unfinished(word):
            return query_forms(word.text, language)
        begun = tuple(f"{beginning}*" for beginning in prefix_forms(word.text, language))
        return begun if self.only_begun else query_forms(word.text, language) + begun


def _phrase(phrase, language):
    """The clauses for words that follow each other: their chains, and the accents that were typed."""
    stems = [index_forms(word.text, language)[0] for word in phrase]
    telling = [word for word in phrase if not is_stop_word(word, language)]
    return (
        *((chain,) for chain in chains(stems, language)),
        *(query_forms(word.text, language) for word in telling or phrase),
    )


def _sequence(phrase, language):
    """The stems of a phrase, from its first to its last telling word; () where there are no two of them."""
    stems = [index_forms(word.text, language)[0] for word in phrase]
    telling = [at for at, stem in enumerate(stems) if stem not in small_stems(language)]
    return tuple(stems[telling[0] : telling[-1] + 1]) if len(telling) > 1 else ()


def parse(text, *, typing=True):
    """The `Query` in `text`; any string is one. `typing=False`: the last word is known to be whole."""
    text = _UNPRINTABLE.sub(" ", text[: MAX_CHARACTERS + 1])
    shortened, text = len(text) > MAX_CHARACTERS, text[:MAX_CHARACTERS]
    found = tokens(text)
    shortened, found = shortened or len(found) > MAX_WORDS, found[:MAX_WORDS]
    single, phrases, excluded = [], [], []
    for part in _PART.finditer(text):
        inside = tuple(token for token in found if part.start() <= token.start < part.end())
        if not inside:
            continue
        if part["minus"]:
            excluded.append(inside)
        elif part["phrase"] is not None:
            phrases.append(inside)
        else:
            single += inside
    unfinished = typing and bool(single) and single[-1].end == len(text)
    return Query(text, tuple(single), tuple(phrases), tuple(excluded), unfinished, shortened)


# --- For the databases ----------------------------------------------------------------------------


class _Syntax(NamedTuple):
    """How a database writes its conditions."""

    both: str
    either: str
    but_not: str
    term: str
    beginning: str


_POSTGRESQL = _Syntax(both=" & ", either=" | ", but_not=" & !", term="'{}'", beginning="'{}':*")
_FTS5 = _Syntax(both=" AND ", either=" OR ", but_not=" NOT ", term='"{}"', beginning='"{}" *')


def to_tsquery(query, language=None):
    """The text that PostgreSQL casts to a `tsquery`, for index terms of `analysis.index_terms`.

    Without a `language`: for things that meet the query in one of the six. What is excluded is so in all six in either
    case. "" if there is nothing to look for.
    """
    return _expression(query, language, _POSTGRESQL)


def to_fts5(query, language=None):
    """The right side of `MATCH`, for an FTS5 table of index terms; otherwise as `to_tsquery`."""
    return _expression(query, language, _FTS5)


def graded(query, to_expression):
    """For each word of `query` the expressions that also ask where it stands: grade → expression, as `to_expression`
    (`to_tsquery` or `to_fts5`) writes them.

    Grades are those of `analysis.graded_forms`, and `p` for the beginning of a word of the title, of the unfinished
    word only. At most six words, the longest, are graded: the others hardly change an order. An expression may find
    more than `query` does: it asks for the other words only where that makes it quicker.
    """
    syntax = _POSTGRESQL if to_expression is to_tsquery else _FTS5
    several = len(query.words) + len(query.phrases) > 1
    base = [to_expression(query.finished())] if several else []
    found = []
    for word in query.telling_words[:MAX_GRADED]:
        expressions = {}
        for grade in "tuo":
            forms = [
                form
                for code in CODES
                if not is_stop_word(word, code)
                for form in graded_forms(word.text, code, grade)
            ]
            expressions[grade] = syntax.both.join([*base, _any_of(forms, syntax)]) if forms else ""
        if query.is_unfinished(word):
            begun = [f"{form}*" for code in CODES for form in title_prefix_forms(word.text, code)]
            expressions["p"] = syntax.both.join([*base, _any_of(begun, syntax)]) if begun else ""
        found.append(expressions)
    return found


def in_title(query, to_expression):
    """The expression for things whose title has all words of `query`, the unfinished one as a beginning; else ""."""
    syntax = _POSTGRESQL if to_expression is to_tsquery else _FTS5
    wanted = []
    for code in CODES:
        clauses = []
        for word in query.words:
            clause = [*graded_forms(word.text, code, "t")]
            if query.is_unfinished(word):
                clause += [f"{form}*" for form in title_prefix_forms(word.text, code)]
            clauses.append(clause)
        if clauses:
            wanted.append(clauses)
    return _one_of(wanted, syntax) if wanted else ""


def _expression(query, language, syntax):
    if not query:
        return ""
    criteria = {code: query.terms_in(code) for code in CODES}
    required = [criteria[code].required for code in ([language] if language else CODES)]
    # A clause without alternatives is met by nothing: too short a beginning.
    wanted = [clauses for clauses in required if all(clauses)]
    if not wanted:
        return ""
    unwanted = [clauses for code in CODES for clauses in criteria[code].excluded]
    expression = _one_of(wanted, syntax)
    return f"({expression}{syntax.but_not}{_one_of(unwanted, syntax)})" if unwanted else expression


def _one_of(conditions, syntax):
    """`conditions`: tuples of clauses of which one must be met as a whole."""
    return _joined(syntax.either, (_all_of(clauses, syntax) for clauses in conditions))


def _all_of(clauses, syntax):
    return _joined(syntax.both, (_any_of(clause, syntax) for clause in clauses))


def _any_of(clause, syntax):
    return _joined(
        syntax.either,
        (
            syntax.beginning.format(term[:-1]) if term.endswith("*") else syntax.term.format(term)
            for term in clause
        ),
    )


def _joined(operator, expressions):
    different = dict.fromkeys(expressions)
    return f"({operator.join(different)})" if len(different) > 1 else "".join(different)


# --- In a text ------------------------------------------------------------------------------------


class _Matcher:
    """Finds the words of a query in texts of one language, and remembers the words that it has seen."""

    def __init__(self, query, language):
        criteria = query.terms_in(language)
        self._language = language
        self._forms, self._beginnings = {}, []
        clauses = list(dict.fromkeys(criteria.words))
        for number, clause in enumerate(clauses):
            for term in clause:
                if term.endswith("*"):
                    self._beginnings.append((term[:-1], number))
                else:
                    self._forms.setdefault(term, number)
        self._sequences = list(enumerate(criteria.sequences, start=len(clauses)))
        self._seen = {}

    def find(self, text):
        """(start, end, number of the clause) of every word in `text` that the query means, in order."""
        seen, found = self._seen, {}
        if not self._sequences:
            different = different_words(text)
            for word in different - seen.keys():
                seen[word] = self._number(word)
            # Most texts that are looked through have none of the words; to ask where they stand takes twice the time.
            if all(seen[word] is None for word in different):
                return []
        spans = []
        for place, (word, start, end) in enumerate(words(text)):
            if word not in seen:
                seen[word] = self._number(word)
            if seen[word] is not None:
                found[place] = seen[word]
            spans.append((start, end, word))
        for place, number in self._in_sequence([word for _start, _end, word in spans]):
            found.setdefault(place, number)
        return [(*spans[place][:2], found[place]) for place in sorted(found)]

    def _number(self, word):
        forms = index_forms(word, self._language)
        for form in forms:
            if form in self._forms:
                return self._forms[form]
        return next(
            (number for start, number in self._beginnings for form in forms if form.startswith(start)), None
        )

    def _in_sequence(self, words):
        """(place, number of the clause) of every word that is part of a phrase."""
        if not self._sequences:
            return
        stems = [index_forms(word, self._language)[0] for word in words]
        for number, terms in self._sequences:
            for place in range(len(stems) - len(terms) + 1):
                if stems[place] == terms[0] and tuple(stems[place : place + len(terms)]) == terms:
                    yield from ((place + offset, number) for offset in range(len(terms)))


# A page of results asks about one query and a few languages, many times.
_matcher = lru_cache(maxsize=32)(_Matcher)


def find(text, language, query):
    """(start, end, number) of every word of `text` that the query means, in order; different words, other numbers."""
    return _matcher(query, language).find(text)


def mark(text, language, query):
    """(start, end) of every word of `text` that the query means, whatever its inflection, in order.

    The words of a phrase are found only where they follow each other.
    """
    return [(start, end) for start, end, _number in find(text, language, query)]


def best_passage(text, found, length=220):
    """(start, end) of the passage of at most `length` characters that has most of `found`, the words as `find` gives
    them.

    As many different words as possible, then as many as possible, then the earliest. It begins with a sentence where
    one begins shortly before the first of the words, and does not cut words, unless one is longer than the passage.
    Without any word of the query: the beginning of the text.
    """
    if len(text) <= length:
        return 0, len(text)
    first = _densest(found, room=length * 2 // 3)
    start = _beginning_before(text, found[first][0], lead=length // 3) if found else 0
    return start, _end_after(text, start, length)


def _densest(found, room):
    """The number of the match from which on `room` characters hold the most different, then the most matches."""
    best, best_score, last, inside = 0, (0, 0), 0, Counter()
    for first, (start, _end, number) in enumerate(found):
        while last < len(found) and (found[last][1] <= start + room or last == first):
            inside[found[last][2]] += 1
            last += 1
        score = (len(inside), inside.total())
        if score > best_score:
            best, best_score = first, score
        inside[number] -= 1
        if not inside[number]:
            del inside[number]
    return best


def _beginning_before(text, place, lead):
    """Where the sentence of `place` begins, at most `lead` characters before; else where a word does."""
    earliest = max(0, place - lead)
    if not earliest:
        return 0
    ends = [match.end() for match in _SENTENCE_END.finditer(text, earliest, place)]
    if ends:
        return ends[-1]
    space = _SPACE.search(text, earliest, place)
    return space.end() if space else place


def _end_after(text, start, length):
    """Where the last word ends that fits into `length` characters from `start`."""
    end = start + length
    if end >= len(text):
        return len(text)
    cut = max(text.rfind(" ", start, end + 1), text.rfind("\n", start, end + 1))
    return cut if cut > start else end
