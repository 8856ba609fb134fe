"""Links are asked for on a real server of our own; the days go by in the arguments."""

import datetime
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from desk import links
from desk.models import Link
from tests import factories

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
NOW = timezone.make_aware(datetime.datetime(2026, 3, 2, 12))


class Site(BaseHTTPRequestHandler):
    """Answers as its server's `pages` say: path → (code, headers, body), or a function of the method."""

    def do_GET(self):
        self.server.asked.append((self.command, self.path, self.headers["User-Agent"]))
        page = self.server.pages.get(self.path, (404, {}, b""))
        code, headers, body = page(self.command) if callable(page) else page
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *arguments):
        pass


@contextmanager
def served(**pages):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.pages, server.asked = {f"/{name}": page for name, page in pages.items()}, []
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def _inside(settings):
    settings.LINK_CHECKS = settings.LINK_CHECKS_INSIDE = True


def asked(url):
    with links.client() as client:
        return links.ask(client, url)


def linked(url, **fields):
    return Link.objects.create(url=url, **fields)


# --- Which links there are ------------------------------------------------------------------------


def test_the_table_holds_the_links_that_content_names_and_no_others():
    factories.resource(url="https://example.org/a")
    factories.organisation(website="https://example.org/b")
    linked("https://example.org/gone")
    links.collect()
    links.collect()
    assert set(Link.objects.values_list("url", flat=True)) == {
        "https://example.org/a",
        "https://example.org/b",
    }


def test_a_link_in_two_entries_is_one_and_leads_to_both():
    first, second = (
        factories.resource(url="https://example.org/a"),
        factories.organisation(website="https://example.org/a"),
    )
    links.collect()
    assert Link.objects.count() == 1
    assert links.entries_naming(["https://example.org/a"])["https://example.org/a"] == [second, first]


# --- Asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code, outcome",
    [(200, "works"), (204, "works"), (404, "failed"), (410, "failed"), (500, "failed"), (502, "failed"),
     (401, "unknown"), (403, "unknown"), (429, "unknown"), (451, "unknown"), (503, "unknown")],
)  # fmt: skip
def test_the_code_of_the_answer_decides(code, outcome):
    with served(page=(code, {}, b"x")) as server:
        assert asked(f"{server.address}/page").outcome == outcome


def test_we_say_who_we_are_and_ask_for_no_more_than_the_head(settings):
    with served(page=(200, {}, b"x")) as server:
        asked(f"{server.address}/page")
        agent = f"AllianceOfCities-LinkCheck/1 (+{settings.SITE_URL})"
        assert server.asked == [("GET", "/robots.txt", agent), ("HEAD", "/page", agent)]


def test_a_server_that_does_not_know_head_is_asked_again():
    with served(page=lambda method: (200 if method == "GET" else 405, {}, b"x")) as server:
        assert asked(f"{server.address}/page").outcome == "works"


def test_redirects_are_followed_to_their_end():
    with served(old=(301, {"Location": "/new"}, b""), new=(200, {}, b"")) as server:
        assert asked(f"{server.address}/old").outcome == "works"


def test_redirects_without_end_fail():
    with served(loop=(302, {"Location": "/loop"}, b"")) as server:
        assert asked(f"{server.address}/loop").outcome == "failed"
        assert len([line for line in server.asked if line[1] == "/loop"]) == links.HOPS + 1


def test_what_robots_txt_forbids_is_not_asked_for():
    rules = b"User-agent: *\nDisallow: /private"
    with served(
        **{"robots.txt": (200, {}, rules), "private": (404, {}, b""), "open": (200, {}, b"")}
    ) as server:
        assert asked(f"{server.address}/private").outcome == "unknown"
        assert asked(f"{server.address}/open").outcome == "works"
        assert "/private" not in {path for _method, path, _agent in server.asked}


def test_a_server_that_cannot_say_what_its_robots_txt_allows_is_left_alone():
    with served(**{"robots.txt": (503, {}, b""), "page": (404, {}, b"")}) as server:
        assert asked(f"{server.address}/page").outcome == "unknown"
        assert [path for _method, path, _agent in server.asked] == ["/robots.txt"]


def test_a_robots_txt_that_has_moved_twice_is_found():
    rules = b"User-agent: *\nDisallow: /"
    moved = {"robots.txt": (301, {"Location": "/a"}, b""), "a": (301, {"Location": "/b"}, b"")}
    with served(**moved, b=(200, {}, rules), page=(200, {}, b"")) as server:
        assert asked(f"{server.address}/page").outcome == "unknown"


def test_a_host_that_wants_a_long_pause_is_asked_once_at_a_go_and_holds_nobody_up(settings):
    settings.LINK_CHECKS = settings.LINK_CHECKS_INSIDE = True
    slow = b"User-agent: *\nCrawl-delay: 60"
    with (
        served(**{"robots.txt": (200, {}, slow), "1": (200, {}, b""), "2": (200, {}, b"")}) as first,
        served(**{"3": (200, {}, b""), "4": (200, {}, b"")}) as second,
    ):
        addresses = [f"{first.address}/{n}" for n in "12"] + [f"{second.address}/{n}" for n in "34"]
        Link.objects.bulk_create([Link(url=url) for url in addresses])
        assert links.check_due(pause=0, seconds=10) == 3
    assert Link.objects.filter(state=Link.State.UNCHECKED).count() == 1


def test_where_nobody_listens_the_link_fails():
    with served() as server:
        pass
    assert asked(f"{server.address}/page").outcome == "failed"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/"]
)
def test_an_address_inside_our_network_is_not_asked_for(settings, url):
    settings.LINK_CHECKS_INSIDE = False
    assert asked(url).outcome == "unknown"


