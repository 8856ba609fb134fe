"""Conferences and summits at which cities meet."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.publishing import Content, Translated


def validate_time_zone(value):
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Write it like Europe/Paris."), params={"value": value}
        )


class Event(Translated):
    """A conference or summit: where, when, organised by whom, interpreted into which languages."""

    class Kind(models.TextChoices):
        CONFERENCE = "conference", pgettext_lazy("kind of event", "Conference")
        SUMMIT = "summit", pgettext_lazy("kind of event", "Summit")

    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("text"), blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CONFERENCE)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(
        _("time zone"), max_length=40, default="Europe/Paris", validators=[validate_time_zone]
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("place"),
    )
    annual_by_intention = models.BooleanField(_("meant to be held every year"), default=False)
    interpretation_languages = models.ManyToManyField(
        "topics.Language", blank=True, related_name="+", verbose_name=_("interpretation languages")
    )
    study_visits = models.TextField(_("study visits"), blank=True)
    sources = models.ManyToManyField(
        "resources.Resource", blank=True, related_name="+", verbose_name=_("sources")
    )

    class Meta:
        ordering = ["-starts_on", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="event_days_in_order",
                violation_error_message=_("The last day cannot come before the first."),
            )
        ]

    def structured_data(self):
        """The event as a schema.org Event."""
        data = {
            "@type": "Event",
            "name": self.text("title"),
            "description": self.text("summary"),
            "startDate": self.starts_on.isoformat(),
            "endDate": self.ends_on.isoformat(),
            "organizer": [
                {"@type": "Organization", "name": str(organiser)} for organiser in self.organisers.all()
            ],
        }
        if self.city and not self.city.is_draft:
            data["location"] = self.city.structured_data()
        return data


class Organiser(Content):
    """An organisation or a city that holds an event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="organisers", verbose_name=_("event"))
    organisation = models.ForeignKey(
        "projects.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organised_events",
        verbose_name=_("organisation"),
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organised_events",
        verbose_name=_("city"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["event", "position", "pk"]
        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")
        constraints = [
            models.CheckConstraint(
                condition=Q(city__isnull=False, organisation__isnull=True)
                | Q(city__isnull=True, organisation__isnull=False),
                name="organiser_is_a_city_or_an_organisation",
                violation_error_message=_("Name a city or an organisation, not both."),
            )
        ]

    def __str__(self):
        return str(self.organisation or self.city)
