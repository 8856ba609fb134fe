"""What was sent by mail during a test."""

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from alliance.mail import deliver


class Post:
    """The messages of a test; what is queued is delivered when somebody looks."""

    def messages(self, address=None):
        for queued in DBTaskResult.objects.order_by("enqueued_at"):
            deliver.call(*queued.args_kwargs["args"])
            queued.delete()
        return [message for message in mail.outbox if address in (None, *message.to)]

    def subjects(self):
        """{address: [subject]}"""
        found = {}
        for message in self.messages():
            found.setdefault(message.to[0], []).append(message.subject)
        return found

    def texts(self, address):
        return [message.body for message in self.messages(address)]

    def forget(self):
        self.messages()
        mail.outbox.clear()


@pytest.fixture
def told():
    return Post()
