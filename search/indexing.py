"""Keeps the index in step with the content: after each change, as a whole, and by comparing one with the other."""

from collections import defaultdict, deque
from dataclasses import dataclass

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef

from alliance.languages import CODES
from search import postings
from search.analysing import analysts
from search.models import Entry, Word
from search.sources import sources

# Things whose documents are in memory at once.
BATCH = 200
# From so many things on it pays to start processes for a rebuild.
MANY = 2_000
FACTS = ["facets", "is_public", "freshness", "is_live", "digest"]
FACTS_IN_WORDS = {"facets": "facets", "is_public": "visibility", "freshness": "date"}


class Changes:
    """What has changed within one edit, of which the index hears at its end, in the same transaction."""

    def __init__(self, edit):
        self._added = edit.added
        self._touched = defaultdict(set)  # kind → primary keys
        self._changed = defaultdict(set)  # model → primary keys

    def note(self, model, pks, *, deleting):
        """That records of `model` are about to change, or have changed; things that follow them now are touched."""
        self._changed[model] |= pks
        # What this edit has made followed nothing before; what it leads to now, the end of the edit asks for.
        known = pks if deleting else pks - self._added[model]
        if known:
            self._touch_followers({model: known}, deleting=deleting)

    def finish(self, version):
        """Bring the index in step; `version` is that of the content after the edit."""
        self._touch_followers(self._changed)
        for kind, pks in self._touched.items():
            refresh(sources()[kind], pks, version=version)

    def _touch_followers(self, changed, *, deleting=False):
        for kind, source in sources().items():
            for model, pks in changed.items():
                if model is source.model:
                    self._touched[kind] |= pks
                else:
                    self._touched[kind] |= source.following(model, pks, deleting=deleting)


def refresh(source, pks, *, version):
    """Write the entries of these things as their content now is; remove those that no longer exist."""
    for some in _batches(sorted(pks)):
        documents = source.documents(source.indexed().filter(pk__in=some))
        entries = _write_entries(source, documents, version)
        rewritten = [(entry, document) for entry, document, has_new_words in entries if has_new_words]
        postings.write((entry.pk, document.terms) for entry, document in rewritten)
        add_words({word for _entry, document in rewritten for word in document.vocabulary()})
        _remove_entries(source.kind, set(some) - {document.thing for document in documents}, version)


def _batches(pks):
    pks = list(pks)
    return (pks[start : start + BATCH] for start in range(0, len(pks), BATCH))


def _write_entries(source, documents, version):
    """The (entry, document, whether its words are new) of all `documents`; writes the entries that have changed."""
    held = Entry.objects.filter(kind=source.kind, thing__in=[document.thing for document in documents])
    held = {entry.thing: entry for entry in held}
    new, changed, entries = [], [], []
    for document in documents:
        entry = held.get(document.thing) or Entry(kind=source.kind, thing=document.thing)
        has_new_words = entry.digest != document.digest
        before = _facts(entry)
        entry.is_live, entry.digest = True, document.digest
        entry.facets, entry.is_public = document.facets, document.is_public
        entry.freshness = document.freshness
        if _facts(entry) != before:
            entry.version = version
            (changed if entry.pk else new).append(entry)
        entries.append((entry, document, has_new_words))
    Entry.objects.bulk_create(new)
    # Not bulk_update, whose conditions for each entry take longer than an edit should.
    Entry.objects.bulk_create(
        [_without_number(entry) for entry in changed],
        update_conflicts=True,
        unique_fields=["kind", "thing"],
        update_fields=[*FACTS, "version"],
    )
    return entries


def _facts(entry):
    return [getattr(entry, name) for name in FACTS]


def _without_number(entry):
    facts = {name: getattr(entry, name) for name in FACTS}
    return Entry(kind=entry.kind, thing=entry.thing, version=entry.version, **facts)


def _remove_entries(kind, pks, version):
    entries = Entry.objects.filter(kind=kind, thing__in=pks, is_live=True)
    numbers = list(entries.values_list("pk", flat=True))
    if numbers:
        postings.remove(numbers)
        Entry.objects.filter(pk__in=numbers).update(is_live=False, digest="", version=version)


def add_words(words):
    """Remember the (language, spelling) of `words`, those that are new."""
    rows = [Word(language=language, spelling=spelling) for language, spelling in sorted(words)]
    Word.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


# --- As a whole -----------------------------------------------------------------------------------


def count_things():
    return sum(source.model._base_manager.count() for source in sources().values())


def rebuild():
    """Make all entries and postings anew, beside the present ones, which are searched until the last moment.

    A generator that yields how many things it has just done, so that a bar can follow. In batches: memory is bounded,
    and an editor who saves meanwhile waits for a batch at most.
    """
    version = _versions()
    start = version.current()
    postings.drop(postings.NEXT)
    postings.create(postings.NEXT)
    words, own = set(), set()
    seen = {code: set() for code in CODES}
    for batch in _read_ahead(version):
        with transaction.atomic():
            before = version.lock()
            # What was read ahead holds, unless somebody else has changed content since.
            if not own.issuperset(range(batch.version + 1, before + 1)):
                batch.read(before)
            entries = _write_entries(batch.source, batch.documents, before + 1)
            postings.write(((entry.pk, document.terms) for entry, document, _new in entries), postings.NEXT)
            if any(entry.version > before for entry, _document, _new in entries):
                version.bump()
                own.add(before + 1)
        new = {word for document in batch.documents for word in document.vocabulary(seen)} - words
        words |= new
        add_words(new)
        yield len(batch.pks)
    postings.make_searchable(postings.NEXT)
    with transaction.atomic():
        now = version.bump()
        _forget_words(words)
        _remove_orphans(now)
        _catch_up(Entry.objects.filter(version__gt=start).exclude(version__in=[*own, now]))
        postings.replace()


