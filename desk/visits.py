"""How often pages of entries are asked for: counted by day, without cookies, and without a trace of who asked.

What is counted waits in memory and is written down now and then, so that no page waits for it. A process that is killed
loses what it counted in the last minute, which is no matter for a statistic.
"""

import atexit
import datetime
import logging
import threading
from collections import Counter

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from desk.models import Visits

# What is shown on the board, and what is kept.
SHOWN, KEPT = datetime.timedelta(days=90), datetime.timedelta(days=400)
# Programs that say so themselves.
PROGRAMS = ("bot", "crawl", "spider", "slurp", "preview", "monitor", "curl", "wget", "python", "http")

logger = logging.getLogger(__name__)

_counted = Counter()
_lock = threading.Lock()
_timer = None


def note(request, response, entry):
    """Count the page of `entry` that a reader has just been given."""
    is_page = request.resolver_match.url_name == "detail" and response.status_code == 200
    if is_page and _is_reader(request) and entry.status == entry.Status.PUBLISHED:
        key = type(entry), entry.pk, timezone.localdate()
        with _lock:
            _counted[key] += 1
            _wake_up()


def _is_reader(request):
    """Somebody with a browser who does not work on the content; parts of pages and pages in advance are no visits."""
    agent = request.headers.get("User-Agent", "").lower()
    in_advance = "prefetch" in request.headers.get("Sec-Purpose", "")
    is_person = agent and not any(word in agent for word in PROGRAMS)
    return request.method == "GET" and is_person and not in_advance and not request.user.is_staff


def _wake_up():
    global _timer
    if _timer is None and settings.VISITS_WRITTEN_EVERY:
        _timer = threading.Timer(settings.VISITS_WRITTEN_EVERY, _in_background)
        _timer.daemon = True
        _timer.start()


def _in_background():
    try:
        write_down()
    finally:
        connection.close()


def write_down():
    """Add what was counted to the table."""
    global _timer
    with _lock:
        counted, _timer = dict(_counted), None
        _counted.clear()
    try:
        with transaction.atomic():
            for key, number in counted.items():
                _add(*key, number)
    except DatabaseError:
        # Busy, or away for a moment: the next visit tries again.
        logger.warning("The visits of pages could not be written down; they wait.", exc_info=True)
        with _lock:
            _counted.update(counted)


def _add(model, pk, day, number):
    key = {"content_type": ContentType.objects.get_for_model(model), "object_id": pk, "day": day}
    if not Visits.objects.filter(**key).update(count=F("count") + number):
        _row, is_new = Visits.objects.get_or_create(**key, defaults={"count": number})
        if not is_new:
            Visits.objects.filter(**key).update(count=F("count") + number)


def tell_the_board(lines):
    """Let the board (`lines`, the manager of its lines) say how often each entry was visited of late."""
    today = timezone.localdate()
    Visits.objects.filter(day__lt=today - KEPT).delete()
    recent = Visits.objects.filter(day__gt=today - SHOWN).order_by()
    sums = recent.values_list("content_type", "object_id").annotate(sum=Sum("count"))
    sums = {(kind, pk): number for kind, pk, number in sums}
    changed = []
    for line in lines.only("content_type", "object_id", "visits"):
        number = sums.get((line.content_type_id, line.object_id), 0)
        if line.visits != number:
            line.visits = number
            changed.append(line)
    lines.bulk_update(changed, ["visits"], batch_size=200)


atexit.register(lambda: settings.configured and settings.VISITS_WRITTEN_EVERY and _counted and write_down())
