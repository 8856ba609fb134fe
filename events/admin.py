"""The desk for events, who holds them and their programmes, and for those who have registered."""

import csv

from django import forms
from django.contrib import admin, messages
from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from alliance.admin import (
    TRANSLATED_FILTERS,
    CountryFilter,
    FactsInline,
    TextsInline,
    TranslatedAdmin,
    TranslatedForm,
)
from alliance.languages import NAMES
from desk import audit
from events import registering
from events.models import Event, Organiser, Registration, Session, StudyVisit
from search.feeds import cell
from topics.models import Language


class EventForm(TranslatedForm):
    class Meta:
        widgets = {"interpretation_languages": forms.CheckboxSelectMultiple}


class OrganiserInline(FactsInline):
    model = Organiser
    fields = ["organisation", "city", "position"]
    autocomplete_fields = ["organisation", "city"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organisation", "city")


class SessionInline(TextsInline):
    model = Session
    facts = [("day", "starts_at", "ends_at")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("event")


class StudyVisitInline(TextsInline):
    model = StudyVisit
    facts = [("day", "starts_at", "ends_at"), ("places", "position")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("event")


@admin.register(Event)
class EventAdmin(TranslatedAdmin):
    form = EventForm
    facts = [
        "kind",
        ("starts_on", "ends_on"),
        "time_zone",
        "city",
        "annual_by_intention",
        "interpretation_languages",
        "participants",
        ("takes_registrations", "places"),
        "registration_until",
        "registered",
    ]
    sources = ["sources"]
    parts = ["sessions", "visits"]
    inlines = [OrganiserInline, SessionInline, StudyVisitInline]
    autocomplete_fields = ["city", "participants", "sources"]
    readonly_fields = ["registered"]
    prepopulated_fields = {"slug": ["title_en"]}
    date_hierarchy = "starts_on"
    list_display = ["__str__", "kind", "starts_on", "city", "status", "languages", "confirmed_on"]
    list_filter = ["kind", CountryFilter, *TRANSLATED_FILTERS]
    list_select_related = ["city"]
    country_path = "city__country"

    @admin.display(description=_("registrations"))
    def registered(self, event):
        """How many in which state, and how many with a place need interpretation into which language."""
        if not event.pk:
            return "–"
        states = event.registrations.order_by("state").values_list("state").annotate(number=Count("pk"))
        counted = [(Registration.State(state).label, number) for state, number in states]
        into = pgettext("column of a table", "Interpretation")
        needed = [(f"{into}, {language}", number) for language, number in needed_languages(event)]
        if not counted:
            return _("Nobody has registered yet.")
        return format_html(
            '<ul>{}</ul><a href="{}?event={}">{}</a>',
            format_html_join("", "<li>{} – {}</li>", [*counted, *needed]),
            reverse("admin:events_registration_changelist"),
            event.pk,
            _("Show the registrations"),
        )

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        # There may be more places now, at the event or on a visit.
        registering.give_places(form.instance)


def needed_languages(event):
    """(language, number of those with a place who need interpretation into it), the most needed first."""
    needs = Registration.interpretation.through.objects.filter(
        registration__event=event, registration__state=Registration.State.CONFIRMED
    )
    numbers = dict(needs.order_by().values_list("language").annotate(number=Count("pk")))
    languages = Language.objects.in_bulk(numbers)
    return sorted(((languages[pk], number) for pk, number in numbers.items()), key=lambda each: -each[1])


# --- Registrations --------------------------------------------------------------------------------


class RegistrationEventFilter(admin.SimpleListFilter):
    """By an event for which somebody has registered."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request, model_admin):
        events = Event.objects.filter(pk__in=Registration.objects.values("event"))
        return [(str(event.pk), f"{event} ({event.starts_on.year})") for event in events]

    def queryset(self, request, queryset):
        known = dict(self.lookup_choices)
        return queryset.filter(event=self.value()) if self.value() in known else queryset


@admin.register(Registration)
class RegistrationAdmin(admin.ModelAdmin):
    """Who comes. Read, exported, cancelled, and deleted after the event; changed by nobody but the participants."""

    list_display = ["name", "body", "occasion", "state", "visiting", "created_at"]
    list_filter = [RegistrationEventFilter, "state", "visit_state", "language"]
    list_select_related = ["event", "visit__event"]
    search_fields = ["name", "email", "body"]
    list_per_page = 100
    actions = ["export", "cancel"]
    fields = [
        "event",
        "state",
        "name",
        "email",
        "office",
        "body",
        "language",
        "interpretation",
        "needs",
        "visit",
        "visit_state",
        "created_at",
        "cancelled_at",
    ]
    readonly_fields = fields

    def get_list_display(self, request):
        """Without the event where the list is that of one event."""
        is_of_one = RegistrationEventFilter.parameter_name in request.GET
        return [name for name in self.list_display if not (is_of_one and name == "occasion")]

    @admin.display(description=_("event"), ordering="event__starts_on")
    def occasion(self, registration):
        return Truncator(registration.event).chars(40)

    @admin.display(description=_("study visit"), ordering="visit__position")
    def visiting(self, registration):
        visit = registration.visit
        return f"{visit} · {registration.get_visit_state_display()}" if visit else ""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_cancel_permission(self, request):
        return request.user.has_perm("events.change_registration")

    @admin.action(description=_("Export the selected registrations as a table (CSV)"), permissions=["view"])
    def export(self, request, queryset):
        registrations = queryset.select_related("event", "visit__event").prefetch_related("interpretation")
        about = f"CSV events.registration ({len(registrations)})"
        audit.note(audit.Kind.EXPORT, by=request.user, about=about, request=request)
        return as_table(registrations)

    @admin.action(
        description=_("Cancel the selected registrations; the participants are told"), permissions=["cancel"]
    )
    def cancel(self, request, queryset):
        standing = [each for each in queryset.standing().select_related("event") if not each.event.is_over]
        for registration in standing:
            registering.cancel(registration)
            self.log_change(request, registration, [{"changed": {"fields": [str(_("cancelled"))]}}])
        self.message_user(
            request,
            ngettext(
                "%(count)d registration was cancelled.",
                "%(count)d registrations were cancelled.",
                len(standing),
            )
            % {"count": len(standing)},
            messages.SUCCESS,
        )

    def log_deletions(self, request, queryset):
        audit.note_deletions(request, queryset)
        return super().log_deletions(request, queryset)

    def delete_model(self, request, obj):
        registering.erase(Registration.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        registering.erase(queryset)


def as_table(registrations):
    """The registrations as UTF-8 with a byte order mark, for spreadsheets."""
    columns = {
        pgettext("column of a table", "Event"): lambda one: one.event,
        pgettext("column of a table", "State"): lambda one: one.get_state_display(),
        pgettext("column of a table", "Name"): lambda one: one.name,
        pgettext("column of a table", "E-mail address"): lambda one: one.email,
        pgettext("column of a table", "Office"): lambda one: one.office,
        pgettext("column of a table", "City or organisation"): lambda one: one.body,
        pgettext("column of a table", "Language"): lambda one: NAMES[one.language],
        pgettext("column of a table", "Interpretation"): lambda one: ", ".join(
            map(str, one.interpretation.all())
        ),
        pgettext("column of a table", "Needs"): lambda one: one.needs,
        pgettext("column of a table", "Study visit"): lambda one: one.visit or "",
        pgettext("column of a table", "Place on the visit"): lambda one: (
            one.get_visit_state_display() if one.visit else ""
        ),
        pgettext("column of a table", "Registered"): lambda one: (
            f"{localtime(one.created_at):%Y-%m-%d %H:%M}"
        ),
        pgettext("column of a table", "Cancelled"): lambda one: (
            f"{localtime(one.cancelled_at):%Y-%m-%d %H:%M}" if one.cancelled_at else ""
        ),
    }
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="registrations.csv"'
    response.headers["Cache-Control"] = "no-store"
    table = csv.writer(response)
    table.writerow(columns)
    table.writerows([cell(value(one)) for value in columns.values()] for one in registrations)
    return response
