"""Texts that leave for the tools of translators and come back: exported, checked one by one, imported.

The rule of an import: every text is judged by itself. What cannot be written (unknown, too long, not yours to change)
is named and left out; what should not be written without a look (the source has moved on since the export, somebody
has edited the translation since, the text binds) is shown unticked with the reason; everything else is ticked.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.roles import is_bound, may
from alliance.languages import CODES, NAMES, Provenance, localized
from alliance.parts import entry_models
from alliance.publishing import Translated, editing
from topics.models import ContentVersion
from translations import reviewing
from translations.units import save_translation, source_language, units_of
from translations.xliff import RANKS, Package, Segment, Texts, digest

BINDING = (Provenance.ORIGINAL, Provenance.OFFICIAL)

# Which texts of a selection are exported.
ALL, UNREVIEWED, OPEN = "all", "unreviewed", "open"
ONLY = {
    OPEN: gettext_lazy("What is missing or outdated"),
    UNREVIEWED: gettext_lazy("Also what nobody has reviewed"),
    ALL: gettext_lazy("All texts"),
}

# Entries that an import writes at one go, while nobody else can.
BATCH = 50

# Nothing that a keyboard types: what a text may hold only if its source does.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


# --- Which entries --------------------------------------------------------------------------------


def key_of(entry):
    """What the entry is called in files: `practices.practice.12`."""
    return f"{entry._meta.label_lower}.{entry.pk}"


def entries(keys, user):
    """The entries behind `keys` that `user` may see at the desk, in the order of the models: {key: entry}."""
    wanted = defaultdict(set)
    for key in keys:
        label, _dot, pk = key.rpartition(".")
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            wanted[label].add(int(pk))
    found = {}
    for model in entry_models():
        pks = wanted.get(model._meta.label_lower)
        if pks and may(user, "export", model):
            found |= {key_of(entry): entry for entry in model._base_manager.filter(pk__in=pks).order_by("pk")}
    return found


def _units_by_key(found):
    """The units of all entries of `found` ({key: entry}) as {key: {name: Unit}}."""
    by_model = defaultdict(list)
    for entry in found.values():
        by_model[type(entry)].append(entry)
    return {
        f"{model._meta.label_lower}.{pk}": {unit.name: unit for unit in units}
        for model, several in by_model.items()
        for pk, units in units_of(several).items()
    }


# --- Export ---------------------------------------------------------------------------------------


def export(found, targets, *, version, only):
    """The Packages, one a pair of languages, of the texts of `found` ({key: entry}) into each of `targets`."""
    units = _units_by_key(found)
    files = defaultdict(list)
    for target in targets:
        with translation.override(target):
            for key, entry in found.items():
                source = source_language(entry)
                segments = _segments(entry, units[key].values(), source, target, only)
                if segments:
                    files[source, target].append(_texts(key, entry, segments))
    return [
        Package(source, target, files[source, target], version)
        for source in CODES
        for target in CODES
        if (source, target) in files
    ]


def _texts(key, entry, segments):
    revision = entry.source_revision if isinstance(entry, Translated) else None
    kind = entry._meta.verbose_name
    return Texts(key, revision, f"{kind}: {entry}", _address(entry), segments)


def _address(entry):
    path = entry.get_absolute_url() if hasattr(entry, "get_absolute_url") else ""
    return settings.SITE_URL + path if path.startswith("/") else ""


def _segments(entry, units, source, target, only):
    if not source or source == target:
        return []
    is_outdated = isinstance(entry, Translated) and entry.is_outdated(target)
    segments = []
    for unit in units:
        state = provenance_of(entry, unit, target)
        wanted = only == ALL or not state or is_outdated
        wanted = wanted or (only == UNREVIEWED and RANKS[state] <= RANKS[Provenance.UNREVIEWED])
        if unit.text(source) and wanted:
            segments.append(
                Segment(
                    name=unit.name,
                    source=unit.text(source),
                    target=unit.text(target),
                    state=state,
                    is_outdated=is_outdated,
                    seen=digest(unit.text(target)),
                    max_length=unit.max_length,
                    label=str(unit.label),
                )
            )
    return segments


def provenance_of(entry, unit, language):
    """How the text stands in `language`: a Provenance, or empty where there is none."""
    if not unit.text(language):
        return ""
    if not isinstance(entry, Translated):
        return Provenance.UNREVIEWED
    return entry.provenance(language) or Provenance.UNREVIEWED


# --- Check ----------------------------------------------------------------------------------------


@dataclass
class Check:
    """One text of a file held against what the portal has."""

    class Kind:
        CHANGE = "change"
        # The same text, which the file says has been looked at since.
        CONFIRM = "confirm"
        SAME = "same"
        EMPTY = "empty"

    number: int
    key: str
    language: str
    source_language: str
    segment: Segment
    revision: int | None
    entry: object = None
    unit: object = None
    kind: str = Kind.CHANGE
    # Why it cannot be written.
    problem: str = ""
    # Why it should not be written without a look.
    doubts: list = field(default_factory=list)

    @property
    def present(self):
        return self.unit.text(self.language) if self.unit else ""

    @property
    def text(self):
        return _line_ends(self.segment.target)

    @property
    def present_source(self):
        return self.unit.text(self.source_language) if self.unit else ""

    @property
    def source_moved(self):
        """Whether the source is no longer what the file was made from."""
        return _line_ends(self.segment.source) != _line_ends(self.present_source)

    @property
    def is_open(self):
        """Whether there is something to decide: it can be written and would change something."""
        return not self.problem and self.kind in (self.Kind.CHANGE, self.Kind.CONFIRM)

    @property
    def is_ticked(self):
        return self.is_open and not self.doubts

    @property
    def ticket(self):
        """Its number in the file and a digest of all that the person who ticks it was shown."""
        revision = getattr(self.entry, "source_revision", "")
        shown = (
            self.key,
            self.kind,
            self.present_source,
            self.present,
            self.text,
            str(revision),
            *self.doubts,
        )
        return f"{self.number}.{digest(chr(0).join(shown))}"


def _line_ends(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check(packages, user, *, keys=None):
    """The Checks of all texts in `packages`, in their order; of those only whose entries have one of `keys`, if given."""
    if keys is None:
        keys = keys_of(packages)
    found = entries(keys, user)
    units = _units_by_key(found)
    allowed = _Allowed(user)
    checks, seen, number = [], set(), 0
    for package in packages:
        for texts in package.files:
            if texts.entry not in keys:
                number += len(texts.segments)
                continue
            for segment in texts.segments:
                number += 1
                one = Check(
                    number=number,
                    key=texts.entry,
                    language=package.target,
                    source_language=package.source,
                    segment=segment,
                    revision=texts.revision,
                    entry=found.get(texts.entry),
                    unit=units.get(texts.entry, {}).get(segment.name),
                )
                one.problem = _problem(one, allowed, seen)
                if not one.problem:
                    one.kind = _kind(one)
                    one.doubts = _doubts(one) if one.is_open else []
                checks.append(one)
    return checks


def keys_of(packages):
    """The keys of the entries that `packages` hold texts of, each once, in their order."""
    return dict.fromkeys(texts.entry for package in packages for texts in package.files)


class _Allowed:
    """What one person may change, asked once for each model and language."""

    def __init__(self, user):
        self.user = user
        self._answers = {}

    def __call__(self, model, language):
        if (model, language) not in self._answers:
            self._answers[model, language] = may(self.user, "import", model, language)
        return self._answers[model, language]


def _problem(one, allowed, seen):
    """Why the text cannot be written, in words, or an empty string."""
    if problem := _addressed_wrongly(one):
        return problem
    if not (allowed(type(one.entry), one.language) and allowed(type(one.unit.record), one.language)):
        return _("You may not change the texts of this entry in this language.")
    if is_bound(allowed.user, one.entry, one.language):
        return _("The text in this language is official: it binds. Only editors change it.")
    if (one.key, one.segment.name, one.language) in seen:
        return _("The file holds this text twice; the first one counts.")
    seen.add((one.key, one.segment.name, one.language))
    return _unfit(one)


def _addressed_wrongly(one):
    if one.language not in CODES or one.source_language not in CODES:
        return _("The portal does not have these languages: %(source)s → %(target)s.") % {
            "source": one.source_language or "?",
            "target": one.language or "?",
        }
    if one.entry is None:
        return _("This entry does not exist, or you may not see it.")
    if one.unit is None:
        return _("The entry no longer has this text.")
    source = source_language(one.entry)
    if source != one.source_language or one.language == source:
        return _("This entry is translated from %(language)s; the file says otherwise.") % {
            "language": NAMES.get(source, "?")
        }
    return ""


def _unfit(one):
    if not one.text.strip():
        return _("The file has no text here. An import does not empty what is there.") if one.present else ""
    if controls := set(_CONTROLS.findall(one.text)) - set(_CONTROLS.findall(one.segment.source)) | {
        character for character in one.text if character == "\0" or "\ud800" <= character <= "\udfff"
    }:
        names = ", ".join(sorted(f"U+{ord(character):04X}" for character in controls))
        return _("The text holds characters that cannot be shown: %(characters)s.") % {"characters": names}
    if one.unit.max_length and len(one.text) > one.unit.max_length:
        return ngettext(
            "The text has %(length)d characters; there is room for %(limit)d.",
            "The text has %(length)d characters; there is room for %(limit)d.",
            one.unit.max_length,
        ) % {"length": len(one.text), "limit": one.unit.max_length}
    return ""


def _kind(one):
    if not one.text.strip():
        return Check.Kind.EMPTY
    if one.text != one.present:
        return Check.Kind.CHANGE
    return Check.Kind.CONFIRM if _confirms(one) else Check.Kind.SAME


def _confirms(one):
    """Whether the file says of the text that is there already that somebody has looked at it since."""
    if not isinstance(one.entry, Translated) or not one.segment.state:
        return False
    present = one.entry.provenance(one.language)
    if present in BINDING or RANKS[one.segment.state] <= RANKS[Provenance.MACHINE]:
        return False
    lifts = RANKS[one.segment.state] > RANKS[present or ""]
    in_step = one.revision == one.entry.source_revision and not one.source_moved
    return lifts or (one.entry.is_outdated(one.language) and in_step)


def _doubts(one):
    doubts = []
    if one.source_moved:
        doubts.append(_("The source text has changed since the export."))
    if one.kind == Check.Kind.CONFIRM:
        return doubts
    if one.present and not one.segment.seen:
        doubts.append(_("The file does not tell which translation it was made from; there is one already."))
    elif one.segment.seen and one.segment.seen != digest(one.present):
        doubts.append(_("The translation has been edited here since the export."))
    if isinstance(one.entry, Translated) and one.entry.provenance(one.language) in BINDING:
        doubts.append(_("The text in this language is official: it binds."))
    return doubts


# --- Import ---------------------------------------------------------------------------------------


class Outcome:
    """What became of an import, text by text."""

    def __init__(self):
        self.written = []
        # Ticked, but no longer what the preview showed.
        self.changed_since = []
        self.left_out = []
        self.refused = []
        # The names of what was taken out of the texts.
        self.removed = set()


PROVENANCES = {
    Provenance.UNREVIEWED: pgettext_lazy("state of imported texts", "Unreviewed translations"),
    Provenance.REVIEWED: pgettext_lazy("state of imported texts", "Reviewed translations"),
}


def apply(packages, tickets, *, by, provenance, reason):
    """Write the texts whose `tickets` were ticked in the preview; the Outcome.

    All is checked again, while nobody else can write: what has changed since the preview is not written. In edits of a
    few entries each, so that others can write in between; should one fail, those before it are kept.
    """
    outcome = Outcome()
    tickets = set(tickets)
    numbers = {ticket.partition(".")[0] for ticket in tickets}
    keys = list(keys_of(packages))
    for start in range(0, len(keys), BATCH):
        with editing(by=by, reason=reason) as edit:
            ContentVersion.objects.lock()
            by_entry = defaultdict(list)
            for one in check(packages, by, keys=set(keys[start : start + BATCH])):
                if one.is_open and one.ticket in tickets:
                    outcome.written.append(one)
                elif str(one.number) in numbers:
                    outcome.changed_since.append(one)
                elif one.problem:
                    outcome.refused.append(one)
                elif one.is_open:
                    outcome.left_out.append(one)
                by_entry[one.key, one.language].append(one)
            written = {one.number for one in outcome.written}
            for checks in by_entry.values():
                if any(one.number in written for one in checks):
                    _write(checks, written, provenance, by=by)
            outcome.removed |= edit.removed
    return outcome


def _write(checks, written, provenance, *, by):
    """The ticked texts of one entry in one language. The translation is then what the weakest of its texts is."""
    taken = {one.segment.name: one for one in checks if one.number in written}
    entry, language = checks[0].entry, checks[0].language
    texts = {name: one.text for name, one in taken.items() if one.kind == Check.Kind.CHANGE}
    if not isinstance(entry, Translated):
        save_translation(entry, language, texts)
        return
    present = entry.provenance(language)
    behind = getattr(entry, localized("made_from_revision", language)) or 0
    states, revisions = [], []
    for unit in units_of([entry])[entry.pk]:
        one = taken.get(unit.name)
        if one:
            states.append(_state(one, present, provenance))
            revisions.append(entry.source_revision if one.revision is None else one.revision)
        elif unit.text(language):
            states.append(present or Provenance.UNREVIEWED)
            revisions.append(behind)
    state = present if present in BINDING else min(*states, Provenance.REVIEWED, key=RANKS.get)
    says_so = bool(texts) or state != present
    if state == Provenance.REVIEWED and says_so and reviewing.refusal(entry, language, by=by):
        state = Provenance.UNREVIEWED
    revision = min(*revisions, entry.source_revision)
    save_translation(entry, language, texts, provenance=state, revision=revision)


def _state(one, present, chosen):
    """The Provenance of one imported text: what was chosen for the import, more or less where the file says so."""
    if one.segment.state == Provenance.MACHINE:
        # Said of what was machine text at export already, it may be left over: the words are others now.
        fresh = one.kind == Check.Kind.CHANGE and present != Provenance.MACHINE
        return Provenance.MACHINE if fresh and chosen == Provenance.UNREVIEWED else chosen
    return max(one.segment.state, chosen, key=RANKS.get)
