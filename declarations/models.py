"""Political declarations as data: what was adopted, clause by clause, where, when, by whom, and what came of it."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from alliance.languages import LANGUAGES
from alliance.publishing import UNPUBLISHED, Content, ContentQuerySet, Localized, Translated
from alliance.storage import private, random_name


class Declaration(Translated):
    """A declaration that representatives of cities adopted.

    Its provenance speaks of the adopted text: *original* and *official* languages bind, the others only help.
    """

    class Precision(models.TextChoices):
        DAY = "day", pgettext_lazy("precision of a date", "to the day")
        MONTH = "month", pgettext_lazy("precision of a date", "to the month")

    title = models.CharField(
        _("title"),
        max_length=250,
        help_text=_("The title under which it was adopted. Shown on its page, in lists and in citations."),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_(
            "What it is about, in two or three sentences. Shown on the page, in lists and by search engines."
        ),
    )
    closing = models.TextField(
        _("closing words"),
        blank=True,
        help_text=_(
            "The place and date under the adopted text, if it has them. Shown after the last clause."
        ),
    )
    adopted_on = models.DateField(
        _("adopted on"),
        help_text=_(
            "Shown on the page, in lists and in citations. If only the month is known, enter its first day."
        ),
    )
    adopted_precision = models.CharField(
        _("how precisely that is known"),
        max_length=5,
        choices=Precision.choices,
        default=Precision.DAY,
        help_text=_("If only the month is known, readers see no day."),
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="declarations",
        verbose_name=_("place"),
        help_text=_("Where it was adopted. Shown on the page, in lists and on the city’s own page."),
    )
    event = models.ForeignKey(
        "events.Event",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="declarations",
        verbose_name=_("event"),
        help_text=_("The event at which it was adopted. The pages of both lead to each other."),
    )
    sources = models.ManyToManyField(
        "resources.Resource",
        blank=True,
        related_name="+",
        verbose_name=_("sources"),
        help_text=_("The documents that state these facts. Those that are published are named on the page."),
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

    part_of = "declaration"
    title_field = "heading"

    declaration = models.ForeignKey(
        Declaration, models.CASCADE, related_name="sections", verbose_name=_("declaration")
    )
    number = models.PositiveSmallIntegerField(
        _("number"),
        help_text=_(
            "Its place in the text: 1 comes first. Shown beside the heading and in the table of contents."
        ),
    )
    heading = models.CharField(
        _("heading"),
        max_length=150,
        help_text=_("Our own words, for the table of contents; not part of the adopted text."),
    )
    opening = models.TextField(
        _("opening words"),
        blank=True,
        help_text=_("Adopted words that introduce the clauses. Shown under the heading of the section."),
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

    part_of = "declaration"

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
    section = models.ForeignKey(
        Section,
        models.CASCADE,
        related_name="clauses",
        verbose_name=_("section"),
        help_text=_("Under which heading the clause stands on the page."),
    )
    number = models.PositiveSmallIntegerField(
        _("number"),
        help_text=_("Counts through the whole text and never changes: readers cite the clause by it."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=Kind.choices,
        help_text=_("What the clause does. Shown above its wording and in the table of contents."),
    )
    wording = models.TextField(
        _("wording"),
        help_text=_("The adopted words, letter for letter. Shown on the page, in the PDF and in citations."),
    )

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
        return f"{self.declaration}, {self.number}. {self.text('wording')[:80]}"

    @property
    def fallback_languages(self):
        return self.declaration.fallback_languages

    def clean(self):
        super().clean()
        if self.section_id and self.section.declaration_id != self.declaration_id:
            raise ValidationError({"section": _("This section belongs to another declaration.")})


class Answer(Content):
    """That a practice or a project does what a clause says: from words to deeds."""

    part_of = "clause"

    clause = models.ForeignKey(
        Clause,
        models.CASCADE,
        related_name="answers",
        verbose_name=_("clause"),
        help_text=_(
            "A clause that this puts into practice; type words of the declaration’s title and the number. The pages of both lead to each other."
        ),
    )
    practice = models.ForeignKey(
        "practices.Practice",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("practice"),
        help_text=_(
            "A practice that does what the clause says. Shown under the clause and under “From words to deeds”."
        ),
    )
    project = models.ForeignKey(
        "projects.Project",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("project"),
        help_text=_(
            "A project that does what the clause says, in a line of its own. Shown under the clause and under “From words to deeds”."
        ),
    )

    class Meta:
        ordering = ["clause", "pk"]
        verbose_name = _("answer to a clause")
        verbose_name_plural = _("answers to clauses")
        constraints = [
            models.CheckConstraint(
                condition=Q(practice__isnull=False, project__isnull=True)
                | Q(practice__isnull=True, project__isnull=False),
                name="answer_is_a_practice_or_a_project",
                violation_error_message=_("Name a practice or a project, not both."),
            ),
            models.UniqueConstraint(
                fields=["clause", "practice"],
                name="answer_once_a_practice",
                violation_error_message=_("This practice already answers this clause."),
            ),
            models.UniqueConstraint(
                fields=["clause", "project"],
                name="answer_once_a_project",
                violation_error_message=_("This project already answers this clause."),
            ),
        ]

    def __str__(self):
        return str(self.deed)

    @property
    def deed(self):
        return self.practice or self.project


class Figure(Content):
    """How many took part or signed, as one source says; sources that disagree are kept side by side."""

    part_of = "declaration"

    class What(models.TextChoices):
        CITIES = "cities", pgettext_lazy("what a figure counts", "Cities")
        COUNTRIES = "countries", pgettext_lazy("what a figure counts", "Countries")
        PARTICIPANTS = "participants", pgettext_lazy("what a figure counts", "Participants")
        SIGNATORIES = "signatories", pgettext_lazy("what a figure counts", "Signatories")

    declaration = models.ForeignKey(
        Declaration, models.CASCADE, related_name="figures", verbose_name=_("declaration")
    )
    what = models.CharField(
        _("what is counted"),
        max_length=12,
        choices=What.choices,
        help_text=_("What the source counts. Shown under the signatories."),
    )
    number = models.PositiveIntegerField(
        _("number"),
        validators=[MinValueValidator(1)],
        help_text=_(
            "As this source gives it. Where sources disagree, enter a line for each; readers see them all."
        ),
    )
    is_rounded = models.BooleanField(
        _("rounded"),
        default=False,
        help_text=_("The source says “about” or “some”, or gives a round figure. Readers see “about”."),
    )
    source = models.ForeignKey(
        "resources.Resource",
        models.PROTECT,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("The document that gives the figure. Shown beside it."),
    )

    class Meta:
        ordering = ["declaration", "what", "number", "pk"]
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "what", "source"],
                name="figure_once_a_source",
                violation_error_message=_("There is already a figure of this kind from this source."),
            )
        ]

    def __str__(self):
        return f"{self.get_what_display()}: {self.number}"


class SignatureQuerySet(ContentQuerySet):
    def standing(self):
        """Those that count: announced ones are not signatures yet, withdrawn ones no longer."""
        return self.filter(status=Signature.Status.SIGNED)

    def public(self):
        """Those that anybody may see: announced ones too, no withdrawn ones, and none of a city that is a draft."""
        return self.exclude(status=Signature.Status.WITHDRAWN).exclude(city__status__in=UNPUBLISHED)


class Signature(Content):
    """That a city or an organisation signed: by whose hand (an office, never a private contact), and when."""

    part_of = "declaration"
    stays_when_restored = True

    class Status(models.TextChoices):
        SIGNED = "signed", pgettext_lazy("status of a signature", "Signed")
        ANNOUNCED = "announced", pgettext_lazy("status of a signature", "Announced")
        WITHDRAWN = "withdrawn", pgettext_lazy("status of a signature", "Withdrawn")

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
        help_text=_(
            "The city that signed. Shown among the signatories, on their map and on the city’s page."
        ),
    )
    organisation = models.ForeignKey(
        "projects.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signatures",
        verbose_name=_("organisation"),
        help_text=_("The organisation that signed, if it was no city. Shown among the signatories."),
    )
    office = models.CharField(
        _("office"),
        max_length=150,
        blank=True,
        help_text=_(
            "Of the person who signed, for instance Mayor; never a name. Shown beside the signatory."
        ),
    )
    signed_on = models.DateField(
        _("signed on"),
        null=True,
        blank=True,
        help_text=_("The day of the signature, empty if not known. Shown beside the signatory."),
    )
    status = models.CharField(
        pgettext_lazy("of a signature", "status"),
        max_length=10,
        choices=Status.choices,
        default=Status.SIGNED,
        help_text=_("Announced ones are listed as such and not counted; withdrawn ones are shown nowhere."),
    )
    source = models.ForeignKey(
        "resources.Resource",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("The document that names the signatory. Shown in the data that readers can download."),
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["declaration", "signed_on", "pk"]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.CheckConstraint(
                condition=Q(city__isnull=False, organisation__isnull=True)
                | Q(city__isnull=True, organisation__isnull=False),
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

    @property
    def is_standing(self):
        return self.status == self.Status.SIGNED


class Application(models.Model):
    """A city or organisation asks to sign; public only as the Signature that it becomes once it is accepted."""

    class Kind(models.TextChoices):
        CITY = "city", pgettext_lazy("kind of signatory", "City or municipality")
        REGION = "region", pgettext_lazy("kind of signatory", "Region, county or state")
        ORGANISATION = "organisation", pgettext_lazy("kind of signatory", "Organisation")

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("state of an application", "Received")
        ACCEPTED = "accepted", pgettext_lazy("state of an application", "Accepted")
        DECLINED = "declined", pgettext_lazy("state of an application", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of an application", "Withdrawn")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    declaration = models.ForeignKey(
        Declaration, models.PROTECT, related_name="applications", verbose_name=_("declaration")
    )
    state = models.CharField(
        pgettext_lazy("of an application", "state"),
        max_length=10,
        choices=State.choices,
        default=State.RECEIVED,
        editable=False,
    )
    language = models.CharField(_("language of the applicant"), max_length=2, choices=LANGUAGES)
    kind = models.CharField(_("kind of signatory"), max_length=12, choices=Kind.choices, default=Kind.CITY)
    signatory = models.CharField(_("signatory"), max_length=200)
    country = CountryField(_("country"))
    office = models.CharField(_("office"), max_length=150)
    signed_on = models.DateField(_("date of the decision"), null=True, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=150)
    contact_email = models.EmailField(_("e-mail address"))
    message = models.TextField(_("message"), blank=True, max_length=5_000)
    document = models.FileField(
        _("supporting document"),
        upload_to=random_name,
        storage=private,
        blank=True,
    )
    created_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("decided by"),
    )
    reason = models.TextField(_("reason"), blank=True, editable=False)
    signature = models.OneToOneField(
        Signature,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="application",
        verbose_name=_("signature"),
    )

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name = _("application to sign")
        verbose_name_plural = _("applications to sign")

    def __str__(self):
        return self.signatory

    @property
    def is_open(self):
        """Whether it still waits for the secretariat."""
        return self.state == self.State.RECEIVED
