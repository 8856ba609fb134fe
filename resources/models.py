"""Studies, reports, guides, press releases and other documents."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.languages import localized
from alliance.publishing import Content, PublishedQuerySet, Translated, editing, year_field
from alliance.storage import random_name
from alliance.uploads import TYPES, ending_of
from resources.files import none_left_behind
from resources.images import StoredPictureField

CREATIVE_COMMONS = "https://creativecommons.org"


class ResourceQuerySet(PublishedQuerySet):
    def delete(self):
        with editing(), none_left_behind(self):
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


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

    class Licence(models.TextChoices):
        """By their identifiers in the SPDX list; what has none is said in words."""

        CC0 = "CC0-1.0", "CC0 1.0"
        CC_BY = "CC-BY-4.0", "CC BY 4.0"
        CC_BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"
        CC_BY_NC = "CC-BY-NC-4.0", "CC BY-NC 4.0"
        CC_BY_ND = "CC-BY-ND-4.0", "CC BY-ND 4.0"
        CC_BY_NC_SA = "CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0"
        CC_BY_NC_ND = "CC-BY-NC-ND-4.0", "CC BY-NC-ND 4.0"
        RESERVED = "reserved", pgettext_lazy("licence", "All rights reserved")

        @property
        def deed(self):
            """The address of its terms, or "" where there are none to read."""
            if self == self.RESERVED:
                return ""
            if self == self.CC0:
                return f"{CREATIVE_COMMONS}/publicdomain/zero/1.0/"
            terms = self.value.lower().removeprefix("cc-").removesuffix("-4.0")
            return f"{CREATIVE_COMMONS}/licenses/{terms}/4.0/"

    title = models.CharField(
        _("title"),
        max_length=300,
        help_text=_(
            "As the document calls itself; in other languages, a translation of it. Shown on its page, in lists and in search results."
        ),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_(
            "What it is about, in two or three sentences. Shown on the page, in lists and by search engines."
        ),
    )
    type = models.CharField(
        _("type"),
        max_length=15,
        choices=Type.choices,
        help_text=_("Shown on the page and in lists; readers filter the list of resources by it."),
    )
    year = year_field(
        _("year"),
        null=True,
        blank=True,
        help_text=_("The year of publication. Shown in lists, and on the page where no day is given."),
    )
    published_on = models.DateField(
        _("published on"),
        null=True,
        blank=True,
        help_text=_("The day of publication, if it is known. Shown on the page and in citations."),
    )
    reference = models.CharField(
        _("reference"),
        max_length=60,
        blank=True,
        help_text=_(
            "The number by which the publisher or others cite it. Shown on the page and in citations."
        ),
    )
    languages_available = models.ManyToManyField(
        "topics.Language",
        blank=True,
        related_name="resources",
        verbose_name=_("languages"),
        help_text=_(
            "In which languages the document exists. Shown on the page; readers filter the list of resources by it."
        ),
    )
    publishers = models.ManyToManyField(
        "projects.Organisation",
        blank=True,
        related_name="publications",
        verbose_name=_("publishers"),
        help_text=_("Who published the document. Shown on the page and in citations."),
    )
    url = models.URLField(
        _("link"),
        blank=True,
        help_text=_(
            "Where the publisher offers the document. Shown on the page; the portal checks regularly whether it works."
        ),
    )
    licence = models.CharField(
        _("licence"),
        max_length=20,
        choices=Licence.choices,
        blank=True,
        help_text=_("Empty where the document does not say. Shown on the page."),
    )
    # Both are looked up by the names of stored files, which stand in addresses.
    file = models.FileField(_("file"), upload_to=random_name, blank=True, db_index=True)
    file_size = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    file_language = models.ForeignKey(
        "topics.Language",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("language of the file"),
        help_text=_(
            "Where the document exists in several languages: the one in which this file is. Shown where readers open it."
        ),
    )
    cover = StoredPictureField(
        _("image"),
        upload_to=random_name,
        blank=True,
        db_index=True,
        width_field="cover_width",
        height_field="cover_height",
    )
    cover_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    cover_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    cover_alt = models.CharField(
        _("text alternative of the image"),
        max_length=250,
        blank=True,
        help_text=_("What somebody who does not see the image should hear: say in a sentence what it shows."),
    )
    practices = models.ManyToManyField(
        "practices.Practice",
        blank=True,
        related_name="resources",
        verbose_name=_("practices"),
        help_text=_("What the document is about. The pages of both lead to each other."),
    )
    projects = models.ManyToManyField(
        "projects.Project",
        blank=True,
        related_name="resources",
        verbose_name=_("projects"),
        help_text=_("What the document is about. The pages of both lead to each other."),
    )
    events = models.ManyToManyField(
        "events.Event",
        blank=True,
        related_name="resources",
        verbose_name=_("events"),
        help_text=_("What the document is about. The pages of both lead to each other."),
    )
    declarations = models.ManyToManyField(
        "declarations.Declaration",
        blank=True,
        related_name="resources",
        verbose_name=_("declarations"),
        help_text=_("What the document is about. The pages of both lead to each other."),
    )

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("resource")
        verbose_name_plural = _("resources")

    def save(self, *args, **kwargs):
        with editing(), none_left_behind(Resource.objects.filter(pk=self.pk)) as before:
            if self.file.name not in before["file"]:
                self.file_size = self.file.size if self.file else None
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with editing(), none_left_behind(Resource.objects.filter(pk=self.pk)):
            return super().delete(*args, **kwargs)

    def clean(self):
        super().clean()
        original = localized("cover_alt", self.original_language)
        if self.cover and not getattr(self, original):
            words = _("Say what the image shows, in the language in which the document was written at least.")
            raise ValidationError({original: words})

    @property
    def file_type(self):
        """The media type of the file. Its ending was given to it by what it is."""
        return TYPES[ending_of(self.file)]

    @property
    def file_kind(self):
        """The same for people: PDF."""
        return ending_of(self.file).upper()

    @property
    def language_of_file(self):
        """The Language of the file: the one that was given, or the only one that there is. Reads `languages_available`."""
        known = self.languages_available.all()
        return self.file_language or (known[0] if len(known) == 1 else None)

    @property
    def deed(self):
        """The address of the terms of its licence, or ""."""
        return self.Licence(self.licence).deed if self.licence else ""

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
            "author": [author.structured_data() for author in self.authors.all()],
            "license": self.deed,
            "image": self.cover.url if self.cover else "",
            "encoding": self.file_as_data() if self.file else "",
            "sameAs": self.url,
        }

    def file_as_data(self):
        """The file as a schema.org MediaObject."""
        language = self.language_of_file
        return {
            "@type": "MediaObject",
            "contentUrl": self.file.url,
            "encodingFormat": self.file_type,
            "contentSize": f"{self.file_size} B",
            **({"inLanguage": language.slug} if language else {}),
        }


class Author(Content):
    """Who wrote a document, as it names them: a person or a body."""

    part_of = "resource"

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="authors", verbose_name=_("resource"))
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Its place among the others, here and on the page: smaller numbers come first."),
    )
    family_name = models.CharField(
        _("family name, or name of the body"),
        max_length=150,
        help_text=_("As the document gives it. Shown on the page, in lists and in citations."),
    )
    given_name = models.CharField(
        _("given name"),
        max_length=100,
        blank=True,
        help_text=_(
            "As the document gives it, empty for a body. Shown on the page, in lists and in citations."
        ),
    )

    class Meta:
        ordering = ["resource", "position", "pk"]
        verbose_name = _("author")
        verbose_name_plural = _("authors")

    def __str__(self):
        return f"{self.given_name} {self.family_name}".strip()

    def structured_data(self):
        """A person has a given name, a body has none."""
        if not self.given_name:
            return {"@type": "Organization", "name": self.family_name}
        return {
            "@type": "Person",
            "name": str(self),
            "givenName": self.given_name,
            "familyName": self.family_name,
        }
