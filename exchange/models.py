"""What people send the portal, as far as it must be counted."""

from django.db import models
from django.utils import timezone


class Submission(models.Model):
    """That a form was sent, by whom no longer being readable: what a limit on how often is counted by.

    `sender` and `network` are keyed digests of an address and of the network around it, kept for a day.
    """

    form = models.CharField(max_length=40)
    sender = models.CharField(max_length=64)
    network = models.CharField(max_length=64)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-sent_at", "pk"]
        indexes = [
            models.Index(fields=["form", "sender", "sent_at"], name="submission_by_sender"),
            models.Index(fields=["form", "network", "sent_at"], name="submission_by_network"),
        ]

    def __str__(self):
        return f"{self.form} {self.sent_at:%Y-%m-%d %H:%M}"
