"""What the work of translating needs beside the texts: how they stand, drafts, the glossary, former translations."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from alliance.languages import CODES, LANGUAGES, localized


class Standing(models.Model):
    """How the texts of one entry stand in six languages: a line of the board.

    Follows from the entry and its parts, and is written in the transaction of each edit.
    """

    class State(models.TextChoices):
        ORIGINAL = "original", pgettext_lazy("state of the texts in a language", "original")
        OFFICIAL = "official", pgettext_lazy("state of the texts in a language", "official")
        REVIEWED = "reviewed", pgettext_lazy("state of the texts in a language", "reviewed")
        UNREVIEWED = "unreviewed", pgettext_lazy("state of the texts in a language", "unreviewed")
        MACHINE = "machine", pgettext_lazy("state of the texts in a language", "machine")
        MISSING = "missing", pgettext_lazy("state of the texts in a language", "missing")

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    entry = GenericForeignKey()
    # The publication state; empty for what has no page of its own.
    status = models.CharField(max_length=12, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    country = CountryField(blank=True)
    edited_at = models.DateTimeField(default=timezone.now)
    confirmed_on = models.DateField(null=True)
    visits = models.PositiveIntegerField(default=0)
    for _code in CODES:
        locals()[localized("title", _code)] = models.CharField(max_length=300, blank=True)
        locals()[localized("state", _code)] = models.CharField(
            max_length=10, choices=State.choices, default=State.MISSING
        )
        # Whether texts of parts or fields that the original has are missing here.
        locals()[localized("is_incomplete", _code)] = models.BooleanField(default=False)
        locals()[localized("is_outdated", _code)] = models.BooleanField(default=False)
        locals()[localized("is_misleading", _code)] = models.BooleanField(default=False)
    del _code
    # All titles without capitals and accents, for the board's own search.
    folded = models.TextField(blank=True)

    class Meta:
        ordering = ["-visits", "edited_at", "pk"]
        verbose_name = _("line of the board")
        verbose_name_plural = _("board")
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id"], name="one_line_an_entry")
        ]
        indexes = [models.Index(fields=["-visits", "edited_at", "id"], name="board_order")]

    def __str__(self):
        return next((title for code in CODES if (title := getattr(self, localized("title", code)))), "")


class TranslationDraft(models.Model):
    """A translation that is not finished: nobody but the desk sees it."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    entry = GenericForeignKey()
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    # Unit name (see `translations.units`) → text.
    texts = models.JSONField(default=dict)
    made_from_revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kept_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("draft of a translation")
        verbose_name_plural = _("drafts of translations")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "language"], name="one_draft_a_language"
            )
        ]

    def __str__(self):
        return f"{self.entry} ({self.language})"


class GlossaryTerm(models.Model):
    """A word of the field that is to be translated in one way only."""

    for _code in CODES:
        # Several spellings or forms are separated by a semicolon; the first is the one to use.
        locals()[localized("term", _code)] = models.CharField(
            _("term"),
            max_length=200,
            blank=True,
            help_text=_("The form to use first, others after a semicolon. Shown to translators only."),
        )
    del _code
    note = models.TextField(
        _("note"), blank=True, help_text=_("When to use it, and when not. Shown to translators only.")
    )

    class Meta:
        verbose_name = _("term of the glossary")
        verbose_name_plural = _("glossary")

    def __str__(self):
        return next((term for code in CODES if (term := getattr(self, localized("term", code)))), "")


class Passage(models.Model):
    """A passage of the source and what it was translated as: what suggestions are made from.

    Passages of the present texts and of those they replaced.
    """

    source_language = models.CharField(max_length=2, choices=LANGUAGES)
    target_language = models.CharField(max_length=2, choices=LANGUAGES)
    # The source folded (see `alliance.languages.fold`), as a digest: exact matches in one step.
    digest = models.CharField(max_length=32)
    source = models.TextField()
    target = models.TextField()
    provenance = models.CharField(max_length=10, blank=True)
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    noted_at = models.DateTimeField(default=timezone.now)
    # Since when its entry says it no longer, or is gone.
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("translated passage")
        verbose_name_plural = _("translated passages")
        indexes = [
            models.Index(fields=["source_language", "target_language", "digest"], name="passage_exact"),
            models.Index(fields=["content_type", "object_id"], name="passages_of_an_entry"),
        ]

    def __str__(self):
        return self.source[:60]


class PassageKey(models.Model):
    """Under what a passage is filed for those that are like it: see `translations.memory`."""

    key = models.BigIntegerField()
    passage = models.ForeignKey(Passage, models.CASCADE, related_name="keys")

    class Meta:
        verbose_name = _("key of a translated passage")
        verbose_name_plural = _("keys of translated passages")
        indexes = [models.Index(fields=["key", "passage"], name="passages_by_key")]

    def __str__(self):
        return str(self.key)


class MachineUse(models.Model):
    """How many characters were sent to a machine translation service in a month."""

    service = models.CharField(_("service"), max_length=30)
    month = models.DateField(_("month"))
    characters = models.PositiveBigIntegerField(_("characters"), default=0)

    class Meta:
        ordering = ["-month", "service"]
        verbose_name = _("use of machine translation")
        verbose_name_plural = _("use of machine translation")
        constraints = [models.UniqueConstraint(fields=["service", "month"], name="machine_use_once_a_month")]

    def __str__(self):
        return f"{self.service} {self.month:%Y-%m}: {self.characters}"
