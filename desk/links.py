"""Whether the addresses outside the portal that its content names still answer: asked politely, reported late.

A link is broken when it failed three times on two days, not before: servers are restarted, lines are cut. A server that
answers but lets no program in (a sign-in, a wall against robots) says nothing about the page, and is never called broken.
"""

import datetime
import ipaddress
import itertools
import logging
import math
import socket
import time
from collections import defaultdict
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop

from alliance.parts import entry_models
from desk.models import Link

logger = logging.getLogger(__name__)

# In seconds: for each answer, between two requests to one host, and for all that is asked at one go.
PATIENCE, PAUSE, AT_ONE_GO = 10, 2, 20
HOPS = 5
# A robots.txt of more bytes is not read to its end.
LONGEST_ROBOTS = 100_000
FAILURES, DAYS = 3, 2
WHILE_IT_WORKS = datetime.timedelta(days=7)
# After the first failure, the second and so on; the last one holds from then on.
AFTER_FAILURES = [
    *(datetime.timedelta(hours=hours) for hours in (1, 6, 24)),
    *(datetime.timedelta(days=days) for days in (3, 7)),
]
# The page may be there: the server will not show it to a program, or not now.
WALLS = {401, 402, 403, 407, 429, 451, 503, 999}
# Some servers answer to HEAD with these and to GET as they should.
ASK_AGAIN = {400, 403, 404, 405, 406, 500, 501}


# --- Which links there are ------------------------------------------------------------------------


def link_fields():
    """The (model, field name) that hold a link."""
    return [
        (model, field.name)
        for model in entry_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.URLField)
    ]


def collect():
    """Bring the table of links in step with the content, where links are checked at all."""
    if not settings.LINK_CHECKS:
        return
    named = set()
    for model, name in link_fields():
        named.update(model.objects.order_by().exclude(**{name: ""}).values_list(name, flat=True))
    held = set(Link.objects.values_list("url", flat=True))
    Link.objects.bulk_create([Link(url=url) for url in sorted(named - held)], ignore_conflicts=True)
    gone = sorted(held - named)
    for start in range(0, len(gone), 500):
        Link.objects.filter(url__in=gone[start : start + 500]).delete()


def entries_naming(urls):
    """{link: [entries that name it]}, with a query for each kind of content that has links."""
    found = defaultdict(list)
    for model, name in link_fields():
        for entry in model.objects.filter(**{f"{name}__in": urls}).order_by("pk"):
            found[getattr(entry, name)].append(entry)
    return found


# --- Asking ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What came of asking for a link: `works`, `failed`, or `unknown` where nobody can tell."""

    outcome: str
    words: str
    # Seconds that the server wants to be left alone, or None.
    wait: float | None = None


class NotPublic(Exception):
    """An address inside the network that the portal runs in."""


def ask(client, url, *, allowed=None):
    """The Answer to a request for `url`, redirects followed; `allowed` (Robots) is asked before each of them."""
    allowed = allowed or Robots()
    try:
        for _hop in range(HOPS + 1):
            host_is_public(url)
            if refusal := allowed(client, url):
                return Answer("unknown", refusal)
            response = _response(client, url)
            if not response.is_redirect:
                return _judged(response)
            url = urljoin(url, response.headers["Location"])
        return Answer("failed", gettext_noop("It leads from one address to the next without end."))
    except NotPublic:
        return Answer("unknown", gettext_noop("It lies inside our own network, where links are not checked."))
    except httpx.TimeoutException:
        return Answer("failed", gettext_noop("No answer in time."))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Answer("failed", f"{type(error).__name__}: {error}"[:200])


def _response(client, url):
    """The response to HEAD, or to GET where that one tells nothing; its body is not read."""
    response = client.head(url)
    if response.status_code not in ASK_AGAIN:
        return response
    with client.stream("GET", url) as response:
        return response


def _judged(response):
    code = response.status_code
    words = f"{code} {response.reason_phrase}"[:200]
    if code in WALLS:
        return Answer("unknown", words, _seconds(response.headers.get("Retry-After", "")))
    return Answer("works" if code < 400 else "failed", words)


def _seconds(retry_after):
    """The seconds of a Retry-After header, which gives them or a date; None for neither."""
    if retry_after.strip().isdecimal():
        return float(min(int(retry_after[:9]), 30 * 86_400))
    try:
        until = parsedate_to_datetime(retry_after)
        return min(max((until - timezone.now()).total_seconds(), 0), 30 * 86_400)
    except (TypeError, ValueError):
        return None


