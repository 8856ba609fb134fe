"""The vocabulary that several kinds of content share."""

from django.core.validators import RegexValidator
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from alliance.publishing import Content, Localized


class ContentVersionManager(models.Manager):
    def bump(self):
        """One more; returns it. Others who change content wait for the end of the transaction."""
        if not self.filter(pk=1).update(number=models.F("number") + 1):
            self.get_or_create(pk=1, defaults={"number": 1})
        return self.current()

    def lock(self):
        """The number, which nobody else changes before the end of the transaction."""
        self.get_or_create(pk=1)
        return self.select_for_update().get(pk=1).number

    def current(self):
        """A number that grows with every change of content. Asked by every page, so without the detour of a queryset."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM topics_contentversion WHERE id = 1")
            row = cursor.fetchone()
        return row[0] if row else 0


class ContentVersion(models.Model):
    """One row that grows with every change of content: what a process keeps in memory is good until then."""

    number = models.PositiveBigIntegerField(default=0)

    objects = ContentVersionManager()

    def __str__(self):
        return str(self.number)


class Term(Localized, Content):
    """A word of a controlled vocabulary: an address and a name in six languages."""

    slug = models.SlugField(
        _("identifier"),
        max_length=60,
        unique=True,
        help_text=_("Stands in the addresses of lists that readers have filtered by it."),
    )
    name = models.CharField(
        _("name"), max_length=100, help_text=_("The word that readers see, on pages and in filters.")
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Its place in lists of the vocabulary: smaller numbers come first."),
    )

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class Language(Term):
    """A language that documents exist in and events are interpreted into; not only those of the portal."""

    slug = models.CharField(
        _("language code"),
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[a-z]{2,3}(-[A-Z]{2})?$")],
        help_text=_(
            "As in BCP 47, for instance fr or pt-BR. Stands in the addresses of lists that readers have filtered by it."
        ),
    )

    class Meta(Term.Meta):
        verbose_name = _("language")
        verbose_name_plural = _("languages")


class Audience(Term):
    """Whom a practice works with."""

    class Meta(Term.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")


class PreventionLevel(Term):
    """Primary, secondary or tertiary prevention, as the Manifesto of 2017 defines them."""

    description = models.TextField(
        _("description"),
        blank=True,
        help_text=_("What the word covers, for those who assign it. Not shown to the public."),
    )

    class Meta(Term.Meta):
        verbose_name = _("prevention level")
        verbose_name_plural = _("prevention levels")
