"""Political declarations as data: what was adopted, clause by clause, where, when and by whom."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.publishing import Content, Localized, Translated


class Declaration(Translated):
    """A declaration that representatives of cities adopted.

    Its provenance speaks of the adopted text: *original* and *official* languages bind, the others only help.
    """

    class Precision(models.TextChoices):
        DAY = "day", pgettext_lazy("precision of a date", "to the day")
        MONTH = "month", pgettext_lazy("precision of a date", "to the month")

    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), blank=True)
    closing = models.TextField(
        _("closing words"), blank=True, help_text=_("The place and date under the text, if it has them.")
    )
    adopted_on = models.DateField(_("adopted on"))
    adopted_precision = models.CharField(
        _("how precisely that is known"),
        max_length=5,
        choices=Precision.choices,
        default=Precision.DAY,
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="declarations",
        verbose_name=_("place"),
    )
    event = models.ForeignKey(
        "events.Event",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="declarations",
        verbose_name=_("event"),
    )
    sources = models.ManyToManyField(
        "resources.Resource", blank=True, related_name="+", verbose_name=_("sources")
    )

    class Meta:
        ordering = ["adopted_on", "pk"]
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")

    def structured_data(self):
        """The declaration as a schema.org DigitalDocument."""
        day = self.adopted_on.isoformat()
        data = {
            "@type": "DigitalDocument",
            "name": self.text("title"),
            "description": self.text("summary"),
            "inLanguage": self.language_of("title"),
            "dateCreated": day if self.adopted_precision == self.Precision.DAY else day[:7],
        }
        if self.city and not self.city.is_draft:
            data["locationCreated"] = self.city.structured_data()
        return data


class Section(Localized, Content):
    """A part of a declaration: our heading for the table of contents, the adopted words that open it."""

    title_field = "heading"

    declaration = models.ForeignKey(
        Declaration, models.CASCADE, related_name="sections", verbose_name=_("declaration")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    heading = models.CharField(
        _("heading"),
        max_length=150,
        help_text=_("Our own words, for the table of contents; not part of the adopted text."),
    )
    opening = models.TextField(
        _("opening words"), blank=True, help_text=_("Adopted words that introduce the clauses.")
    )

    class Meta:
        ordering = ["declaration", "number"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "number"],
                name="section_number_once_a_declaration",
                violation_error_message=_("This declaration already has a section with that number."),
            )
        ]

    @property
    def fallback_languages(self):
        return self.declaration.fallback_languages

    @property
    def clause_range(self):
        """The numbers of its clauses, “5–14”. Reads `clauses`: prefetch in lists."""
        numbers = [clause.number for clause in self.clauses.all()]
        if not numbers:
            return ""
        return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"


class Clause(Localized, Content):
    """One clause of a declaration. Its number counts through the whole text and never changes."""

    class Kind(models.TextChoices):
        RECITAL = "recital", pgettext_lazy("kind of clause", "Recital")
        DECLARE = "declare", pgettext_lazy("kind of clause", "Statement")
        RECOMMEND = "recommend", pgettext_lazy("kind of clause", "Recommendation")
        CALL = "call", pgettext_lazy("kind of clause", "Call")
        COMMIT = "commit", pgettext_lazy("kind of clause", "Commitment")
        INVITE = "invite", pgettext_lazy("kind of clause", "Invitation")

    title_field = "wording"

    declaration = models.ForeignKey(
        Declaration, models.CASCADE, related_name="clauses", verbose_name=_("declaration")
    )
    section = models.ForeignKey(Section, models.CASCADE, related_name="clauses", verbose_name=_("section"))
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    wording = models.TextField(_("wording"))

    class Meta:
        ordering = ["declaration", "number"]
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "number"],
                name="clause_number_once_a_declaration",
                violation_error_message=_("This declaration already has a clause with that number."),
            )
        ]

    def __str__(self):
        return f"{self.number}. {self.text('wording')[:80]}"

    @property
    def fallback_languages(self):
        return self.declaration.fallback_languages

    def clean(self):
        super().clean()
        if self.section_id and self.section.declaration_id != self.declaration_id:
            raise ValidationError({"section": _("This section belongs to another declaration.")})


class Signature(Content):
    """That a city or an organisation signed: by whose hand (an office, never a private contact), and when."""

    declaration = models.ForeignKey(
        Declaration, models.CASCADE, related_name="signatures", verbose_name=_("declaration")
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signatures",
        verbose_name=_("city"),
    )
    organisation = models.ForeignKey(
        "projects.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signatures",
        verbose_name=_("organisation"),
    )
    office = models.CharField(
        _("office"), max_length=150, blank=True, help_text=_("Of the person who signed, for instance Mayor.")
    )
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    source = models.ForeignKey(
        "resources.Resource",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
    )

    class Meta:
        ordering = ["declaration", "signed_on", "pk"]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(city__isnull=False, organisation__isnull=True)
                | models.Q(city__isnull=True, organisation__isnull=False),
                name="signature_of_a_city_or_an_organisation",
                violation_error_message=_("Name a city or an organisation, not both."),
            ),
            models.UniqueConstraint(
                fields=["declaration", "city"],
                name="signature_once_a_city",
                violation_error_message=_("This city already signed this declaration."),
            ),
            models.UniqueConstraint(
                fields=["declaration", "organisation"],
                name="signature_once_an_organisation",
                violation_error_message=_("This organisation already signed this declaration."),
            ),
        ]

    def __str__(self):
        return str(self.signatory)

    @property
    def signatory(self):
        return self.city or self.organisation
