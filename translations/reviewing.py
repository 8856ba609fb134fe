"""Who may call a translation reviewed: anybody who may write it, but where a setting asks for a second person, not its author.

The setting is that of publishing, REVIEW_REQUIRED: kinds of entries that a second person publishes also have their
translations read by one.
"""

from django.utils.translation import gettext as _

from alliance.languages import Provenance, localized
from desk import history
from desk.publishing import needs_review

# So many revisions back are looked through for the author of a translation.
MOST_REVISIONS = 200


def refusal(entry, language, *, by, draft=None):
    """Why `by` cannot call the texts of `entry` in `language` reviewed, in words; "" if they can.

    Asked before they are saved. `draft` is the TranslationDraft that would be published. What a machine has written
    anybody may review.
    """
    if not needs_review(type(entry)):
        return ""
    words = _("Translations of such entries are reviewed by somebody else than who wrote them.")
    if draft:
        return words if draft.by_id == by.pk else ""
    stored = type(entry)._base_manager.filter(pk=entry.pk).first()
    state = stored and stored.provenance(language)
    if state == Provenance.MACHINE or (state and author_of(stored, language) != by.pk):
        return ""
    return words


def state_of_changed(entry, language, *, by):
    """The Provenance of texts that `by` has changed without saying what they are now."""
    state = getattr(entry, localized("provenance", language))
    is_no_longer = state == Provenance.MACHINE or (
        state == Provenance.REVIEWED and refusal(entry, language, by=by)
    )
    return Provenance.UNREVIEWED if is_no_longer else state


def author_of(entry, language):
    """The primary key of who last changed the texts of `entry` in `language`; None where nobody knows."""
    from translations.units import units  # which the desk's forms, which ask this, are imported by

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
