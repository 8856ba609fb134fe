"""What the portal sent by mail during a test."""

from django.core import mail
from django_tasks_db.models import DBTaskResult

from alliance.mail import deliver


def delivered():
    """Deliver what is queued, as the worker does, which would end a test's transaction; all messages, the oldest first."""
    for queued in DBTaskResult.objects.order_by("enqueued_at"):
        deliver.call(*queued.args_kwargs["args"])
        queued.delete()
    return mail.outbox
