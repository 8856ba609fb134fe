"""What every published thing shares: an address, a state, an order, and texts whose origin is known."""

import datetime
from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.base import ModelState
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.languages import (
    CODES,
    LANGUAGES,
    Provenance,
    active_language,
    fold,
    localized,
    localized_all,
    sort_key,
)
from desk import cleaning


def year_field(label, **options):
    """A calendar year."""
    validators = [MinValueValidator(1900), MaxValueValidator(2100)]
    return models.PositiveSmallIntegerField(label, validators=validators, **options)


def years_in_order(name):
    """The constraint that `end_year` does not come before `start_year`."""
    return models.CheckConstraint(
        condition=Q(end_year__gte=F("start_year")),
        name=name,
        violation_error_message=_("The last year cannot come before the first."),
    )


@cache
def list_address(app, language):
    """Where the list of an app is, and below it the page of each thing; a list links to many of them."""
    with translation.override(language):
        return reverse(f"{app}:list")


_edit = ContextVar("edit", default=None)


class Edit:
    """What has changed within one edit, who changed it and why; it tells the apps that follow the content.

    An app follows by a method `changes(edit)` of its AppConfig. What that returns is told of records before and after
    they change (`note(model, pks, deleting=…)`) and of the end of the edit, within its transaction (`finish(version)`).
    """

    def __init__(self, *, by=None, reason=""):
        self.by = by if by is not None and by.is_authenticated else None
        self.reason = reason
        # The names of what was taken out of texts, for those who typed or sent them.
        self.removed = set()
        # By model, the primary keys of what this edit has made: one by one, and many at once.
        self.added, self.added_in_bulk = defaultdict(set), defaultdict(set)
        self._happened = False
        configs = [config for config in apps.get_app_configs() if hasattr(config, "changes")]
        self._followers = [config.changes(self) for config in configs]

    def __bool__(self):
        return self._happened

    def clean(self, record):
        """Take out of the texts of `record`, which is about to be saved, what could act on whoever reads them."""
        self.removed |= cleaning.clean(record)

    def note(self, model, pks, *, deleting=False):
        """That records of `model` are about to change, or have changed."""
        model = model._meta.concrete_model
        pks = {pk for pk in pks if pk is not None}
        if pks:
            self._happened = True
            for follower in self._followers:
                follower.note(model, pks, deleting=deleting)

    def finish(self, version):
        """`version` is that of the content after the edit."""
        for follower in self._followers:
            follower.finish(version)


class Followers:
    """Several followers of one edit, as one: for an app in which several things follow."""

    def __init__(self, *followers):
        self._followers = followers

    def note(self, model, pks, *, deleting):
        for follower in self._followers:
            follower.note(model, pks, deleting=deleting)

    def finish(self, version):
        for follower in self._followers:
            follower.finish(version)


@contextmanager
def editing(*, by=None, reason=""):
    """One edit of the content, of one record or of many: a transaction at whose end search and history know of it.

    Every save is one. Whoever saves a record and then what belongs to it (its themes, its parts) does both within one,
    so that it is one revision and the index hears of the whole. Edits within an edit are a part of it. `by` (a user)
    and `reason` (words) go to the history. What processes keep about the content in memory is out of date from the end
    of the transaction, so that nobody sees one without the other.
    """
    changes = _edit.get()
    if changes is not None:
        yield changes
        return
    with transaction.atomic():
        changes = Edit(by=by, reason=reason)
        token = _edit.set(changes)
        try:
            yield changes
            if changes:
                # The version first, for it makes other edits wait: what search now reads is what will be there.
                changes.finish(content_changed())
        finally:
            _edit.reset(token)


def content_changed():
    """Tell every process that what it keeps about the content in memory is out of date; the new version.

    For those who write past the models: it leaves the search index as it is.
    """
    return apps.get_model("topics", "ContentVersion").objects.bump()


class ContentQuerySet(models.QuerySet):
    """Writes many records at once without forgetting to say so."""

    def update(self, **kwargs):
        with editing() as changes:
            changes.note(self.model, self.order_by().values_list("pk", flat=True))
            return super().update(**kwargs)

    update.alters_data = True

    def delete(self):
        with editing() as changes:
            changes.note(self.model, self.order_by().values_list("pk", flat=True), deleting=True)
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, *args, **kwargs):
        with editing() as changes:
            records = super().bulk_create(*args, **kwargs)
            pks = {record.pk for record in records}
            changes.added[self.model] |= pks
            changes.added_in_bulk[self.model] |= pks
            changes.note(self.model, pks)
            return records


