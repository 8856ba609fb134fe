"""Cities and other local authorities, and their membership of Efus."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from alliance.publishing import Content, Localized, Published, PublishedQuerySet, year_field


class CityQuerySet(PublishedQuerySet):
    def members(self):
        """Those whose membership of Efus has not ended."""
        return self.filter(memberships__until__isnull=True, memberships__isnull=False)

    def on_map(self):
        return self.filter(latitude__isnull=False)


class City(Published):
    """A local authority: a city, or a district, metropolitan area, county, region or state. Member or not."""

    class Kind(models.TextChoices):
        CITY = "city", pgettext_lazy("kind of local authority", "City")
        DISTRICT = "district", pgettext_lazy("kind of local authority", "District")
        METROPOLITAN = "metropolitan", pgettext_lazy("kind of local authority", "Metropolitan area")
        COUNTY = "county", pgettext_lazy("kind of local authority", "County")
        REGION = "region", pgettext_lazy("kind of local authority", "Region")
        STATE = "state", pgettext_lazy("kind of local authority", "State")

    title_field = "name"
    found_by = []

    name = models.CharField(
        _("name"),
        max_length=120,
        help_text=_("As people write it in this language. Shown wherever the city is named."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind.choices,
        default=Kind.CITY,
        help_text=_(
            "What sort of local authority it is. Shown on its page; readers filter the list of cities by it."
        ),
    )
    country = CountryField(
        _("country"),
        help_text=_("Shown beside the name; readers filter lists of cities and practices by it."),
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_(
            "Degrees (WGS 84), for instance 55.6050. With the longitude it places the city on the maps."
        ),
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_(
            "Degrees (WGS 84), for instance 13.0000. With the latitude it places the city on the maps."
        ),
    )
    note = models.TextField(
        _("note"), blank=True, help_text=_("For the secretariat; never shown to the public.")
    )

    objects = CityQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        indexes = [models.Index(fields=["country"], name="city_country")]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="city_coordinates_complete",
                violation_error_message=_("Give both coordinates, in degrees, or neither."),
            )
        ]

    def structured_data(self):
        """The authority as a schema.org place."""
        data = {
            "@type": {"city": "City", "state": "State"}.get(self.kind, "AdministrativeArea"),
            "name": self.text("name"),
            "address": {"@type": "PostalAddress", "addressCountry": self.country.code},
        }
        if self.latitude is not None:
            data["geo"] = {
                "@type": "GeoCoordinates",
                "latitude": float(self.latitude),
                "longitude": float(self.longitude),
            }
        return data

    @property
    def member_since(self):
        """The first year of the present membership of Efus, or None. Reads `memberships`: prefetch in lists."""
        current = [membership.since for membership in self.memberships.all() if not membership.until]
        return min(current, default=None)


class Membership(Content):
    """A city's membership of Efus: since, until."""

    part_of = "city"

    city = models.ForeignKey(City, models.CASCADE, related_name="memberships", verbose_name=_("city"))
    since = year_field(
        _("since"),
        help_text=_("The year in which the membership began. Shown on the city’s page and in lists."),
    )
    until = year_field(
        _("until"),
        null=True,
        blank=True,
        help_text=_(
            "The year in which the membership ended, empty while it lasts. Shown on the city’s page."
        ),
    )
    source = models.ForeignKey(
        "resources.Resource",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("The document that says so. Not shown to the public."),
    )

    class Meta:
        ordering = ["since", "pk"]
        verbose_name = _("membership of Efus")
        verbose_name_plural = _("memberships of Efus")
        constraints = [
            models.UniqueConstraint(
                fields=["city", "since"],
                name="membership_once_a_year",
                violation_error_message=_("This city already has a membership since that year."),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="membership_until_after_since",
                violation_error_message=_("A membership cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.since}–{self.until or ''}"


class Accompaniment(Localized, Content):
    """Support that Efus gave one city, for instance in drawing up its strategy."""

    part_of = "city"
    title_field = "subject"

    city = models.ForeignKey(City, models.CASCADE, related_name="accompaniments", verbose_name=_("city"))
    year = year_field(
        _("year"),
        help_text=_(
            "The year in which Efus gave this support. Shown on the city’s page under “At a glance”."
        ),
    )
    subject = models.CharField(
        _("subject"),
        max_length=250,
        help_text=_("What the support was about. Shown on the city’s page, after the year."),
    )
    source = models.ForeignKey(
        "resources.Resource",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("The document that says so. Not shown to the public."),
    )

    class Meta:
        ordering = ["year", "pk"]
        verbose_name = _("accompaniment by Efus")
        verbose_name_plural = _("accompaniments by Efus")
