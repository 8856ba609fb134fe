"""Which words of the index somebody may have meant whose query found nothing.

Words are compared as the index compares them at its most lenient: lower-case and without accents (`analysis.fold`).
Between two words lies one step for each letter too many, missing, wrong or swapped with its neighbour. Some mistakes
look worse than they are: a word typed with the keyboard in the other script, `ghjabkfrnbrf` for `профилактика`, and
two words with no space between them.
"""

import re
from heapq import heappop, heappush
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from alliance.languages import CODES
from search.analysis import fold, is_stop_word, normal

# Of a shorter word too little is left to recognise it by once a letter is wrong.
MIN_LENGTH = 3
_TWO_MISTAKES_FROM = 5

_BITS = {code: 1 << number for number, code in enumerate(CODES)}

_CYRILLIC = re.compile("[\u0400-\u052f]")

# The keys of an American keyboard and what they write when it is set to Russian; seven of the letters are on keys
# that otherwise write punctuation, here without and with Shift.
_LATIN_KEYS = "qwertyuiopasdfghjklzxcvbnm" + "[];',.`" + '{}:"<>~'
_RUSSIAN_KEYS = "йцукенгшщзфывапролдячсмить" + "хъжэбюё" + "хъжэбюё"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS[:26], _LATIN_KEYS[:26])
_KEYS_PRESSED = re.compile(r"[a-zA-Z\[\];',.`{}:<>~]+|[\u0400-\u052f]+")


class Vocabulary:
    """The words of all texts in all six languages, to find among them those that are spelt much like a given one.

    It keeps every spelling once, with the set of its languages in an integer: some 150 bytes a word. One thread may add
    words while others search. Nothing is ever removed: for that, build a new one.
    """

    def __init__(self, pairs=()):
        self._languages = {}  # spelling: its languages, as a sum of _BITS
        self._accented = {}  # word without accents: its spellings with accents
        self._alike = {}  # whether Cyrillic, length: the words without accents that are worth suggesting
        self.add(pairs)

    def add(self, pairs):
        """Add words: (language, spelling as `analysis.normal` gives it). Those that are there already cost little."""
        languages = self._languages
        for language, spelling in pairs:
            before = languages.get(spelling, 0)
            languages[spelling] = before | _BITS[language]
            if not before:
                self._file(spelling)

    def _file(self, spelling):
        """Make a new spelling findable: last of all in the lists that are searched, for the sake of other threads."""
        folded = fold(spelling)
        accented = self._accented.get(folded, ())
        if folded == spelling:
            is_filed = bool(accented)
        else:
            is_filed = bool(accented) or folded in self._languages
            self._accented[folded] = (*accented, spelling)
        if not is_filed and len(folded) >= MIN_LENGTH:
            self._alike.setdefault((_is_cyrillic(folded), len(folded)), []).append(folded)

    def knows(self, word):
        """Whether `word` occurs, in any language, accents aside."""
        return self._has(fold(normal(word, "en")))

    def _has(self, folded):
        # The spelling of this key has no accents, or it would not be equal to something folded.
        return folded in self._languages or folded in self._accented

    def _spellings(self, folded):
        plain = (folded,) if folded in self._languages else ()
        return plain + self._accented.get(folded, ())

    def closest(self, word, language, limit=5):
        """Up to `limit` spellings that a reader of `language` may have meant by `word`, best first; never itself.

        At most one step away from words of three or four letters, two from longer ones; none for shorter ones and for
        numbers. The fewest steps come first; then words with the same first letter; then words of `language`; then
        those of more equal length; then those whose accents are more like those typed; then in order of characters.
        Cyrillic words are not compared with Latin ones, but for `in_other_layout`, which counts as no step. Two words
        with the space missing come behind all words that are one step away, as "prévention locale".
        """
        typed = normal(word, language)
        folded = fold(typed)
        if not _can_be_misspelt(folded):
            return []
        found = [*self._within_steps(folded), *self._typed_in_other_layout(word), *self._in_two(folded)]
        return _ranked(found, typed, folded, language)[:limit]

    def in_other_layout(self, text, language):
        """The spellings of the word that the keys for `text` write in the other script, those of `language` first.

        From Latin to Cyrillic these may be keys of punctuation: `vjkjlt;m` is `молодежь`. No other mistake is allowed
        for; [] if it is no word of the vocabulary.
        """
        typed = normal(text, language)
        return _ranked(self._typed_in_other_layout(text), typed, fold(typed), language)

    # The candidates: (steps, number of words, candidate without accents, spelling, its languages).

    def _within_steps(self, folded):
        steps = 1 if len(folded) < _TWO_MISTAKES_FROM else 2
        script = _is_cyrillic(folded)
        for length in range(max(MIN_LENGTH, len(folded) - steps), len(folded) + steps + 1):
            words = self._alike.get((script, length), ())
            for match, distance, _place in process.extract(
                folded, words, scorer=OSA.distance, score_cutoff=steps, limit=None
            ):
                yield from self._as_candidates(match, distance)

    def _typed_in_other_layout(self, text):
        return self._as_candidates(_in_other_layout(text), 0)

    def _as_candidates(self, folded, distance):
        return [
            (distance, 1, folded, spelling, self._languages[spelling]) for spelling in self._spellings(folded)
        ]

    def _in_two(self, folded):
        for cut in range(MIN_LENGTH, len(folded) - MIN_LENGTH + 1):
            first, second = folded[:cut], folded[cut:]
            if self._has(first) and self._has(second):
                for bit in _BITS.values():
                    pair = self._spelling_in(first, bit), self._spelling_in(second, bit)
                    if all(pair):
                        yield 1, 2, f"{first} {second}", " ".join(pair), bit

    def _spelling_in(self, folded, bit):
        """The spelling in one language; of several the one with the fewest accents, which finds the others, too."""
        spellings = [spelling for spelling in self._spellings(folded) if self._languages[spelling] & bit]
        return min(spellings, default=None)


