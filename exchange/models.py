"""What people send the portal, as far as it must be counted, and what the portal sends them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet, get_date_max


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


class MailQuerySet(DBTaskResultQuerySet):
    def mails(self):
        return self.filter(task_path="alliance.mail.deliver")

    def send_again(self):
        """Try those that were not sent at once, and as often as if they were new; how many these are."""
        unsent = self.filter(status__in=[TaskResultStatus.FAILED, TaskResultStatus.READY])
        return unsent.update(status=TaskResultStatus.READY, run_after=get_date_max(), worker_ids=[])


class Mail(DBTaskResult):
    """A mail as the secretariat sees it: in the queue, sent, or given up. The worker forgets it some time after."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("state of a mail", "waiting to be sent")
        DELAYED = "delayed", pgettext_lazy("state of a mail", "will be tried again")
        SENDING = "sending", pgettext_lazy("state of a mail", "being sent")
        SENT = "sent", pgettext_lazy("state of a mail", "sent")
        FAILED = "failed", pgettext_lazy("state of a mail", "not sent")

    objects = MailQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = pgettext_lazy("electronic", "mail")
        verbose_name_plural = pgettext_lazy("electronic", "mails")

    def __str__(self):
        return self.subject

    @property
    def letter(self):
        """What was given to `alliance.mail.deliver`."""
        return self.args_kwargs["args"][0]

    @property
    def subject(self):
        return self.letter["subject"]

    @property
    def state(self):
        if self.status == TaskResultStatus.READY:
            return self.State.DELAYED if self.worker_ids else self.State.QUEUED
        return {
            TaskResultStatus.RUNNING: self.State.SENDING,
            TaskResultStatus.SUCCESSFUL: self.State.SENT,
            TaskResultStatus.FAILED: self.State.FAILED,
        }[self.status]

    @property
    def next_try(self):
        return self.run_after if self.state == self.State.DELAYED else None

    @property
    def problem(self):
        """What went wrong at the last try, in the words of the mail server or of Python."""
        return "" if self.state == self.State.SENT else self.traceback.strip().rpartition("\n")[2]
