"""European projects, who takes part in them, and the organisations around them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from alliance.languages import localized_all
from alliance.publishing import (
    READABLE,
    Content,
    ContentQuerySet,
    Localized,
    PublishedQuerySet,
    Translated,
    year_field,
    years_in_order,
)


class Organisation(Localized, Content):
    """An association, university, public body or network that works with cities."""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", pgettext_lazy("kind of organisation", "Association")
        UNIVERSITY = "university", pgettext_lazy("kind of organisation", "University")
        RESEARCH = "research", pgettext_lazy("kind of organisation", "Research institute")
        PUBLIC_AUTHORITY = "public_authority", pgettext_lazy("kind of organisation", "Public authority")
        NATIONAL_FORUM = "national_forum", pgettext_lazy("kind of organisation", "National forum")
        NETWORK = "network", pgettext_lazy("kind of organisation", "Network")
        FOUNDATION = "foundation", pgettext_lazy("kind of organisation", "Foundation")
        INTERNATIONAL = "international", pgettext_lazy("kind of organisation", "International organisation")
        OTHER = "other", pgettext_lazy("kind of organisation", "Other organisation")

    slug = models.SlugField(_("identifier"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OTHER)
    country = CountryField(_("country"), blank=True)
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("city"),
    )
    founded = year_field(_("founded in"), null=True, blank=True)
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def all_names(self):
        """Its names in all languages, and its acronym."""
        return [*(getattr(self, name) for name in localized_all("name")), self.acronym]


class Service(Translated):
    """Something that an organisation offers to cities, for instance training."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="services", verbose_name=_("organisation")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=150)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("text"), blank=True)
    sources = models.ManyToManyField(
        "resources.Resource", blank=True, related_name="+", verbose_name=_("sources")
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("service")
        verbose_name_plural = _("services")

    def get_absolute_url(self):
        return f"{reverse('services')}#{self.slug}"


class ProjectQuerySet(PublishedQuerySet):
    def running_in(self, year):
        return self.filter(start_year__lte=year, end_year__gte=year)


class Project(Translated):
    """A European project in which cities work together, led by Efus or by another."""

    class EfusRole(models.TextChoices):
        LEADER = "leader", pgettext_lazy("role of Efus in a project", "Led by Efus")
        PARTNER = "partner", pgettext_lazy("role of Efus in a project", "Efus is a partner")

    name = models.CharField(
        _("short name"), max_length=60, help_text=_("The same in every language, for instance Bounce.")
    )
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("text"), blank=True)
    start_year = year_field(_("first year"))
    end_year = year_field(_("last year"))
    efus_role = models.CharField(_("role of Efus"), max_length=10, choices=EfusRole.choices)
    associated_cities = models.PositiveSmallIntegerField(
        _("further cities"),
        null=True,
        blank=True,
        help_text=_("How many more cities the source counts without naming them."),
    )
    cities = models.ManyToManyField(
        "cities.City", through="Participation", related_name="projects", verbose_name=_("cities")
    )
    organisations = models.ManyToManyField(
        Organisation, through="Partner", related_name="projects", verbose_name=_("organisations")
    )
    sources = models.ManyToManyField(
        "resources.Resource", blank=True, related_name="+", verbose_name=_("sources")
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["start_year", "name", "pk"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [years_in_order("project_years_in_order")]

    def __str__(self):
        return self.name

    def structured_data(self):
        """The project as schema.org knows it: an organisation for a time."""
        return {
            "@type": "ResearchProject",
            "name": self.name,
            "description": self.text("summary"),
            "foundingDate": str(self.start_year),
            "dissolutionDate": str(self.end_year),
            "member": [
                {"@type": "GovernmentOrganization", "name": str(participation.city)}
                for participation in self.participations.all()
            ],
        }


class Phase(Localized, Content):
    """A stage of a project with its own years: Liaise had two."""

    part_of = "project"
    title_field = "summary"

    project = models.ForeignKey(Project, models.CASCADE, related_name="phases", verbose_name=_("project"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("short name"), max_length=60)
    start_year = year_field(_("first year"))
    end_year = year_field(_("last year"))
    summary = models.TextField(_("summary"), blank=True)

    class Meta:
        ordering = ["project", "number"]
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"],
                name="phase_number_once_a_project",
                violation_error_message=_("This project already has a phase with that number."),
            ),
            years_in_order("phase_years_in_order"),
        ]

    def __str__(self):
        return self.name


class ParticipationQuerySet(ContentQuerySet):
    def of_published_projects(self):
        return (
            self.filter(project__status__in=READABLE)
            .select_related("project")
            .order_by("project__start_year", "project__name", "pk")
        )

    def of_published_cities(self):
        return self.filter(city__status__in=READABLE).select_related("city")


class Participation(Content):
    """A city's part in a project, and which source states it: the project's list, the city's sheet, or both.

    The years are those that the city's own sheet gives; they may differ from the project's.
    """

    part_of = "project"

    class Role(models.TextChoices):
        LEAD = "lead", pgettext_lazy("role in a project", "Lead")
        PARTNER = "partner", pgettext_lazy("role in a project", "Partner")

    class StatedBy(models.TextChoices):
        BOTH = "both", _("the city’s sheet and the project’s list")
        SHEET = "sheet", _("the city’s sheet only")
        LIST = "list", _("the project’s list only")

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="participations", verbose_name=_("project")
    )
    city = models.ForeignKey(
        "cities.City", models.PROTECT, related_name="participations", verbose_name=_("city")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.PARTNER)
    phases = models.ManyToManyField(
        Phase, blank=True, related_name="participations", verbose_name=_("phases")
    )
    start_year = year_field(_("from, says the city’s sheet"), null=True, blank=True)
    end_year = year_field(_("until, says the city’s sheet"), null=True, blank=True)
    stated_by = models.CharField(
        _("stated by"), max_length=6, choices=StatedBy.choices, default=StatedBy.LIST
    )
    name_in_source = models.CharField(
        _("spelling in the source"), max_length=120, blank=True, help_text=_("Where it differs.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        ordering = ["project", "position", "pk"]
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "city"],
                name="participation_once",
                violation_error_message=_("This city already takes part in this project."),
            ),
            models.CheckConstraint(
                condition=Q(end_year__isnull=True)
                | Q(start_year__isnull=True)
                | Q(end_year__gte=F("start_year")),
                name="participation_years_in_order",
                violation_error_message=_("The last year cannot come before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.project} – {self.city}"

    @property
    def years(self):
        """First and last year: those of the city's sheet, else those of the project."""
        if self.start_year:
            return self.start_year, self.end_year or self.start_year
        return self.project.start_year, self.project.end_year

    @property
    def printed_otherwise(self):
        """Whether the source spells the city in a way that no language of the portal does."""
        names = [getattr(self.city, name) for name in localized_all("name")]
        return bool(self.name_in_source) and self.name_in_source not in names

    @property
    def years_by_project(self):
        """First and last year by the project's own account, of the phases that the city's sheet names if it does.

        Reads `project` and `phases`: prefetch both in lists.
        """
        periods = list(self.phases.all()) or [self.project]
        return min(p.start_year for p in periods), max(p.end_year for p in periods)

    @property
    def differs_from_project(self):
        """Whether the city's sheet gives other years than the project does."""
        return self.start_year is not None and self.years != self.years_by_project


class Partner(Content):
    """An organisation's part in a project."""

    part_of = "project"

    class Role(models.TextChoices):
        LEAD = "lead", pgettext_lazy("role in a project", "Lead")
        PARTNER = "partner", pgettext_lazy("role in a project", "Partner")
        ASSOCIATE = "associate", pgettext_lazy("role in a project", "Associate partner")

    class Listing(models.TextChoices):
        ORGANISATIONS = "organisations", _("among the organisations")
        NATIONAL_FORUMS = "national_forums", _("among the national forums")
        LOCAL_AUTHORITIES = "local_authorities", _("among the local authorities")
        NONE = "none", _("in the text only")

    project = models.ForeignKey(Project, models.CASCADE, related_name="partners", verbose_name=_("project"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="partnerships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.PARTNER)
    listing = models.CharField(
        _("where the source lists it"),
        max_length=20,
        choices=Listing.choices,
        default=Listing.ORGANISATIONS,
    )
    name_in_source = models.CharField(_("spelling in the source"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["project", "position", "pk"]
        verbose_name = _("partner organisation")
        verbose_name_plural = _("partner organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "organisation"],
                name="partner_once",
                violation_error_message=_("This organisation is already a partner of this project."),
            )
        ]

    def __str__(self):
        return f"{self.project} – {self.organisation}"