class _Batch:
    """Some things of a source, as their documents were when the content had this `version`."""

    def __init__(self, source, pks, version):
        self.source, self.pks = source, pks
        self.read(version)

    def read(self, version):
        """`version` was asked for first: what changes meanwhile is noticed."""
        self.version = version
        records = self.source.indexed().filter(pk__in=self.pks).order_by(*self.source.order)
        self.documents = self.source.documents(records)


def _read_ahead(version):
    """All things as a generator of _Batch. Of many, other processes make the terms while this one writes those before."""
    batches = (
        (source, pks)
        for source in sources().values()
        for pks in _batches(source.model._base_manager.order_by(*source.order).values_list("pk", flat=True))
    )
    if count_things() < MANY:
        for source, pks in batches:
            yield _Batch(source, pks, version.current())
        return
    with analysts() as (count, analyse):
        ahead = deque()
        for source, pks in batches:
            batch = _Batch(source, pks, version.current())
            ahead.append((batch, analyse([document.texts for document in batch.documents])))
            if len(ahead) > count + 1:
                yield _with_terms(*ahead.popleft())
        while ahead:
            yield _with_terms(*ahead.popleft())


def _with_terms(batch, terms):
    for document, own in zip(batch.documents, terms, strict=True):
        document.terms = own
    return batch


def _versions():
    return apps.get_model("topics", "ContentVersion").objects


def _catch_up(entries):
    """Put into the next postings what others have changed since the rebuild began."""
    for kind, source in sources().items():
        numbers = {entry.thing: entry.pk for entry in entries.filter(kind=kind)}
        postings.remove(numbers.values(), postings.NEXT)
        for some in _batches(numbers):
            documents = source.documents(source.indexed().filter(pk__in=some))
            rows = [(numbers[document.thing], document.terms) for document in documents]
            postings.write(rows, postings.NEXT)
            add_words({word for document in documents for word in document.vocabulary()})


def _remove_orphans(version):
    """Entries of what was deleted past all our code, or of a kind that is no longer searched."""
    for kind in Entry.objects.filter(is_live=True).values_list("kind", flat=True).distinct():
        entries = Entry.objects.filter(kind=kind, is_live=True)
        if source := sources().get(kind):
            entries = _without_thing(entries, source)
        entries.update(is_live=False, digest="", version=version)


def _without_thing(entries, source):
    """Those of `entries` whose thing is no longer there. Not by NOT IN, which PostgreSQL reads row by row when many."""
    return entries.filter(~Exists(source.model._base_manager.filter(pk=OuterRef("thing"))))


def _forget_words(words):
    gone = [
        pk
        for pk, *word in Word.objects.values_list("pk", "language", "spelling").iterator(10_000)
        if tuple(word) not in words
    ]
    for some in _batches(gone):
        Word.objects.filter(pk__in=some).delete()


# --- Content and index compared -------------------------------------------------------------------


@dataclass
class Difference:
    """One thing of which content and index say different things."""

    kind: str
    thing: int
    what: str

    def __str__(self):
        return f"{self.kind} {self.thing} {self.what}"


def differences():
    """A generator of (how many things were just compared, their Differences)."""
    for kind, source in sources().items():
        pks = source.model._base_manager.order_by("pk").values_list("pk", flat=True)
        for some in _batches(pks):
            with transaction.atomic():
                found = _compare(source, some)
            yield len(some), found
        orphans = _without_thing(Entry.objects.filter(kind=kind, is_live=True), source)
        yield (
            0,
            [
                Difference(kind, thing, "is in the index and no longer in the content")
                for thing in orphans.values_list("thing", flat=True)
            ],
        )
    others = Entry.objects.filter(is_live=True).exclude(kind__in=sources())
    yield 0, [Difference(entry.kind, entry.thing, "is of a kind that is not searched") for entry in others]
    numbers = set(Entry.objects.filter(is_live=True).values_list("pk", flat=True))
    yield (
        0,
        [
            Difference("number", number, "has words and no entry")
            for number in sorted(postings.numbers() - numbers)
        ],
    )


def _compare(source, pks):
    entries = {entry.thing: entry for entry in Entry.objects.filter(kind=source.kind, thing__in=pks)}
    found, rows, numbers = [], [], {}
    for document in source.documents(source.indexed().filter(pk__in=pks)):
        entry = entries.get(document.thing)
        if not entry or not entry.is_live:
            found.append(Difference(source.kind, document.thing, "is not in the index"))
            continue
        for name, what in FACTS_IN_WORDS.items():
            if getattr(entry, name) != getattr(document, name):
                found.append(Difference(source.kind, document.thing, f"has other {what} in the index"))
        rows.append((entry.pk, document.terms))
        numbers[entry.pk] = document.thing
    found += [
        Difference(source.kind, numbers[number], "has other words in the index")
        for number in sorted(postings.differing(rows))
    ]
    return found
