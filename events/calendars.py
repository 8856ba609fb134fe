"""Events in calendars: iCalendar (RFC 5545) of one event, and of all of them as a feed to subscribe to."""

import datetime
import re

import icalendar
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from alliance.languages import active_language
from alliance.templatetags.alliance import LANGUAGE_NAMES

A_DAY = datetime.timedelta(days=1)
# How often a calendar should ask again.
REFRESH = A_DAY
# What a text in a calendar must not hold; line ends and tabs it may.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def calendar_of(event, absolute):
    """The calendar of one event, in the reader's language. `absolute` makes an address of a path."""
    return _calendar([event], absolute, event.text("title"))


def calendar_of_all(events, absolute):
    """A calendar to subscribe to, in the reader's language."""
    return _calendar(events, absolute, _("Alliance of Cities: events"))


def _calendar(events, absolute, name):
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Alliance of Cities//Events//{active_language().upper()}")
    calendar.add("version", "2.0")
    # The library escapes texts only where it knows the property.
    calendar.add("x-wr-calname", icalendar.vText(clean(name)))
    calendar.add("name", icalendar.vText(clean(name)), parameters={"LANGUAGE": active_language()})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    for event in events:
        calendar.add_component(entry_of(event, absolute))
    days = [day for event in events for day in (event.starts_on, event.ends_on)]
    if days:
        # The rules of the clocks, from the year before to the year after.
        calendar.add_missing_timezones(min(days) - 366 * A_DAY, max(days) + 366 * A_DAY)
    return calendar.to_ical().decode()


def entry_of(event, absolute):
    """The VEVENT of an event. Reads `city` and `sessions`: prefetch for a feed."""
    entry = icalendar.Event()
    # Neither the address of the page nor that of the portal, which may change.
    entry.add("uid", event.calendar_key.urn)
    # Without a METHOD, the moment of the last revision.
    entry.add("dtstamp", event.edited_at)
    entry.add("created", event.created_at)
    entry.add("last-modified", event.edited_at)
    # Grows with every edit: the seconds from the first to the last.
    entry.add("sequence", max(0, int((event.edited_at - event.created_at).total_seconds())))
    entry.add("status", "CONFIRMED")
    language = event.language_of("title")
    entry.add("summary", clean(event.text("title")), parameters={"LANGUAGE": language})
    entry.add(
        "description",
        clean(description_of(event)),
        parameters={"LANGUAGE": event.language_of("summary") or language},
    )
    entry.add("categories", [event.get_kind_display()])
    address = absolute(event.get_absolute_url())
    entry.add("url", address, parameters={"VALUE": "URI"})
    if event.city and not event.city.is_draft:
        place = f"{event.city}, {event.city.country.name}"
        entry.add("location", clean(place), parameters={"LANGUAGE": active_language()})
        if event.city.latitude is not None and event.city.longitude is not None:
            entry.add("geo", (event.city.latitude, event.city.longitude))
    start, end = extent_of(event)
    entry.add("dtstart", start)
    if end:
        entry.add("dtend", end)
    return entry


def extent_of(event):
    """When a calendar shows the event: (begin, end, which may be None).

    A day whose programme is known goes from its first session to the end of its last; anything else takes whole days,
    the end being the day after the last.
    """
    sessions = list(event.sessions.all())
    if event.starts_on != event.ends_on or not sessions:
        return event.starts_on, event.ends_on + A_DAY
    start = min(session.starts for session in sessions)
    end = max(session.ends or session.starts for session in sessions)
    return start, (end if end > start else None)


def description_of(event):
    """What a calendar tells of an event: the summary, the programme, and whether these are translations."""
    return "\n\n".join(filter(None, [note_on(event), event.text("summary"), programme_of(event)]))


def note_on(event):
    if event.provenance() is not None:
        return ""
    return _("Not yet translated. Shown in the original language: %(language)s") % {
        "language": LANGUAGE_NAMES[event.language_of("title")]
    }


def programme_of(event):
    """A line for each session, in local time."""
    lines, day = [], None
    for session in event.sessions.all():
        if session.day != day:
            day = session.day
            lines.append(date_format(day, "DATE_FORMAT"))
        times = "–".join(time_format(time, "H:i") for time in (session.starts_at, session.ends_at) if time)
        lines.append(" ".join(filter(None, [times, session.text("title")])))
    return "\n".join(lines)


def clean(text):
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
