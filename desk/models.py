"""What the secretariat's desk keeps beside the content: former addresses, unsaved work, links, visits, an audit log."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.publishing import Published


class FormerAddress(models.Model):
    """The last part of an address that an entry had once, and that leads to it still."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    entry = GenericForeignKey()
    slug = models.SlugField(max_length=100)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [
            models.UniqueConstraint(fields=["content_type", "slug"], name="former_address_leads_once")
        ]

    def __str__(self):
        return self.slug


class Step(models.Model):
    """That an entry was moved to another state of publication, by whom, and what they said about it."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    entry = GenericForeignKey()
    state = models.CharField(_("state"), max_length=12, choices=Published.Status.choices)
    # Nobody, where it was published as planned.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("step towards publication")
        verbose_name_plural = _("steps towards publication")
        indexes = [models.Index(fields=["content_type", "object_id"], name="steps_of_an_entry")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_state_display()}"


class PreviewLink(models.Model):
    """A link by which somebody without an account reads one draft until a certain day. Deleted, it opens nothing."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    entry = GenericForeignKey()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["ends_at", "pk"]
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        indexes = [models.Index(fields=["content_type", "object_id"], name="previews_of_an_entry")]

    def __str__(self):
        return f"{self.content_type_id}/{self.object_id} – {self.ends_at:%Y-%m-%d}"


class UnsavedWork(models.Model):
    """What somebody has typed into the form of an entry and not saved yet; kept until they save or discard it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="unsaved_work")
    # The address of the form: one of a new entry, too, has one.
    form = models.CharField(max_length=200)
    # The pairs (name, value) as the form would send them.
    fields = models.JSONField()
    # The version of the entry that the typing began from, to tell whether somebody saved it meanwhile.
    began_from = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    kept_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("unsaved work")
        verbose_name_plural = _("unsaved work")
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="unsaved_work_once_a_form")]

    def __str__(self):
        return self.form


class Visits(models.Model):
    """How often the page of an entry was asked for on one day. Nothing of who asked is kept."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("visits")
        verbose_name_plural = _("visits")
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "day"], name="visits_of_a_day")
        ]

    def __str__(self):
        return f"{self.content_type_id}/{self.object_id} {self.day}: {self.count}"


class Link(models.Model):
    """An address outside the portal that its content names, and what came of asking for it."""

    class State(models.TextChoices):
        UNCHECKED = "unchecked", pgettext_lazy("state of a link", "Not checked yet")
        WORKS = "works", pgettext_lazy("state of a link", "Works")
        # Failed, but not yet three times on two days.
        SUSPECT = "suspect", pgettext_lazy("state of a link", "Being watched")
        BROKEN = "broken", pgettext_lazy("state of a link", "Broken")
        # Its robots.txt asks not to be visited.
        FORBIDDEN = "forbidden", pgettext_lazy("state of a link", "Not to be checked")
        IGNORED = "ignored", pgettext_lazy("state of a link", "Ignored by hand")

    url = models.URLField(_("link"), max_length=500, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNCHECKED)
    answer = models.CharField(_("last answer"), max_length=200, blank=True)
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    check_after = models.DateTimeField(default=timezone.now, db_index=True)
    # Failures since it last worked, and the days on which they happened.
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)
    failed_on = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["url"]
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self):
        return self.url


class AuditEntry(models.Model):
    """A line of the audit log: sign-ins, changes of permissions, exports, deletions. Never changed."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", pgettext_lazy("audit log", "Signed in")
        SIGNED_OUT = "signed_out", pgettext_lazy("audit log", "Signed out")
        FAILED = "failed", pgettext_lazy("audit log", "Failed to sign in")
        LOCKED = "locked", pgettext_lazy("audit log", "Locked out")
        SECOND_FACTOR = "second_factor", pgettext_lazy("audit log", "Changed their second factor")
        PASSWORD = "password", pgettext_lazy("audit log", "Changed a password")
        SESSION = "session", pgettext_lazy("audit log", "Ended a session")
        PERMISSIONS = "permissions", pgettext_lazy("audit log", "Changed permissions")
        EXPORT = "export", pgettext_lazy("audit log", "Exported")
        IMPORT = "import", pgettext_lazy("audit log", "Imported")
        DELETION = "deletion", pgettext_lazy("audit log", "Deleted")
        RESTORATION = "restoration", pgettext_lazy("audit log", "Restored")

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    # As it was then: accounts are renamed and deleted.
    name = models.CharField(_("name"), max_length=150, blank=True)
    kind = models.CharField(_("what"), max_length=15, choices=Kind.choices)
    about = models.CharField(_("about"), max_length=300, blank=True)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("line of the audit log")
        verbose_name_plural = _("audit log")

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.name}: {self.get_kind_display()} {self.about}".strip()
