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

    slug = models.SlugField(
        _("identifier"),
        max_length=100,
        unique=True,
        help_text=_("By what tables and files know the organisation. Not shown to the public."),
    )
    name = models.CharField(
        _("name"),
        max_length=200,
        help_text=_(
            "Its official name in this language, or the original one. Shown wherever the organisation is named."
        ),
    )
    acronym = models.CharField(
        _("acronym"),
        max_length=30,
        blank=True,
        help_text=_("Not shown, but the search finds the organisation’s projects by it."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=Kind.choices,
        default=Kind.OTHER,
        help_text=_("Shown beside the name on the pages of projects and in lists of signatories."),
    )
    country = CountryField(
        _("country"),
        blank=True,
        help_text=_("Shown beside the name on the pages of projects and in lists of signatories."),
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("city"),
        help_text=_("Where it has its seat. Not shown to the public."),
    )
    founded = year_field(
        _("founded in"),
        null=True,
        blank=True,
        help_text=_("The year in which it was founded. Not shown to the public."),
    )
    website = models.URLField(
        _("website"), blank=True, help_text=_("Shown for Efus only, on the page “About the alliance”.")
    )
    description = models.TextField(
        _("description"),
        blank=True,
        help_text=_(
            "What it is and does. Shown on the pages of its projects; that of Efus on the page “About the alliance”."
        ),
    )

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
        Organisation,
        models.PROTECT,
        related_name="services",
        verbose_name=_("organisation"),
        help_text=_("Who offers the service. Not shown to the public."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Its place among the others, here and on the page: smaller numbers come first."),
    )
    title = models.CharField(
        _("title"),
        max_length=150,
        help_text=_("The heading of the service on the page “Services for cities”."),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("What is offered, in a sentence or two. Shown under the heading."),
    )
    body = models.TextField(
        _("text"),
        blank=True,
        help_text=_(
            "What is offered, in full. Shown under the summary; an empty line begins a new paragraph."
        ),
    )
    sources = models.ManyToManyField(
        "resources.Resource",
        blank=True,
        related_name="+",
        verbose_name=_("sources"),
        help_text=_("The documents that state these facts. Not shown to the public."),
    )

    has_own_page = False

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
        _("short name"),
        max_length=60,
        help_text=_(
            "The same in every language, for instance Bounce. Shown before the title, or alone where space is short."
        ),
    )
    title = models.CharField(
        _("title"),
        max_length=250,
        help_text=_(
            "What the project is about, or what its short name stands for. Shown on its page, in lists and in search results."
        ),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_(
            "What it is about, in two or three sentences. Shown on the page, in lists and by search engines."
        ),
    )
    body = models.TextField(
        _("text"),
        blank=True,
        help_text=_("The whole text of the page, under the summary. An empty line begins a new paragraph."),
    )
    start_year = year_field(
        _("first year"), help_text=_("Its first year. Shown on the page, in lists and on the timeline.")
    )
    end_year = year_field(
        _("last year"), help_text=_("Its last year. Shown on the page, in lists and on the timeline.")
    )
    efus_role = models.CharField(
        _("role of Efus"),
        max_length=10,
        choices=EfusRole.choices,
        help_text=_(
            "Whether Efus led the project. Shown on the page and in lists; readers filter the list of projects by it."
        ),
    )
    associated_cities = models.PositiveSmallIntegerField(
        _("further cities"),
        null=True,
        blank=True,
        help_text=_(
            "How many more cities the source counts without naming them. Shown under the cities on the page."
        ),
    )
    cities = models.ManyToManyField(
        "cities.City", through="Participation", related_name="projects", verbose_name=_("cities")
    )
    organisations = models.ManyToManyField(
        Organisation, through="Partner", related_name="projects", verbose_name=_("organisations")
    )
    sources = models.ManyToManyField(
        "resources.Resource",
        blank=True,
        related_name="+",
        verbose_name=_("sources"),
        help_text=_("The documents that state these facts. Those that are published are named on the page."),
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
    number = models.PositiveSmallIntegerField(
        _("number"), help_text=_("Its place among the phases: 1 comes first. The number itself is not shown.")
    )
    name = models.CharField(
        _("short name"),
        max_length=60,
        help_text=_(
            "The same in every language. The heading of the phase on the project’s page; also named on the pages of its cities."
        ),
    )
    start_year = year_field(
        _("first year"), help_text=_("Its first year. Shown beside the heading of the phase.")
    )
    end_year = year_field(
        _("last year"), help_text=_("Its last year. Shown beside the heading of the phase.")
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("What was done in this phase. Shown under its heading on the project’s page."),
    )

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
        Project,
        models.CASCADE,
        related_name="participations",
        verbose_name=_("project"),
        help_text=_("The project in which the city takes part. Shown on the pages of both."),
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        related_name="participations",
        verbose_name=_("city"),
        help_text=_("The city that takes part. Shown on the pages of both."),
    )
    role = models.CharField(
        _("role"),
        max_length=10,
        choices=Role.choices,
        default=Role.PARTNER,
        help_text=_("Who leads is named as such on the pages of the project and of the city."),
    )
    phases = models.ManyToManyField(
        Phase,
        blank=True,
        related_name="participations",
        verbose_name=_("phases"),
        help_text=_("In which phases the city took part. Shown on the city’s page."),
    )
    start_year = year_field(
        _("from, says the city’s sheet"),
        null=True,
        blank=True,
        help_text=_(
            "Only if the city’s own sheet gives it. Where it differs from the project’s year, readers see both."
        ),
    )
    end_year = year_field(
        _("until, says the city’s sheet"),
        null=True,
        blank=True,
        help_text=_(
            "Only if the city’s own sheet gives it. Where it differs from the project’s year, readers see both."
        ),
    )
    stated_by = models.CharField(
        _("stated by"),
        max_length=6,
        choices=StatedBy.choices,
        default=StatedBy.LIST,
        help_text=_(
            "Which source says that the city took part. Shown on the city’s page; on the project’s, where its list lacks the city."
        ),
    )
    name_in_source = models.CharField(
        _("spelling in the source"),
        max_length=120,
        blank=True,
        help_text=_(
            "How the source writes the name, where it differs. Shown on the project’s page as “printed as …”."
        ),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_(
            "The order in which the source names them, smaller numbers first. Readers see the cities by country and name."
        ),
    )

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
        Organisation,
        models.PROTECT,
        related_name="partnerships",
        verbose_name=_("organisation"),
        help_text=_("The organisation that takes part. Shown on the project’s page."),
    )
    role = models.CharField(
        _("role"),
        max_length=10,
        choices=Role.choices,
        default=Role.PARTNER,
        help_text=_("Who leads, or is an associate, is named as such on the project’s page."),
    )
    listing = models.CharField(
        _("where the source lists it"),
        max_length=20,
        choices=Listing.choices,
        default=Listing.ORGANISATIONS,
        help_text=_(
            "Under which heading the source names it. “Local authorities” puts it among the cities on the project’s page."
        ),
    )
    name_in_source = models.CharField(
        _("spelling in the source"),
        max_length=120,
        blank=True,
        help_text=_(
            "How the source writes the name, where it differs. Shown on the project’s page as “printed as …”."
        ),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Its place among the others, here and on the page: smaller numbers come first."),
    )

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
