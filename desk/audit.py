"""The audit log: who signed in, changed what somebody may do, took data out or brought it in, deleted or restored.

A line is written in the transaction of what it tells of. It is kept for AUDIT_KEPT_DAYS and then forgotten by the worker.
"""

import csv
import datetime

from django.conf import settings
from django.utils import timezone

from desk.models import AuditEntry
from exchange.guard import client_address

Kind = AuditEntry.Kind


def note(kind, *, by, about="", request=None):
    """Write a line: `kind` is a Kind, `by` a user, a name as somebody typed it, or None where the portal itself acted.

    The network address comes from `request`. What is too long for the log is cut, characters that no database
    takes are left out: a line that says a little less is better than none.
    """
    name = by.get_username() if hasattr(by, "get_username") else by or ""
    known = by if getattr(by, "pk", None) else None
    address = client_address(request) if request and request.META.get("REMOTE_ADDR") else None
    return AuditEntry.objects.create(
        kind=Kind(kind),
        by=known,
        name=_fitting(name, "name"),
        about=_fitting(about, "about"),
        address=str(address) if address else None,
    )


def note_deletions(request, records):
    """Write a line for each of `records`, which somebody is about to delete at the desk."""
    for record in records:
        about = f"{record._meta.label_lower} {record.pk}: {record}"
        note(Kind.DELETION, by=request.user, about=about, request=request)


def _fitting(words, column):
    """The words on one line, cut to what the column holds."""
    line = " ".join(str(words).replace("\0", " ").split())
    length = AuditEntry._meta.get_field(column).max_length
    return line if len(line) <= length else f"{line[: length - 1]}…"


def forget():
    """Forget the lines that are older than they may be kept; how many they were."""
    oldest = timezone.now() - datetime.timedelta(days=settings.AUDIT_KEPT_DAYS)
    number, _of_each = AuditEntry.objects.filter(at__lt=oldest).delete()
    return number


class Echo:
    """A file that gives back what is written to it."""

    def write(self, value):
        return value


def as_csv(entries):
    """The lines of a CSV file of `entries`; times are in UTC, kinds are the words that the database has."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(["at", "name", "kind", "about", "address"])
    for entry in entries:
        cells = [entry.name, entry.kind, entry.about, entry.address or ""]
        yield writer.writerow(
            [entry.at.astimezone(datetime.UTC).isoformat(timespec="seconds"), *map(harmless, cells)]
        )


def harmless(cell):
    """Names are typed by strangers: a table program must not take one for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