def test_a_redirect_into_our_network_is_not_followed(settings, monkeypatch):
    with (
        served(inside=(200, {}, b"")) as inside,
        served(out=(302, {"Location": f"{inside.address}/inside"}, b"")) as out,
    ):
        # The first hop is let through, as if it were public: the second is judged as it is.
        real = links.host_is_public
        monkeypatch.setattr(links, "host_is_public", lambda url: url.startswith(out.address) or real(url))
        settings.LINK_CHECKS_INSIDE = False
        assert asked(f"{out.address}/out").outcome == "unknown"
        assert inside.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://", "ftp://example.org/", "http://exa mple/", "http://[", "http://" + "a" * 300, "http://\0/"],
)
def test_an_address_that_is_none_fails_in_words(url):
    answer = asked(url)
    assert answer.outcome == "failed" and answer.words


# --- What follows ---------------------------------------------------------------------------------


def after(link, *outcomes):
    """The link after it was asked for on these days (offset in days, outcome)."""
    for offset, outcome in outcomes:
        links.record(link, links.Answer(outcome, ""), now=NOW + offset * DAY)
    return Link.objects.get(pk=link.pk).state


@pytest.mark.parametrize(
    "outcomes, state",
    [
        ([(0, "works")], "works"),
        ([(0, "failed")], "suspect"),
        ([(0, "failed"), (1, "failed")], "suspect"),
        ([(0, "failed"), (0.1, "failed"), (0.2, "failed")], "suspect"),
        ([(0, "failed"), (0.1, "failed"), (1, "failed")], "broken"),
        ([(0, "failed"), (1, "failed"), (2, "failed")], "broken"),
        ([(0, "failed"), (1, "failed"), (2, "works"), (3, "failed")], "suspect"),
        ([(0, "failed"), (1, "failed"), (2, "unknown"), (3, "failed")], "suspect"),
        ([(0, "unknown"), (1, "unknown"), (2, "unknown"), (3, "unknown")], "forbidden"),
        ([(0, "failed"), (1, "failed"), (2, "failed"), (3, "works")], "works"),
    ],
)
def test_only_three_failures_on_two_days_are_reported(outcomes, state):
    assert after(linked("https://example.org/"), *outcomes) == state


def test_the_longer_it_fails_the_rarer_it_is_asked_for():
    link, waits = linked("https://example.org/"), []
    for number in range(6):
        links.record(link, links.Answer("failed", ""), now=NOW + number * DAY)
        waits.append(link.check_after - link.checked_at)
    assert waits == sorted(waits) and waits[0] == datetime.timedelta(hours=1) and waits[-1] == 7 * DAY


@pytest.mark.parametrize(
    "header, wait",
    [("86400", DAY), ("1", datetime.timedelta(hours=1)), ("soon", 7 * DAY), ("9" * 50, 30 * DAY)],
)
def test_a_server_says_itself_when_to_come_again(header, wait):
    with served(page=(429, {"Retry-After": header}, b"")) as server:
        link = linked(f"{server.address}/page")
        links.record(link, asked(link.url), now=NOW)
    assert link.check_after - NOW == wait


def test_what_is_due_is_asked_for_once_and_then_not_for_days():
    with served(a=(200, {}, b""), b=(404, {}, b"")) as server:
        for name in "ab":
            linked(f"{server.address}/{name}")
        linked(f"{server.address}/ignored", state="ignored")
        linked(f"{server.address}/later", check_after=timezone.now() + DAY)
        assert links.check_due(pause=0) == 2
        assert links.check_due(pause=0) == 0
        states = dict(Link.objects.values_list("url", "state"))
    assert [states[f"{server.address}/{name}"] for name in ("a", "b")] == ["works", "suspect"]


def test_a_host_is_not_asked_twice_without_a_pause():
    with served(a=(200, {}, b""), b=(200, {}, b"")) as server:
        for name in "ab":
            linked(f"{server.address}/{name}")
        assert links.check_due(pause=60, seconds=5) == 1


# --- At the desk ----------------------------------------------------------------------------------


def test_the_desk_says_which_links_are_broken_and_who_names_them(client):
    resource = factories.resource(url="https://example.org/a")
    linked("https://example.org/a", state="broken", failures=3, answer="404 Not Found")
    client.force_login(factories.editor())
    page = client.get(reverse("admin:desk_link_changelist"), {"state__exact": "broken"}).content.decode()
    assert "https://example.org/a" in page and "404 Not Found" in page
    assert f"/admin/resources/resource/{resource.pk}/change/" in page


def test_the_list_of_links_and_the_page_of_one_offer_nothing_that_is_for_entries(client):
    link = Link.objects.create(url="https://example.org/", state=Link.State.BROKEN, failures=3)
    client.force_login(factories.editor())
    for path in (reverse("admin:desk_link_changelist"), reverse("admin:desk_link_change", args=[link.pk])):
        response = client.get(path)
        assert response.status_code == 200
        assert reverse("files:import-table") not in response.content.decode()
        assert 'name="_comment"' not in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_links(client):
    client.force_login(factories.editor())
    counts = []
    for number in (1, 10):
        for index in range(number):
            url = f"https://example.org/{number}/{index}"
            factories.resource(url=url)
            linked(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("admin:desk_link_changelist"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_translator_has_no_say_in_links(client):
    client.force_login(factories.translator())
    assert client.get(reverse("admin:desk_link_changelist")).status_code == 403


@pytest.mark.parametrize("action, state", [("check_again", "unchecked"), ("ignore", "ignored")])
def test_links_are_checked_again_or_ignored(client, action, state):
    link = linked("https://example.org/a", state="broken", check_after=timezone.now() + DAY)
    client.force_login(factories.editor())
    client.post(reverse("admin:desk_link_changelist"), {"action": action, "_selected_action": [link.pk]})
    assert Link.objects.get().state == state
