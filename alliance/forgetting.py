"""What the portal knows of people is forgotten when its time is over, as the privacy page says."""

import datetime

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from declarations import signing
from declarations.models import Application
from desk import audit, previews, unsaved
from events import registering
from events.models import Registration
from exchange.guard import MEMORY
from exchange.models import Submission


def forget():
    """Forget whose time is over; how many (registrations, applications) these were.

    Registrations are deleted so many days after their event, applications to sign made anonymous so many days after the
    decision. What counts how often a form was sent goes after a day, and sessions of the desk that nobody renewed.
    """
    counts = registrations_forgotten(), applications_forgotten()
    Submission.objects.filter(sent_at__lt=timezone.now() - MEMORY).delete()
    call_command("clearsessions", verbosity=0)
    previews.forget_ended()
    unsaved.forget_old()
    audit.forget()
    return counts


def registrations_forgotten():
    last = timezone.localdate() - datetime.timedelta(days=settings.REGISTRATIONS_KEPT)
    old = Registration.objects.filter(event__ends_on__lt=last)
    number = old.count()
    if number:
        registering.erase(old)
    return number


def applications_forgotten():
    before = timezone.now() - datetime.timedelta(days=settings.APPLICATIONS_KEPT)
    return signing.forget(applications=Application.objects.filter(decided_at__lt=before))
