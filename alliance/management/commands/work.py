"""`manage.py work`: the worker, which does by itself, now or in time, what nobody should have to wait for or think of."""

import datetime
import logging
import os
import select
import socket
import sys
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from alliance.forgetting import forget
from alliance.mail import KEEP_DONE, KEEP_FAILED
from desk import links, visits
from desk.publishing import publish_due
from translations.models import Standing

logger = logging.getLogger(__name__)

# In seconds: how often is looked for work, for what is left to tidy up, and for what is to be forgotten.
LOOK, TIDY, FORGET = 1, 60, 60 * 60
# How long a task waits after each try that failed; after the last one it is given up.
WAITS = [
    *(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15)),
    *(datetime.timedelta(hours=hours) for hours in (1, 4, 12, 24, 24)),
]
# No try takes that long: its worker is gone.
LONGEST = datetime.timedelta(minutes=10)
FINAL = "alliance.mail.Refused"


class Abandoned(Exception):
    """The worker that had begun a task did not end it."""


class Command(BaseCommand):
    help = (
        "Delivers queued mail, translates by machine what was ordered, publishes what is planned, checks links, and "
        "forgets people as the privacy page says, until it is stopped. Any number of these may run at the same time."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Ends when there is nothing left to do now.")
        parser.add_argument(
            "--attached",
            action="store_true",
            help="Ends when its standard input is closed, as when the process that started it is gone.",
        )

    def handle(self, *, once, attached, **options):
        worker = Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=LOOK,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:40]}:{os.getpid()}",
        )
        if once:
            work(worker)
            tidy()
            forget()
            return
        worker.configure_signals()
        tidied, forgot = -TIDY, -FORGET
        while worker.running:
            close_old_connections()
            try:
                work(worker)
                if time.monotonic() > tidied + TIDY:
                    tidy()
                    links.check_due()
                    tidied = time.monotonic()
                if time.monotonic() > forgot + FORGET:
                    forget()
                    links.collect()
                    visits.tell_the_board(Standing.objects)
                    forgot = time.monotonic()
            except Error as error:
                # It is away, or somebody else writes for long. The next look is soon enough.
                logger.warning("The worker cannot use the database: %s", str(error).partition("\n")[0])
                connections.close_all()
            if is_over(attached):
                return


def is_over(attached):
    """Wait for the next look; whether meanwhile the process that started this one has gone."""
    if attached:
        return bool(select.select([sys.stdin], [], [], LOOK)[0])
    time.sleep(LOOK)
    return False


def work(worker):
    """Do all there is to do. Looking whether there is anything locks nothing, and SQLite's writers do not wait for it."""
    if DBTaskResult.objects.ready().exists():
        worker.run()
        queue_again()


def tidy():
    """Publish what is due, take up what other workers left behind, and forget what is long done."""
    publish_due()
    for task in DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - LONGEST):
        task.set_failed(Abandoned())
    queue_again()
    call_command(
        "prune_db_task_results",
        queue_name="*",
        min_age_days=KEEP_DONE,
        failed_min_age_days=KEEP_FAILED,
        verbosity=0,
    )


def queue_again():
    """Let tasks that failed wait for their next try, but for those that failed for good or too often."""
    for task in DBTaskResult.objects.failed().exclude(exception_class_path=FINAL):
        tries = len(task.worker_ids)
        if tries <= len(WAITS):
            task.status = TaskResultStatus.READY
            task.run_after = task.finished_at + WAITS[tries - 1]
            task.save(update_fields=["status", "run_after"])
