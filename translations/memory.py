"""The translation memory: what passages of the source were translated as, before and now, and where they are alike.

The texts of an entry are cut into paragraphs, and these into sentences, wherever source and translation have equally many.
A text that is like another shares pairs of neighbouring words with it. Each passage therefore is filed under the few of
its pairs whose digests are the smallest: two passages that have most pairs in common have some of these in common,
however large the memory is. Those few are then compared letter by letter.
"""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from rapidfuzz import fuzz, process

from alliance.languages import CODES, Provenance, fold
from alliance.parts import entries_of, entry_models
from alliance.publishing import Translated
from search.analysis import index_forms, small_stems, words
from topics.models import ContentVersion

# A passage is filed under so many keys at most; a key that more passages share says nothing of any of them.
KEYS = 8
COMMON = 300
# In hundredths: what is less alike is quicker written anew.
LEAST_ALIKE = 70
LONGEST = 3_000
MOST_CANDIDATES = 60
MOST_SUGGESTIONS = 5
BATCH = 200

_SENTENCE = re.compile(r"(?<=[.!?…;])[\s\u00a0]+(?=[\w«“„\"(])")


def _model(name):
    return apps.get_model("translations", name)


# --- Passages -------------------------------------------------------------------------------------


def sentences(paragraph):
    """The sentences of a paragraph; an abbreviation may divide one, alike in similar texts."""
    return [each.strip() for each in _SENTENCE.split(paragraph) if each.strip()]


def pieces(text):
    """The paragraphs of `text`."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def aligned(source, target):
    """The (source, target) passages of two texts, longer ones first; what does not divide alike stays whole."""
    paragraphs, others = pieces(source), pieces(target)
    if not paragraphs or not others:
        return []
    if len(paragraphs) != len(others):
        return _kept([(source.strip(), target.strip())])
    found = []
    for one, other in zip(paragraphs, others, strict=True):
        found.append((one, other))
        parts, counterparts = sentences(one), sentences(other)
        if len(parts) == len(counterparts) > 1:
            found += zip(parts, counterparts, strict=True)
    return _kept(found)


def _kept(pairs):
    return [
        pair
        for pair in pairs
        if len(pair[0]) <= LONGEST and any(character.isalpha() for character in pair[0])
    ]


def digest(text):
    return hashlib.blake2b(fold(text).encode("utf-8", "replace"), digest_size=16).hexdigest()


def keys(text, source, target):
    """What a passage is filed under, as numbers: its pairs of telling words, in a short one the words themselves."""
    small = small_stems(source)
    stems = [
        stem for word, _start, _end in words(text) if (stem := index_forms(word, source)[0]) not in small
    ]
    terms = set(pairwise(stems)) if len(stems) > 3 else {(stem,) for stem in stems}
    numbers = sorted(_number(f"{source}{target}{' '.join(term)}") for term in terms)
    return numbers[:KEYS]


def _number(text):
    """A number that fits a column: 63 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


# --- What is kept ---------------------------------------------------------------------------------


def present(entry, entry_units, source):
    """The passages of the present texts of `entry`: {(target language, digest, target text): (source, provenance)}."""
    found = {}
    for language in CODES:
        if language == source:
            continue
        state = entry.provenance(language) if isinstance(entry, Translated) else Provenance.UNREVIEWED
        # What was made from an earlier source does not say what the present one says.
        if isinstance(entry, Translated) and entry.is_outdated(language):
            continue
        for unit in entry_units:
            for one, other in aligned(unit.text(source), unit.text(language)):
                found[language, digest(one), other] = one, state or Provenance.UNREVIEWED
    return found


def keep(model, pks):
    """Take in the passages of the entries `pks` of `model` as they are now; what they had before is marked as former."""
    from translations.units import source_language, units_of

    passages = _model("Passage").objects
    kind = ContentType.objects.get_for_model(model)
    entries = list(model._base_manager.filter(pk__in=pks).order_by("pk"))
    units = units_of(entries)
    known = defaultdict(dict)
    for passage in passages.filter(content_type=kind, object_id__in=pks):
        key = passage.target_language, passage.digest, passage.target
        known[passage.object_id][passage.source_language, *key] = passage
    new, changed, former = [], [], []
    for entry in entries:
        source, had = source_language(entry), known.pop(entry.pk, {})
        now = present(entry, units[entry.pk], source) if source else {}
        for (language, fingerprint, target), (text, provenance) in now.items():
            passage = had.pop((source, language, fingerprint, target), None)
            if passage is None:
                new.append(
                    passages.model(
                        source_language=source,
                        target_language=language,
                        digest=fingerprint,
                        source=text,
                        target=target,
                        provenance=provenance,
                        content_type=kind,
                        object_id=entry.pk,
                    )
                )
            elif passage.provenance != provenance or passage.replaced_at or passage.source != text:
                passage.provenance, passage.replaced_at, passage.source = provenance, None, text
                changed.append(passage)
        former += had.values()
    # What is left belongs to entries that are gone.
    former += [passage for had in known.values() for passage in had.values()]
    for passage in former:
        if not passage.replaced_at:
            passage.replaced_at = timezone.now()
            changed.append(passage)
    passages.bulk_update(changed, ["provenance", "replaced_at", "source"], batch_size=200)
    file(passages.bulk_create(new, batch_size=500))


