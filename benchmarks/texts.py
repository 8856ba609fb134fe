"""Practices in six languages that nobody wrote: sentences put together from the phrases of vocabulary.yaml.

A sentence is chosen once, as places in the lists of phrases, and then said in each language, so that the translations
of a practice mean the same. Phrases are chosen as words occur in real texts (Zipf): a few everywhere, most rarely. The
names of quarters, schools and associations, about fourteen thousand, give the long tail.
"""

import re
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from random import Random

import yaml

from alliance.languages import CODES

VOCABULARY = Path(__file__).with_name("vocabulary.yaml")
PARTS = ["when", "subject", "action", "with", "where", "aim"]


class Ranked:
    """Places in a list of `length`, chosen so that the one at rank r comes up as 1 / (r + 1) ** `steepness`."""

    def __init__(self, length, steepness=1.0):
        self.cumulated = list(accumulate((rank + 1) ** -steepness for rank in range(length)))

    def choose(self, random):
        return bisect(self.cumulated, random.random() * self.cumulated[-1])

    def choose_several(self, random, number):
        """`number` different places, in the order of the list; fewer where the list is shorter."""
        number = min(number, len(self.cumulated))
        chosen = set()
        while len(chosen) < number:
            chosen.add(self.choose(random))
        return sorted(chosen)


@dataclass(slots=True)
class Said:
    """What one sentence says: for each of its parts a place in the list of phrases, and what fills them."""

    parts: dict
    name: int
    number: int
    year: int


@dataclass
class Texts:
    """The texts of one practice: field → language → text."""

    original: str
    languages: list
    fields: dict = field(default_factory=dict)


def capital(text, language):
    """`text` with a capital at its beginning, as `language` writes it."""
    first = "İ" if language == "tr" and text[0] == "i" else text[0].upper()
    return first + text[1:]


class Writer:
    """Says chosen sentences in one language."""

    def __init__(self, vocabulary, language, names):
        column = CODES.index(language)
        self.language = language
        self.names = names
        # A part of a sentence: how it is joined to what stands before it, the phrase, the comma after it.
        pattern = re.findall(r"\[?(, )?([a-z]+)(,)?\]?", vocabulary["sentences"][language])
        self.parts = [
            (part, [f"{before or ' '}{row[column]}{after}" for row in vocabulary[part]])
            for before, part, after in pattern
        ]
        self.results = [row[column] for row in vocabulary["result"]]
        self.phrases = {part: [row[column] for row in vocabulary[part]] for part in PARTS}
        self.work = [
            [
                capital(vocabulary["work"][language].format(work=work[column], whom=whom[column]), language)
                for whom in vocabulary["whoms"]
            ]
            for work in vocabulary["works"]
        ]

    def fill(self, text, said):
        if "{" not in text:
            return text
        return (
            text.replace("{name}", self.names[said.name])
            .replace("{number}", str(said.number))
            .replace("{year}", str(said.year))
        )

    def sentence(self, said):
        if "result" in said.parts:
            return self.fill(self.results[said.parts["result"]], said)
        words = "".join([phrases[said.parts[part]] for part, phrases in self.parts if part in said.parts])
        return self.fill(f"{capital(words[1:], self.language)}.", said)

    def prose(self, paragraphs):
        """Paragraphs of sentences as one text, an empty line between paragraphs."""
        return "\n\n".join(" ".join(map(self.sentence, sentences)) for sentences in paragraphs)

    def title(self, work, whom, part, said):
        """“Youth advice in the Montaville district”, at most 200 characters."""
        rest = self.phrases[part][said.parts[part]]
        return self.fill(f"{self.work[work][whom]} {rest}", said)[:200]


class Corpus:
    """The texts of any number of practices, and the names of any number of places; the same for the same seed."""

    def __init__(self, seed):
        vocabulary = yaml.safe_load(VOCABULARY.read_text())
        self.seed = seed
        self.countries = vocabulary["countries"]
        self.names = _names(vocabulary["names"], Random(seed))
        self.writers = {code: Writer(vocabulary, code, self.names[code]) for code in CODES}
        self.rank = {
            part: Ranked(len(vocabulary[part]), 0.8) for part in [*PARTS, "result", "works", "whoms"]
        }
        self.rank["name"] = Ranked(len(self.names["en"]))

    def random(self, kind, number):
        """The source of chance for one record, whatever else is generated."""
        return Random(f"{self.seed} {kind} {number}")

    def said(self, random, *, short=False):
        rank = self.rank
        parts = {"subject": rank["subject"].choose(random), "action": rank["action"].choose(random)}
        if not short and random.random() < 0.15:
            parts = {"result": rank["result"].choose(random)}
        else:
            for part, share in (("when", 0.3), ("with", 0.45), ("where", 0.55), ("aim", 0.5)):
                if random.random() < share:
                    parts[part] = rank[part].choose(random)
        return Said(
            parts, rank["name"].choose(random), 2 + int(random.expovariate(0.02)), random.randint(2005, 2025)
        )

    def practice(self, number):
        """The Texts of the practice of that number: all in its original language, four in five in each other."""
        random = self.random("practice", number)
        original = random.choices(CODES, [5, 4, 3, 2, 1, 1])[0]
        languages = [code for code in CODES if code == original or random.random() < 0.8]
        work, whom = self.rank["works"].choose(random), self.rank["whoms"].choose(random)
        part = random.choice(["where", "with", "aim"])
        titled = self.said(random, short=True)
        titled.parts[part] = self.rank[part].choose(random)
        summary = [[self.said(random, short=True) for _sentence in range(random.randint(1, 2))]]
        length = min(20, 3 + int(random.expovariate(0.25)))
        body = [
            [self.said(random) for _sentence in range(min(4, length - begun))]
            for begun in range(0, length, 4)
        ]
        lessons = {
            name: [[self.said(random) for _sentence in range(random.randint(1, 3))]]
            for name in ("what_it_took", "what_worked", "what_did_not", "evidence")
            if random.random() < 0.25
        }
        # A busy translator begins with what the lists show.
        short = {code for code in languages if code != original and random.random() < 0.1}
        texts = Texts(
            original, languages, {"title": {}, "summary": {}, "body": {}, **{name: {} for name in lessons}}
        )
        for code in languages:
            writer = self.writers[code]
            texts.fields["title"][code] = writer.title(work, whom, part, titled)
            texts.fields["summary"][code] = writer.prose(summary)[:400]
            if code not in short:
                for name, paragraphs in {"body": body, **lessons}.items():
                    texts.fields[name][code] = writer.prose(paragraphs)
        return texts


def _names(parts, random):
    """language → the names of places, the well-known ones first; Russian in its own letters."""
    made = [a + b + c for a in parts["beginnings"] for b in parts["middles"] for c in parts["endings"]]
    random.shuffle(made)
    names = {}
    for code in CODES:
        if code == "ru":
            names[code] = [_replaced(name.lower(), parts["russian"]).capitalize() for name in made]
        elif own := parts["exonyms"].get(code):
            names[code] = [_replaced(name, own, "$") for name in made]
        else:
            names[code] = made
    return names


def _replaced(name, pairs, where=""):
    """`name` with the keys of `pairs` as their values, long ones first; with `where="$"` at its end only."""
    longest_first = "|".join(sorted(pairs, key=len, reverse=True))
    return re.sub(f"(?:{longest_first}){where}", lambda found: pairs[found[0]], name)
