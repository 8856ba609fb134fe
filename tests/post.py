"""What the portal sent by mail during a test."""

from django.core import mail
from django.core.management import call_command


def delivered():
    """Let the worker deliver what is queued; all messages of the test so far, the oldest first."""
    call_command("work", once=True)
    return mail.outbox