def file(passages):
    """Put new passages under their keys."""
    model = _model("PassageKey")
    model.objects.bulk_create(
        [
            model(key=key, passage=passage)
            for passage in passages
            for key in keys(passage.source, passage.source_language, passage.target_language)
        ],
        batch_size=2_000,
    )


class Changes:
    """Follows an edit: the memory of the entries that it touches is in step at its end."""

    def __init__(self):
        self._touched = defaultdict(set)

    def note(self, model, pks, *, deleting):
        for entries, found in entries_of(model, pks).items():
            self._touched[entries] |= found

    def finish(self, version):
        for model, pks in self._touched.items():
            keep(model, pks)


def rebuild():
    """Take in what all entries say; a generator that yields how many it has just looked at."""
    for model in entry_models():
        pks = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(pks), BATCH):
            some = pks[start : start + BATCH]
            with transaction.atomic():
                # As an edit does: what is read here is what will be there.
                ContentVersion.objects.lock()
                keep(model, some)
            yield len(some)


# --- What is found --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Suggestion:
    """What a passage like that of a unit was translated as."""

    passage: object
    # The words of the unit that it is about; empty where it is all of them.
    part: str
    # How alike the sources are, in hundredths.
    alike: int

    @property
    def is_exact(self):
        return self.alike == 100


def suggestions(texts, source, target, present=None):
    """What is known of `texts` ({name: text}) in `source`: {name: [Suggestion, …]}, the best first.

    `present` ({name: text}) holds the translations as they are: what they already say is not suggested. The number of
    queries does not depend on the number of texts.
    """
    asked = {name: _asked(text) for name, text in texts.items()}
    every = {part for parts in asked.values() for part in parts}
    found = _alike(every, source, target)
    return {
        name: _best(texts[name], parts, found, (present or {}).get(name, "")) for name, parts in asked.items()
    }


def _asked(text):
    """The whole of a text, its paragraphs and their sentences, each once."""
    paragraphs = pieces(text)
    every = [text.strip(), *paragraphs, *(each for one in paragraphs for each in sentences(one))]
    return [part for part in dict.fromkeys(every) if part and len(part) <= LONGEST]


def _alike(parts, source, target):
    """{part: [(hundredths, Passage), …]}"""
    passages = _model("Passage").objects.filter(source_language=source, target_language=target)
    digests = {part: digest(part) for part in parts}
    exact = defaultdict(list)
    for passage in passages.filter(digest__in=set(digests.values())).order_by("-pk")[:1_000]:
        exact[passage.digest].append(passage)
    candidates = _candidates({part: keys(part, source, target) for part in parts})
    near = passages.in_bulk({pk for pks in candidates.values() for pk in pks})
    folded = {pk: fold(passage.source) for pk, passage in near.items()}
    found = {}
    for part in parts:
        mine = {pk: folded[pk] for pk in candidates[part] if pk in folded}
        scores = process.extract(
            fold(part), mine, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE, limit=3 * MOST_SUGGESTIONS
        )
        pairs = {pk: min(int(score), 99) for _text, score, pk in scores}
        listed = [(near[pk], score) for pk, score in pairs.items()]
        listed += [(passage, 99) for passage in exact[digests[part]] if passage.pk not in pairs]
        found[part] = [(100 if passage.source == part else score, passage) for passage, score in listed]
    return found


def _candidates(wanted):
    """{part: primary keys of the passages that share most keys with it}, from `wanted` ({part: keys})."""
    filed = _model("PassageKey").objects
    every = {key for numbers in wanted.values() for key in numbers}
    counted = filed.filter(key__in=every).order_by().values("key").annotate(number=Count("pk"))
    telling = [key for key, number in counted.values_list("key", "number") if number <= COMMON]
    below = defaultdict(list)
    for key, pk in filed.filter(key__in=telling).values_list("key", "passage_id"):
        below[key].append(pk)
    return {
        part: [
            pk
            for pk, _shared in Counter(pk for key in numbers for pk in below[key]).most_common(
                MOST_CANDIDATES
            )
        ]
        for part, numbers in wanted.items()
    }


# Which of two equally good suggestions comes first.
_TRUST = [
    Provenance.OFFICIAL,
    Provenance.ORIGINAL,
    Provenance.REVIEWED,
    Provenance.UNREVIEWED,
    Provenance.MACHINE,
]


def _best(text, parts, found, said):
    whole, listed, seen = text.strip(), [], set()
    for part in parts:
        for alike, passage in found[part]:
            if passage.target.strip() and passage.target not in said:
                listed.append(Suggestion(passage, "" if part == whole else part, alike))
    listed.sort(key=_order)
    best = []
    for one in listed:
        if (one.part, one.passage.target) not in seen and len(best) < MOST_SUGGESTIONS:
            seen.add((one.part, one.passage.target))
            best.append(one)
    return best


def _order(one):
    state = one.passage.provenance
    trust = _TRUST.index(state) if state in _TRUST else len(_TRUST)
    return bool(one.part), -one.alike, bool(one.passage.replaced_at), trust, -one.passage.pk
