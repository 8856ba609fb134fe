"""What was sent by mail during a test."""

import pytest

from tests.post import delivered


class Post:
    """The messages of a test; what is queued is delivered when somebody looks."""

    def messages(self, address=None):
        return [message for message in delivered() if address in (None, *message.to)]

    def subjects(self):
        """{address: [subject]}"""
        found = {}
        for message in self.messages():
            found.setdefault(message.to[0], []).append(message.subject)
        return found

    def texts(self, address):
        return [message.body for message in self.messages(address)]

    def forget(self):
        delivered().clear()


@pytest.fixture
def told():
    return Post()
