"""Conferences and summits at which cities meet, their programmes, and who has registered for them."""

import datetime
import uuid
import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.languages import LANGUAGES
from alliance.publishing import Content, ContentQuerySet, Localized, Translated


def validate_time_zone(value):
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Write it like Europe/Paris."), params={"value": value}
        )


def offset_in_words(moment):
    minutes = int(moment.utcoffset().total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


class Event(Translated):
    """A conference or summit: where, when, organised by whom, interpreted into which languages."""

    class Kind(models.TextChoices):
        CONFERENCE = "conference", pgettext_lazy("kind of event", "Conference")
        SUMMIT = "summit", pgettext_lazy("kind of event", "Summit")

    # By what calendars know the event, whatever becomes of its address and of the portal's.
    calendar_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(
        _("title"),
        max_length=250,
        help_text=_(
            "What the event is called. Shown on its page, in lists, in calendars and in search results."
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
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind.choices,
        default=Kind.CONFERENCE,
        help_text=_("Shown on the page and in lists."),
    )
    starts_on = models.DateField(_("first day"), help_text=_("Shown on the page, in lists and in calendars."))
    ends_on = models.DateField(
        _("last day"),
        help_text=_("The same as the first, if it is one day. Shown on the page, in lists and in calendars."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        default="Europe/Paris",
        validators=[validate_time_zone],
        help_text=_("By which clock all its times are meant, for instance Europe/Paris. Shown on the page."),
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("place"),
        help_text=_(
            "Where it is held. Shown on the page, in lists, in calendars and on the city’s own page."
        ),
    )
    annual_by_intention = models.BooleanField(
        _("meant to be held every year"), default=False, help_text=_("Shown on the page under “Recurrence”.")
    )
    interpretation_languages = models.ManyToManyField(
        "topics.Language",
        blank=True,
        related_name="+",
        verbose_name=_("interpretation languages"),
        help_text=_(
            "Into which languages it is interpreted. Shown on the page, and asked of those who register."
        ),
    )
    study_visits = models.TextField(
        _("study visits"),
        blank=True,
        help_text=_(
            "What can be visited, in general. Shown on the page above the single visits, which are entered below."
        ),
    )
    participants = models.ManyToManyField(
        "cities.City",
        blank=True,
        related_name="attended_events",
        verbose_name=_("participating cities"),
        help_text=_("Which cities came, or will come. Shown on the page."),
    )
    takes_registrations = models.BooleanField(
        _("registration on this portal"),
        default=False,
        help_text=_(
            "Puts a form on the event’s page by which people register, until the time given here or the first day."
        ),
    )
    registration_until = models.DateTimeField(
        _("registration until"),
        null=True,
        blank=True,
        help_text=_(
            "In Paris time. Empty: until the first day. Shown on the event’s page, in its own local time."
        ),
    )
    places = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        help_text=_(
            "Empty: no limit. Readers see how many are left; whoever comes later is put on a waiting list."
        ),
    )
    sources = models.ManyToManyField(
        "resources.Resource",
        blank=True,
        related_name="+",
        verbose_name=_("sources"),
        help_text=_("The documents that state these facts. Those that are published are named on the page."),
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

    @property
    def zone(self):
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_over(self):
        """Whether its last day has passed in the place where it is held."""
        return self.ends_on < timezone.localdate(timezone=self.zone)

    @property
    def offsets(self):
        """How far its local time is ahead of UTC, “UTC+3” or “UTC+5:30”; two where the clocks change meanwhile."""
        noons = [
            datetime.datetime.combine(day, datetime.time(12), self.zone)
            for day in (self.starts_on, self.ends_on)
        ]
        return list(dict.fromkeys(map(offset_in_words, noons)))

    @property
    def registration_ends_at(self):
        """The moment from which on nobody can register, in the event's own time."""
        if self.registration_until:
            return self.registration_until.astimezone(self.zone)
        return datetime.datetime.combine(self.starts_on, datetime.time.min, self.zone)

    @property
    def last_day_to_register(self):
        return (self.registration_ends_at - datetime.timedelta(microseconds=1)).date()

    @property
    def registration_state(self):
        """Whether one can register now: `none` (not on this portal), `over`, `closed` or `open`."""
        if self.status != self.Status.PUBLISHED or not self.takes_registrations:
            return "none"
        if self.is_over:
            return "over"
        return "open" if timezone.now() < self.registration_ends_at else "closed"

    def places_left(self):
        """How many can still have a place, None where there is no limit."""
        if self.places is None:
            return None
        return max(0, self.places - self.registrations.confirmed().count())

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

    part_of = "event"

    event = models.ForeignKey(Event, models.CASCADE, related_name="organisers", verbose_name=_("event"))
    organisation = models.ForeignKey(
        "projects.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organised_events",
        verbose_name=_("organisation"),
        help_text=_("The organisation that holds the event. Shown on the page under “Organised by”."),
    )
    city = models.ForeignKey(
        "cities.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organised_events",
        verbose_name=_("city"),
        help_text=_(
            "The city that holds the event, in a line of its own. Shown on the page under “Organised by”."
        ),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Its place among the others, here and on the page: smaller numbers come first."),
    )

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


class Session(Localized, Content):
    """A part of the programme of an event, in the event's own time zone."""

    part_of = "event"
    title_field = "title"

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions", verbose_name=_("event"))
    day = models.DateField(
        _("day"), help_text=_("One of the days of the event. Shown in the programme, which goes day by day.")
    )
    starts_at = models.TimeField(
        _("begins at"), help_text=_("Local time at the place of the event. Shown in the programme.")
    )
    ends_at = models.TimeField(
        _("ends at"),
        null=True,
        blank=True,
        help_text=_("Local time, empty if not known. Shown in the programme."),
    )
    title = models.CharField(
        _("title"),
        max_length=250,
        help_text=_("What the session is called. Shown in the programme and in calendars."),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("What it is about and who speaks. Shown in the programme under the title."),
    )
    room = models.CharField(
        _("room"),
        max_length=100,
        blank=True,
        help_text=_("Where in the house it takes place. Shown in the programme."),
    )

    class Meta:
        ordering = ["event", "day", "starts_at", "pk"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="session_times_in_order",
                violation_error_message=_("A session cannot end before it begins."),
            )
        ]

    @property
    def fallback_languages(self):
        return self.event.fallback_languages

    def clean(self):
        super().clean()
        days = self.event_id and self.event.starts_on and self.event.ends_on
        if self.day and days and not self.event.starts_on <= self.day <= self.event.ends_on:
            raise ValidationError({"day": _("This day is not one of the event.")})

    @property
    def starts(self):
        return datetime.datetime.combine(self.day, self.starts_at, self.event.zone)

    @property
    def ends(self):
        """When it ends, None where the programme does not say."""
        return self.ends_at and datetime.datetime.combine(self.day, self.ends_at, self.event.zone)


class StudyVisitQuerySet(ContentQuerySet):
    def with_taken(self):
        """Each with the number of places that are `taken`."""
        taken = Q(registrations__visit_state=Registration.VisitState.CONFIRMED)
        return self.annotate(taken=models.Count("registrations", filter=taken))


class StudyVisit(Localized, Content):
    """A visit that participants of an event may choose, with so many places."""

    part_of = "event"
    title_field = "title"

    event = models.ForeignKey(Event, models.CASCADE, related_name="visits", verbose_name=_("event"))
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Its place among the others, here and on the page: smaller numbers come first."),
    )
    title = models.CharField(
        _("title"),
        max_length=250,
        help_text=_("What is visited. Shown on the event’s page and offered to those who register."),
    )
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("What there is to see. Shown under the title of the visit.")
    )
    day = models.DateField(
        _("day"),
        null=True,
        blank=True,
        help_text=_("The day of the visit, empty if not known. Shown among the study visits."),
    )
    starts_at = models.TimeField(
        _("begins at"),
        null=True,
        blank=True,
        help_text=_("Local time, empty if not known. Shown among the study visits."),
    )
    ends_at = models.TimeField(
        _("ends at"),
        null=True,
        blank=True,
        help_text=_("Local time, empty if not known. Shown among the study visits."),
    )
    places = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        help_text=_("Empty: no limit. Readers see how many are left while they can register."),
    )

    objects = StudyVisitQuerySet.as_manager()

    class Meta:
        ordering = ["event", "position", "pk"]
        verbose_name = _("study visit")
        verbose_name_plural = _("study visits")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="visit_times_in_order",
                violation_error_message=_("A visit cannot end before it begins."),
            )
        ]

    @property
    def fallback_languages(self):
        return self.event.fallback_languages

    @property
    def places_left(self):
        """How many places are free, None where there is no limit. Needs `with_taken`."""
        return None if self.places is None else max(0, self.places - self.taken)


class RegistrationQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(state=Registration.State.CONFIRMED)

    def waiting(self):
        return self.filter(state=Registration.State.WAITING)

    def standing(self):
        return self.exclude(state=Registration.State.CANCELLED)


class Registration(models.Model):
    """Somebody's wish to come to an event, and to a study visit: with a place, on the waiting list, or no longer."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("state of a registration", "Confirmed")
        WAITING = "waiting", pgettext_lazy("state of a registration", "On the waiting list")
        CANCELLED = "cancelled", pgettext_lazy("state of a registration", "Cancelled")

    class VisitState(models.TextChoices):
        NONE = "", pgettext_lazy("state of a study visit", "None")
        CONFIRMED = "confirmed", pgettext_lazy("state of a study visit", "Confirmed")
        WAITING = "waiting", pgettext_lazy("state of a study visit", "On the waiting list")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations", verbose_name=_("event"))
    state = models.CharField(
        pgettext_lazy("of a registration", "state"), max_length=10, choices=State.choices, editable=False
    )
    language = models.CharField(_("language of the participant"), max_length=2, choices=LANGUAGES)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"))
    office = models.CharField(_("office"), max_length=150, blank=True)
    body = models.CharField(_("city or organisation"), max_length=200)
    interpretation = models.ManyToManyField(
        "topics.Language", blank=True, related_name="+", verbose_name=_("languages needed")
    )
    needs = models.TextField(_("accessibility needs"), blank=True, max_length=2_000)
    visit = models.ForeignKey(
        StudyVisit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("study visit"),
    )
    visit_state = models.CharField(
        _("state of the study visit"),
        max_length=10,
        choices=VisitState.choices,
        blank=True,
        default=VisitState.NONE,
        editable=False,
    )
    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        # The order of the waiting list.
        ordering = ["created_at", "pk"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(
                "event",
                models.functions.Lower("email"),
                condition=~Q(state="cancelled"),
                name="registration_once_an_address",
                violation_error_message=_("This address is already registered for this event."),
            ),
            models.CheckConstraint(
                condition=Q(visit__isnull=True, visit_state="") | Q(visit__isnull=False),
                name="registration_visit_state_of_a_visit",
            ),
        ]

    def __str__(self):
        # Without the name: what the history of the desk notes outlives the registration.
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_confirmed(self):
        return self.state == self.State.CONFIRMED

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    @property
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def place_in_line(self):
        """Its place in the waiting list of the event, from 1."""
        before = Q(created_at__lt=self.created_at) | Q(created_at=self.created_at, pk__lt=self.pk)
        return self.event.registrations.waiting().filter(before).count() + 1