class Content(models.Model):
    """Anything that the public pages are made of."""

    # The name of the relation to the record that this one is a part of, with which it is revised and translated:
    # a clause is a part of its declaration. Empty for what stands by itself.
    part_of = ""
    # Whether a part was attached by others and therefore stays as it is when an earlier revision of what it belongs to
    # is restored.
    stays_when_restored = False

    objects = ContentQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db, field_names, values):
        """Where a page asks for a few of two hundred columns, Django's way through `__init__` takes ten times as long."""
        if len(values) == len(cls._meta.concrete_fields):
            return super().from_db(db, field_names, values)
        record = cls.__new__(cls)
        record.__dict__.update(zip(field_names, values, strict=True))
        record._state = ModelState()
        record._state.adding, record._state.db = False, db
        return record

    def save(self, *args, **kwargs):
        with editing() as changes:
            # Before, too: what it belonged to until now has changed as well.
            if not self._state.adding:
                changes.note(type(self), [self.pk])
            changes.clean(self)
            is_new = self._state.adding
            super().save(*args, **kwargs)
            if is_new:
                changes.added[type(self)].add(self.pk)
            changes.note(type(self), [self.pk])

    def delete(self, *args, **kwargs):
        with editing() as changes:
            changes.note(type(self), [self.pk], deleting=True)
            return super().delete(*args, **kwargs)


# By state: what only the desk sees, and what anybody can read, at its address at least.
UNPUBLISHED, READABLE = ["draft", "review"], ["published", "archived"]


class PublishedQuerySet(ContentQuerySet):
    """The queryset behind every list and every page: what may be seen, and in which order."""

    def published(self):
        return self.filter(status=self.model.Status.PUBLISHED)

    def readable(self):
        return self.filter(status__in=READABLE)

    def visible_to(self, user):
        """The rule of lists: everybody sees what is published, those who may edit it also drafts; nobody, the archive."""
        if can_see_drafts(user, self.model):
            return self.exclude(status=self.model.Status.ARCHIVED)
        return self.published()

    def readable_by(self, user):
        """The rule of pages, and of what is named as a place or a source: the archive is there for everybody, too."""
        if can_see_drafts(user, self.model):
            return self
        return self.readable()

    def alphabetical(self, language=None):
        """In the alphabetical order of `language`, total."""
        return self.order_by(localized("sort_key", language), "pk")


def can_see_drafts(user, model):
    """Whether `user` works on this type of content, in the secretariat or as a translator."""
    if not user.is_authenticated or not user.is_staff:
        return False
    app, name = model._meta.app_label, model._meta.model_name
    return user.has_perm(f"{app}.view_{name}") or user.has_perm(f"{app}.change_{name}")


class Localized:
    """Texts in up to six languages on one record, read with a fallback that admits to being one."""

    # The translated field that names the thing in lists, links and headings.
    title_field = "name"

    def __str__(self):
        return self.text(self.title_field)

    @property
    def fallback_languages(self):
        """The languages to try where the reader's has no text, best first."""
        return CODES

    def language_of(self, name, language=None):
        """The language in which a reader of `language` gets the text `name`: theirs, else one that has it.

        Returns a language code, or `""` where the text exists in no language.
        """
        wanted = language or active_language()
        for code in (wanted, *self.fallback_languages):
            if getattr(self, localized(name, code)):
                return code
        return ""

    def text(self, name, language=None):
        """The text `name` for a reader of `language` (default: the active one), or `""`."""
        code = self.language_of(name, language)
        return getattr(self, localized(name, code)) if code else ""


