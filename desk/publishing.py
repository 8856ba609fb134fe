"""From draft to archive: which steps an entry can take, who may take them, and what is published by itself in time.

Where REVIEW_REQUIRED names its kind, an entry is published by somebody else than who sent it for review, and only
they say when.
"""

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import may
from alliance.publishing import UNPUBLISHED, Published, editing
from desk.models import Step

DRAFT, REVIEW, PUBLISHED, ARCHIVED = Published.Status

# From each state, where an entry can go, and what the button says that also saves what was typed.
STEPS = {
    DRAFT: {REVIEW: _("Save and send for review"), PUBLISHED: _("Save and publish")},
    REVIEW: {PUBLISHED: _("Save and publish"), DRAFT: _("Save and send back to draft")},
    PUBLISHED: {ARCHIVED: _("Save and archive"), DRAFT: _("Save and withdraw to draft")},
    ARCHIVED: {PUBLISHED: _("Save and publish again"), DRAFT: _("Save and withdraw to draft")},
}
MEANING = {
    DRAFT: _("Only the secretariat sees it."),
    REVIEW: _("Somebody else should read it before it is published. Only the secretariat sees it."),
    PUBLISHED: _("Everybody sees it."),
    ARCHIVED: _(
        "It is in no list, but whoever has its address can read it, with a note that it is archived."
    ),
}


def meaning(entry):
    """Who sees `entry` in its present state, in words."""
    if entry.is_archived and not entry.has_own_page:
        return _("Nobody sees it any more but the secretariat.")
    return MEANING[entry.status]


def needs_review(model):
    """Whether entries of `model` are published by a second person only."""
    return "all" in settings.REVIEW_REQUIRED or model._meta.label in settings.REVIEW_REQUIRED


def check_settings():
    """Fail where REVIEW_REQUIRED names something that is never published: nobody would notice what is not reviewed."""
    for label in settings.REVIEW_REQUIRED:
        if label != "all" and not issubclass(apps.get_model(label), Published):
            raise LookupError(f"REVIEW_REQUIRED: {label} is never published.")


def may_publish(user, model):
    """Whether `user` decides on the state of entries of `model`: whoever may change them, but no translator."""
    return may(user, "publish", model)


def refusal(entry, to, *, by):
    """Why `by`, who `may_publish`, cannot move `entry` to the state `to` now, in words; "" if they can."""
    if to not in STEPS[entry.status]:
        return _("This step is not possible from the present state of the entry.")
    if to != PUBLISHED or not needs_review(type(entry)):
        return ""
    if entry.status != REVIEW:
        return _("Entries of this kind are published by a second person: send it for review first.")
    if entry.submitted_by_id == by.pk:
        return _("You sent this entry for review yourself: somebody else has to publish it.")
    return ""


def steps(entry, *, by):
    """What `by` can do with `entry`: (state, what the button says)."""
    if not may_publish(by, type(entry)):
        return []
    return [(to, label) for to, label in STEPS[entry.status].items() if not refusal(entry, to, by=by)]


def may_plan(entry, *, by):
    """Whether `by`, who `may_publish`, may say when `entry` is published by itself."""
    planned = entry.status == REVIEW if needs_review(type(entry)) else entry.status in UNPUBLISHED
    return planned and not refusal(entry, PUBLISHED, by=by)


def set_state(entry, to, *, by):
    """Does not save."""
    entry.status = to
    entry.submitted_by = by if to == REVIEW else None
    # Where a second person has to agree, they say when.
    if to not in UNPUBLISHED or needs_review(type(entry)):
        entry.publish_at = None


def comment_in(request):
    """What somebody says about what they save, for the history and for who edits the entry next."""
    return request.POST.get("_comment", "").replace("\x00", "").strip()[:1000]


def note(entry, *, by, comment=""):
    """Note that the saved `entry` has come to its present state."""
    content_type = ContentType.objects.get_for_model(entry)
    Step.objects.create(
        content_type=content_type, object_id=entry.pk, state=entry.status, by=by, comment=comment
    )


def move(entry, to, *, by, comment=""):
    """Take one step and save it, within the edit of the caller, who has asked for a `refusal`."""
    set_state(entry, to, by=by)
    entry.save(update_fields=["status", "submitted_by", "publish_at"])
    note(entry, by=by, comment=comment)


def steps_taken(entry):
    """The Steps of `entry`, the last first."""
    content_type = ContentType.objects.get_for_model(entry)
    return Step.objects.filter(content_type=content_type, object_id=entry.pk).select_related("by")


def publish_due(*, now=None):
    """Publish what is planned for a time that has come, once; how many entries."""
    models = [model for model in apps.get_models() if issubclass(model, Published)]
    return sum(_publish_due_of(model, now or timezone.now()) for model in models)


def _publish_due_of(model, now):
    states = [REVIEW] if needs_review(model) else UNPUBLISHED
    due = model.objects.filter(status__in=states, publish_at__lte=now).order_by("publish_at", "pk")
    count = 0
    for pk in list(due.values_list("pk", flat=True)):
        reason = gettext("Published as planned")
        with editing(reason=reason):
            # Another worker may have been quicker, or an editor may be at it.
            if entry := due.select_for_update(skip_locked=True).filter(pk=pk).first():
                move(entry, PUBLISHED, by=None, comment=reason)
                count += 1
    return count