def host_is_public(url):
    """Raise NotPublic for an address in the network of the portal: what an editor types must not reach it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an address of the web")
    if settings.LINK_CHECKS_INSIDE:
        return
    for *_rest, address in socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM):
        if not ipaddress.ip_address(address[0].partition("%")[0]).is_global:
            raise NotPublic


class Robots:
    """What the robots.txt of each host allows, read once; as RFC 9309 has it."""

    def __init__(self):
        self._rules = {}

    def __call__(self, client, url):
        """Why `url` is not to be asked for, in words; "" if it may be."""
        rules = self._rules_of(client, url)
        if rules is None:
            return gettext_noop("Its robots.txt cannot be read at the moment.")
        if not rules.can_fetch(user_agent(), url):
            return gettext_noop("Its robots.txt asks programs to stay away.")
        return ""

    def pause(self, url):
        """The seconds that its host, if its rules were read, wants between two requests."""
        rules = self._rules.get(_root(url))
        return float(rules.crawl_delay(user_agent()) or 0) if rules else 0.0

    def _rules_of(self, client, url):
        root = _root(url)
        if root not in self._rules:
            self._rules[root] = self._read(client, f"{root}/robots.txt")
        return self._rules[root]

    def _read(self, client, address):
        """The rules; None where the server cannot say now which it has, so that nothing may be asked for."""
        rules = RobotFileParser()
        try:
            response = client.get(address)
            for _hop in range(HOPS):
                if response.is_redirect:
                    address = urljoin(address, response.headers["Location"])
                    host_is_public(address)
                    response = client.get(address)
            if response.is_server_error:
                return None
            lines = response.text[:LONGEST_ROBOTS].splitlines() if response.is_success else []
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, NotPublic):
            # Without rules everything is allowed; whether the host is there, the link itself will tell.
            lines = []
        rules.parse(lines)
        return rules


def _root(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def user_agent():
    return f"AllianceOfCities-LinkCheck/1 (+{settings.SITE_URL})"


def client():
    """An HTTP client that says who we are, waits so long and no longer, and follows nothing by itself."""
    return httpx.Client(
        headers={"User-Agent": user_agent()}, timeout=PATIENCE, follow_redirects=False, trust_env=False
    )


# --- What follows ---------------------------------------------------------------------------------


def record(link, answer, *, now):
    """Note what came of asking for `link` at `now`, and when to ask again."""
    link.checked_at, link.answer = now, answer.words
    today = timezone.localdate(now).isoformat()
    if answer.outcome == "failed":
        link.failures = min(link.failures + 1, 1000)
        link.failed_on = sorted({*link.failed_on, today})[-DAYS:]
        is_broken = link.failures >= FAILURES and len(link.failed_on) >= DAYS
        link.state = Link.State.BROKEN if is_broken else Link.State.SUSPECT
        wait = AFTER_FAILURES[min(link.failures, len(AFTER_FAILURES)) - 1]
    else:
        link.failures, link.failed_on = 0, []
        link.state = Link.State.WORKS if answer.outcome == "works" else Link.State.FORBIDDEN
        wait = WHILE_IT_WORKS
        if answer.wait is not None:
            wait = max(datetime.timedelta(seconds=answer.wait), AFTER_FAILURES[0])
    link.check_after = now + wait
    link.save()


def check_due(*, now=None, seconds=AT_ONE_GO, pause=PAUSE):
    """Ask for the links that are due, for so many seconds at most; how many were asked for.

    Each link is taken before it is asked for, so that two workers do not ask for the same one.
    """
    if not settings.LINK_CHECKS:
        return 0
    end = time.monotonic() + seconds
    robots, last_asked, count = Robots(), {}, 0
    with client() as http:
        for link in _due(now or timezone.now()):
            host = urlsplit(link.url).netloc
            wait = last_asked.get(host, -math.inf) + max(pause, robots.pause(link.url)) - time.monotonic()
            if time.monotonic() + max(wait, 0) > end:
                continue  # it is asked for next time; another host may not want us to wait
            time.sleep(max(wait, 0))
            if _take(link, now or timezone.now()):
                record(link, ask(http, link.url, allowed=robots), now=now or timezone.now())
                last_asked[host] = time.monotonic()
                count += 1
    return count


def _due(now):
    """The links to ask for, those of different hosts in turn."""
    due = Link.objects.filter(check_after__lte=now).exclude(state=Link.State.IGNORED)
    by_host = defaultdict(list)
    for link in due.order_by("check_after", "pk")[:200]:
        by_host[urlsplit(link.url).netloc].append(link)
    rounds = itertools.zip_longest(*by_host.values())
    return [link for each in rounds for link in each if link]


def _take(link, now):
    later = now + datetime.timedelta(minutes=10)
    return Link.objects.filter(pk=link.pk, check_after=link.check_after).update(check_after=later)