def _is_cyrillic(word):
    """Whether most letters of `word` are: one Latin letter that looks the same makes it no other word."""
    return not word.isascii() and 2 * len(_CYRILLIC.sub("", word)) < len(word)


def _can_be_misspelt(folded):
    return len(folded) >= MIN_LENGTH and any(map(str.isalpha, folded))


def _in_other_layout(text):
    """The word without accents that the keys for `text` write in the other script; "" if they write none."""
    text = text.lower()
    if text.isascii():
        return fold(normal(text.translate(_TO_RUSSIAN), "ru"))
    return fold(normal(text.translate(_TO_LATIN), "en")) if _is_cyrillic(text) else ""


def _ranked(candidates, typed, folded, language):
    """The spellings of `candidates` in the order of `Vocabulary.closest`, each once."""
    bit = _BITS[language]
    keyed = [
        (
            steps,
            words,
            candidate[0] != folded[0],
            not languages & bit,
            # A letter doubled, dropped or swapped is likelier than another one: `vilage` is a village, not a virage.
            len(set(candidate) ^ set(folded)),
            abs(len(candidate) - len(folded)),
            OSA.distance(spelling, typed),
            spelling,
        )
        for steps, words, candidate, spelling, languages in candidates
        if spelling != typed
    ]
    return list(dict.fromkeys(key[-1] for key in sorted(keyed)))


# --- Queries --------------------------------------------------------------------------------------


def corrections(query, vocabulary, language, known, limit=3):
    """Up to `limit` texts that a reader of `language` may have meant by `query`, best first.

    `query` is a `search.query.Query`; `known(word)` says whether the search finds anything for this one word, as typed.
    A correction is `query.text` with each unknown word replaced by one of the closest of `vocabulary`, a repeated word
    always by the same, and nothing else changed. Phrases and exclusions stay as they are, and so do stop words of
    `language`, which the search drops. Of several unknown words the ranks of the replacements are summed: the best
    correction has the closest word for each. Before these comes the query in the other keyboard layout, if that makes
    words of the vocabulary of all that was typed.

    [] if all words are known. None word by word if one that is not known has nothing close to it: they would find
    nothing either.
    """
    unknown = [word for word in query.words if not is_stop_word(word, language) and not known(word.text)]
    if not unknown:
        return []
    found = [
        *_whole_in_other_layout(query, vocabulary, language),
        *islice(_word_by_word(query.text, unknown, vocabulary, language), limit),
    ]
    return list(dict.fromkeys(found))[:limit]


def _whole_in_other_layout(query, vocabulary, language):
    """The text of `query` if its keys write words in the other script: `в городах` for `d ujhjlf[`.

    At most one text. The letters must all be of one script: whoever changed the layout on the way saw what they typed.
    """
    typed, other = _KEYS_PRESSED.findall(query.text), _KEYS_PRESSED.sub("", query.text)
    if not typed or len(set(map(str.isascii, typed))) > 1 or any(map(str.isalpha, other)):
        return []
    if query.phrases or query.excluded:
        return []
    meant = {keys: vocabulary.in_other_layout(keys, language) for keys in typed}
    return [_KEYS_PRESSED.sub(lambda keys: meant[keys[0]][0], query.text)] if all(meant.values()) else []


def _word_by_word(text, unknown, vocabulary, language):
    choices = {}
    for word in unknown:
        if word.text not in choices:
            choices[word.text] = vocabulary.closest(word.text, language)
            if not choices[word.text]:
                return
    for choice in _best_combinations(list(choices.values())):
        yield _replaced(text, unknown, dict(zip(choices, choice, strict=True)))


def _best_combinations(choices):
    """One of each of the lists `choices`, in order of the sum of places; no more are made than are asked for.

    At equal sums the first words keep their better choices.
    """
    first = (0,) * len(choices)
    waiting, seen = [(0, first)], {first}
    while waiting:
        total, places = heappop(waiting)
        yield [options[place] for options, place in zip(choices, places, strict=True)]
        for number, place in enumerate(places):
            following = (*places[:number], place + 1, *places[number + 1 :])
            if place + 1 < len(choices[number]) and following not in seen:
                seen.add(following)
                heappush(waiting, (total + 1, following))


def _replaced(text, tokens, replacements):
    """`text` with each of `tokens` replaced."""
    parts, done = [], 0
    for token in tokens:
        parts += [text[done : token.start], replacements[token.text]]
        done = token.end
    return "".join([*parts, text[done:]])
