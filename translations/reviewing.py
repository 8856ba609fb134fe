"""Who may call a translation reviewed: anybody who may write it, but where a setting asks for a second person, not its author.

The setting is that of publishing, REVIEW_REQUIRED: kinds of entries that a second person publishes also have their
translations read by one.
"""

from django.utils.translation import gettext as _

from alliance.languages import Provenance, localized
from desk import history
from desk.publishing import needs_review
from translations.units import units

# So many revisions back are looked through for the author of a translation.
MOST_REVISIONS = 200


def refusal(entry, language, *, by, draft=None):
    """Why `by` cannot call the texts of `entry` in `language` reviewed, in words; "" if they can.

    `draft` is the TranslationDraft that they would publish. What a machine has written anybody may review.
    """
    if not needs_review(type(entry)) or (draft is None and entry.provenance(language) == Provenance.MACHINE):
        return ""
    author = draft.by_id if draft else author_of(entry, language)
    is_there = draft is not None or entry.provenance(language) is not None
    if is_there and author != by.pk:
        return ""
    return _("Translations of such entries are reviewed by somebody else than who wrote them.")


def author_of(entry, language):
    """The primary key of who last changed the texts of `entry` in `language`; None where nobody knows."""
    every, later, user = units(entry), None, None
    revisions = history.revisions(type(entry), entry.pk)[:MOST_REVISIONS]
    for revision in revisions.iterator(chunk_size=20):
        texts = texts_in(history.snapshot(revision), every, language)
        if later is not None and texts != later:
            return user
        later, user = texts, revision.user_id
    return user


def texts_in(snapshot, some_units, language):
    """What the `some_units` said in `language` at the time of `snapshot`, {name: text}."""
    return {
        unit.name: snapshot.get((type(unit.record), unit.record.pk), {}).get(localized(unit.field, language))
        or ""
        for unit in some_units
    }
