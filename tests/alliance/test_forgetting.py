"""Whose time is over is forgotten, by the worker and on demand, and nobody else."""

import datetime
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Session
from declarations.models import Application
from events.models import Event, Registration
from exchange.models import Submission
from tests import factories

pytestmark = pytest.mark.django_db

A_DAY = datetime.timedelta(days=1)
PLACE = {"form": "AnyForm", "sender": "a", "network": "b"}


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path, monkeypatch):
    """Where documents are kept during a test; people are known for ten days."""
    settings.REGISTRATIONS_KEPT = settings.APPLICATIONS_KEPT = 10
    monkeypatch.setattr(Application._meta.get_field("document"), "storage", FileSystemStorage(tmp_path))
    return tmp_path


def held(days_ago):
    """An event whose last day was so many days ago."""
    day = timezone.localdate() - days_ago * A_DAY
    return factories.event(starts_on=day - A_DAY, ends_on=day, takes_registrations=True)


def decided(days_ago, **fields):
    """An application with a document that was declined so many days ago."""
    document = ContentFile(b"%PDF-1.7", "letter.pdf")
    when = timezone.now() - days_ago * A_DAY
    defaults = {"state": "declined", "decided_at": when, "document": document, "message": "Gladly."}
    return factories.application(**defaults | fields)


def forget():
    """What the command says that it did."""
    out = io.StringIO()
    call_command("forget", stdout=out)
    return out.getvalue()


def test_registrations_are_deleted_so_many_days_after_the_event_in_whatever_state():
    spoken, old, young, coming = factories.language(), held(11), held(10), held(-5)
    for state in ("confirmed", "waiting", "cancelled"):
        factories.registration(event=old, state=state, needs="A ramp").interpretation.add(spoken)
    for event in (young, coming):
        factories.registration(event=event)
    assert forget() == "Registrations deleted: 3. Applications made anonymous: 0.\n"
    assert list(Registration.objects.values_list("event", flat=True)) == [young.pk, coming.pk]
    assert not Registration.interpretation.through.objects.exists()
    assert Event.objects.count() == 3


def test_applications_are_made_anonymous_so_many_days_after_the_decision(
    shelf, django_capture_on_commit_callbacks
):
    old, young = decided(11, signatory="Porto"), decided(9)
    waiting = decided(0, state="received", decided_at=None, created_at=timezone.now() - 400 * A_DAY)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget() == "Registrations deleted: 0. Applications made anonymous: 1.\n"
    old.refresh_from_db()
    assert (old.contact_name, old.contact_email, old.message, old.document) == ("", "", "", "")
    assert (old.signatory, old.state) == ("Porto", "declined")
    for each in (young, waiting):
        each.refresh_from_db()
        assert each.contact_email and each.document
    assert len([path for path in shelf.rglob("*") if path.is_file()]) == 2


def test_where_forms_came_from_is_forgotten_after_a_day_and_a_session_when_it_ends():
    now = timezone.now()
    for hours in (25, 23):
        Submission.objects.create(sent_at=now - datetime.timedelta(hours=hours), **PLACE)
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + days * A_DAY)
    forget()
    assert Submission.objects.get().sent_at > now - A_DAY
    assert Session.objects.get().session_key == "new"


def test_the_worker_forgets_by_itself():
    factories.registration(event=held(11))
    application = decided(11)
    call_command("work", once=True)
    application.refresh_from_db()
    assert (Registration.objects.count(), application.contact_email) == (0, "")