class Published(Localized, Content):
    """Something with a page of its own in six languages: drafted, then published."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("publication state", "Draft")
        REVIEW = "review", pgettext_lazy("publication state", "In review")
        PUBLISHED = "published", pgettext_lazy("publication state", "Published")
        # No longer current: not in lists, but whoever has the address still finds it.
        ARCHIVED = "archived", pgettext_lazy("publication state", "Archived")

    title_field = "title"

    slug = models.SlugField(
        _("address"),
        max_length=100,
        unique=True,
        help_text=_("The last part of the page's address, the same in every language."),
    )
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    confirmed_on = models.DateField(
        _("confirmed still valid"),
        null=True,
        blank=True,
        help_text=_(
            "The day on which somebody last made sure that this still holds. Shown under “About this text”, where a page has that section."
        ),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("looked after by"),
        help_text=_(
            "Who of the secretariat keeps this entry current; the board can be filtered by it. Never public."
        ),
    )
    publish_at = models.DateTimeField(
        _("publish at"),
        null=True,
        blank=True,
        help_text=_(
            "A draft with a time is published then, by itself (in Paris time). The time is not shown to the public."
        ),
    )
    # Who asked for the review, and therefore cannot be who gives it.
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    succeeded_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("succeeded by"),
        help_text=_("Where the page of an archived entry leads its readers."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("edited"), auto_now=True)
    for _code in CODES:
        locals()[localized("sort_key", _code)] = models.CharField(
            max_length=130, editable=False, default="", db_index=True
        )
    del _code
    # The words in all languages, folded, for the search field of the list.
    folded = models.TextField(editable=False, default="")

    # The translated fields whose words the list finds, beside the title.
    found_by = ["summary"]
    # Whether the thing has a page to itself; else it is shown on a page with others of its kind.
    has_own_page = True
    # The desk.models.PreviewLink by which somebody without an account reads this draft.
    preview = None

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.pk and self.succeeded_by_id == self.pk:
            raise ValidationError({"succeeded_by": _("An entry cannot be succeeded by itself.")})

    def derive(self):
        """Fill what is stored and follows from the texts: sort keys, folded words. `bulk_create` does not call it."""
        for code in CODES:
            key = sort_key(self.text(self.title_field, code), code)
            setattr(self, localized("sort_key", code), key)
        names = localized_all(self.title_field, *self.found_by)
        self.folded = fold(" ".join(getattr(self, name) or "" for name in names))

    def save(self, *args, **kwargs):
        with editing() as changes:
            changes.clean(self)
            self.derive()
            if kwargs.get("update_fields") is not None:
                derived = {*localized_all("sort_key"), "folded", "edited_at"}
                kwargs["update_fields"] = {*kwargs["update_fields"], *derived}
            super().save(*args, **kwargs)

    def get_absolute_url(self):
        return f"{list_address(self._meta.app_label, active_language())}{self.slug}/"

    @property
    def is_draft(self):
        """Whether the public does not see it yet."""
        return self.status in UNPUBLISHED

    @property
    def is_archived(self):
        return self.status == self.Status.ARCHIVED

    def is_visible_to(self, user):
        """`readable_by` for one thing at hand, such as the place of an event."""
        return self.status in READABLE or can_see_drafts(user, type(self))

    def languages(self):
        """The language codes in which the thing truly exists: those with a title of its own."""
        return [code for code in CODES if getattr(self, localized(self.title_field, code))]


class Translated(Published):
    """A published thing whose texts were written in one language and translated into the others.

    A translation remembers the revision of the source text that it was made from. Whoever changes the source says how
    far that alters the meaning: if it does, `source_revision` goes up and older translations are *outdated*, which the
    desk sees; if they now say what no longer holds, they are *misleading*, and readers are warned.
    """

    class Meaning(models.TextChoices):
        """How far a change of the source text alters its meaning."""

        WORDING = "wording", _("Wording only: the translations remain in step.")
        CONTENT = "content", _("The content changed: the translations become outdated.")
        MISLEADING = (
            "misleading",
            _(
                "The old translations mislead: they become outdated, and readers are warned until they are renewed."
            ),
        )

    original_language = models.CharField(
        _("written in"),
        max_length=2,
        choices=LANGUAGES,
        default="fr",
        help_text=_(
            "The language of the source text. The others are translations of it, and readers are told so."
        ),
    )
    source_revision = models.PositiveIntegerField(_("revision of the source text"), default=1, editable=False)
    # Translations made from an earlier revision say something that no longer holds: readers are warned.
    misleading_before = models.PositiveIntegerField(default=0, editable=False)
    for _code in CODES:
        locals()[localized("provenance", _code)] = models.CharField(
            _("provenance"),
            max_length=10,
            choices=Provenance.choices,
            blank=True,
            default="",
            help_text=_("Where the text in this language comes from. Readers are told so beside it."),
        )
        locals()[localized("made_from_revision", _code)] = models.PositiveIntegerField(
            null=True, blank=True, editable=False
        )
        locals()[localized("in_step_on", _code)] = models.DateField(null=True, blank=True, editable=False)
    del _code

    class Meta:
        abstract = True

    @property
    def fallback_languages(self):
        return (self.original_language, *CODES)

    def clean(self):
        super().clean()
        if not getattr(self, localized(self.title_field, self.original_language)):
            raise ValidationError(
                {
                    localized(self.title_field, self.original_language): _(
                        "The title in the language in which the text was written is required."
                    )
                }
            )

    def provenance(self, language=None):
        """The Provenance of the texts in `language`, or None where they are missing there."""
        language = language or active_language()
        if not getattr(self, localized(self.title_field, language)):
            return None
        if language == self.original_language:
            return Provenance.ORIGINAL
        # A translation that nobody has vouched for is an unreviewed one.
        return Provenance(getattr(self, localized("provenance", language)) or "unreviewed")

    def is_outdated(self, language=None):
        """Whether the source changed its meaning since the text in `language` was made from it."""
        language = language or active_language()
        if self.provenance(language) in (None, Provenance.ORIGINAL):
            return False
        return (getattr(self, localized("made_from_revision", language)) or 0) < self.source_revision

    def is_misleading(self, language=None):
        """Whether the text in `language` says something that the source has taken back since."""
        language = language or active_language()
        if not self.is_outdated(language):
            return False
        return (getattr(self, localized("made_from_revision", language)) or 0) < self.misleading_before

    @property
    def in_step_on_here(self):
        """Since when the text in the reader's language has been in step with its source, where that is known."""
        if self.provenance() in (None, Provenance.ORIGINAL) or self.is_outdated():
            return None
        return getattr(self, localized("in_step_on"))

    def record_translation(self, language, provenance, *, on=None):
        """Note that the texts in `language` now say what the present source says. Does not save."""
        setattr(self, localized("provenance", language), provenance)
        setattr(self, localized("made_from_revision", language), self.source_revision)
        setattr(self, localized("in_step_on", language), on or datetime.date.today())

    @cached_property
    def authoritative_languages(self):
        """The languages whose text binds: the original and the official translations."""
        binding = (Provenance.ORIGINAL, Provenance.OFFICIAL)
        return [code for code in CODES if self.provenance(code) in binding]
