"""What a city did against violent extremism, with whom, and what came of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager, _TaggableManager
from taggit.models import ItemBase, TagBase

from alliance.languages import localized_all
from alliance.publishing import (
    READABLE,
    Content,
    Localized,
    PublishedQuerySet,
    Translated,
    year_field,
)


class Theme(Localized, Content, TagBase):
    """What a practice is about; a tag with a name in six languages."""

    name = models.CharField(
        _("name"),
        unique=True,
        max_length=100,
        help_text=_("The word that readers see, on pages and in filters."),
    )
    slug = models.SlugField(
        _("identifier"),
        unique=True,
        max_length=100,
        allow_unicode=True,
        help_text=_("Stands in the addresses of lists that readers have filtered by it."),
    )
    description = models.TextField(
        _("description"),
        blank=True,
        help_text=_("What the word covers, for those who assign it. Not shown to the public."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Its place in lists of the vocabulary: smaller numbers come first."),
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")


class TaggedPractice(ItemBase):
    """The link between a practice and a theme."""

    content_object = models.ForeignKey(
        "Practice", models.CASCADE, related_name="tagged", verbose_name=_("practice")
    )
    tag = models.ForeignKey(Theme, models.PROTECT, related_name="tagged", verbose_name=_("theme"))

    class Meta:
        verbose_name = _("theme of a practice")
        verbose_name_plural = _("themes of practices")
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "tag"],
                name="theme_once_a_practice",
                violation_error_message=_("This practice already has that theme."),
            )
        ]


class Themes(_TaggableManager):
    """The themes of one practice."""

    def set(self, themes, **kwargs):
        """Only what differs is written. django-taggit compares names, but a theme has another one in each language."""
        self.through.objects.filter(content_object=self.instance).exclude(tag__in=themes).delete()
        self.add(*themes, **kwargs)


class PracticeQuerySet(PublishedQuerySet):
    def published(self):
        """A practice appears when its city does too."""
        return super().published().filter(city__status__in=READABLE)

    def readable(self):
        return super().readable().filter(city__status__in=READABLE)

    def for_list(self):
        """Only the columns that an entry of a list shows; `practices.entries` adds the places."""
        shown = localized_all("title", "summary", "provenance", "made_from_revision")
        return self.only(
            "slug", "status", "city", "original_language", "source_revision", "misleading_before", *shown
        )


class Practice(Translated):
    """What one city did: the story, what it took, what worked, what did not, and how anybody knows."""

    found_by = ["summary", "body"]
    lesson_fields = ["what_it_took", "what_worked", "what_did_not", "evidence"]

    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        related_name="practices",
        verbose_name=_("city"),
        help_text=_(
            "Where it was done. Shown beside the title in lists and on the page under “At a glance”."
        ),
    )
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_("What the practice is called. Shown on its page, in lists and in search results."),
    )
    summary = models.TextField(
        _("summary"),
        max_length=400,
        blank=True,
        help_text=_(
            "What, for whom, how, in two or three sentences. Shown on the page, in lists and by search engines."
        ),
    )
    body = models.TextField(
        _("text"),
        blank=True,
        help_text=_("The whole text of the page, under the summary. An empty line begins a new paragraph."),
    )
    what_it_took = models.TextField(
        _("what it took"),
        blank=True,
        help_text=_(
            "People, money and time that it needed. Shown on the page under this heading; left out where empty."
        ),
    )
    what_worked = models.TextField(
        _("what worked"),
        blank=True,
        help_text=_(
            "What others could take over. Shown on the page under this heading; left out where empty."
        ),
    )
    what_did_not = models.TextField(
        _("what did not"),
        blank=True,
        help_text=_(
            "What others should do differently. Shown on the page under this heading; left out where empty."
        ),
    )
    evidence = models.TextField(
        _("how we know"),
        blank=True,
        help_text=_(
            "An evaluation, figures, or who says so. Shown on the page under this heading; left out where empty."
        ),
    )
    start_year = year_field(
        _("first year"),
        null=True,
        blank=True,
        help_text=_("The year in which it began, empty if not known. Shown on the page under “At a glance”."),
    )
    end_year = year_field(
        _("last year"),
        null=True,
        blank=True,
        help_text=_(
            "The year in which it ended, empty if it goes on. Shown on the page under “At a glance”."
        ),
    )
    themes = TaggableManager(
        through=TaggedPractice,
        blank=True,
        verbose_name=_("themes"),
        related_name="practices",
        manager=Themes,
        help_text=_("What it is about. Shown on the page; readers filter the list of practices by it."),
    )
    audiences = models.ManyToManyField(
        "topics.Audience",
        blank=True,
        related_name="practices",
        verbose_name=_("audiences"),
        help_text=_("Whom it works with. Shown on the page; readers filter the list of practices by it."),
    )
    prevention_levels = models.ManyToManyField(
        "topics.PreventionLevel",
        blank=True,
        related_name="practices",
        verbose_name=_("prevention levels"),
        help_text=_(
            "At which stage it steps in. Shown on the page; readers filter the list of practices by it."
        ),
    )
    partners = models.ManyToManyField(
        "projects.Organisation",
        blank=True,
        related_name="practices",
        verbose_name=_("partners"),
        help_text=_("Organisations that took part. Shown on the page under “At a glance”."),
    )
    sources = models.ManyToManyField(
        "resources.Resource",
        blank=True,
        related_name="+",
        verbose_name=_("sources"),
        help_text=_("The documents that state these facts. Those that are published are named on the page."),
    )

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        indexes = [models.Index(fields=["-edited_at", "-id"], name="practice_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_year__isnull=True)
                | Q(start_year__isnull=True)
                | Q(end_year__gte=F("start_year")),
                name="practice_years_in_order",
                violation_error_message=_("The last year cannot come before the first."),
            )
        ]

    def structured_data(self):
        """The practice as a schema.org Article about its city."""
        return {
            "@type": "Article",
            "headline": self.text("title"),
            "description": self.text("summary"),
            "inLanguage": self.language_of("title"),
            "datePublished": self.created_at.date().isoformat(),
            "dateModified": self.edited_at.date().isoformat(),
            "keywords": [str(theme) for theme in self.themes.all()],
            "spatialCoverage": self.city.structured_data(),
        }
