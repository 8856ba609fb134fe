"""Studies, reports, guides, press releases and other documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.publishing import Translated, year_field


class Resource(Translated):
    """A document. Its title in the language it was written in is its real one; the others translate it."""

    class Type(models.TextChoices):
        STUDY = "study", pgettext_lazy("type of document", "Study")
        REPORT = "report", pgettext_lazy("type of document", "Institutional report")
        GUIDE = "guide", pgettext_lazy("type of document", "Guide")
        PRESS_RELEASE = "press_release", pgettext_lazy("type of document", "Press release")
        PRESS_ARTICLE = "press_article", pgettext_lazy("type of document", "Press article")
        BROCHURE = "brochure", pgettext_lazy("type of document", "Brochure")
        LETTER = "letter", pgettext_lazy("type of document", "Letter")

    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    type = models.CharField(_("type"), max_length=15, choices=Type.choices)
    year = year_field(_("year"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    languages_available = models.ManyToManyField(
        "topics.Language", blank=True, related_name="resources", verbose_name=_("languages")
    )
    publishers = models.ManyToManyField(
        "projects.Organisation", blank=True, related_name="publications", verbose_name=_("publishers")
    )
    url = models.URLField(_("link"), blank=True)
    projects = models.ManyToManyField(
        "projects.Project", blank=True, related_name="resources", verbose_name=_("projects")
    )
    events = models.ManyToManyField(
        "events.Event", blank=True, related_name="resources", verbose_name=_("events")
    )
    declarations = models.ManyToManyField(
        "declarations.Declaration", blank=True, related_name="resources", verbose_name=_("declarations")
    )

    class Meta:
        ordering = ["slug"]
        verbose_name = _("resource")
        verbose_name_plural = _("resources")

    def structured_data(self):
        """The document as a schema.org CreativeWork."""
        kinds = {self.Type.REPORT: "Report", self.Type.STUDY: "Report", self.Type.GUIDE: "Book"}
        return {
            "@type": kinds.get(self.type, "CreativeWork"),
            "name": self.text("title", self.original_language),
            "description": self.text("summary"),
            "inLanguage": [language.slug for language in self.languages_available.all()],
            "datePublished": self.published_on.isoformat() if self.published_on else str(self.year or ""),
            "publisher": [
                {"@type": "Organization", "name": str(publisher)} for publisher in self.publishers.all()
            ],
            "sameAs": self.url,
        }
