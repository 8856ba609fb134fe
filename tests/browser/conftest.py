"""A real Chromium for the tests in this folder, and pages in it that report what went wrong on them."""

import os
import shutil

import pytest
from playwright.sync_api import Error, sync_playwright

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
FLAGS = [
    "--no-sandbox",  # CI runs as root, where Chromium's sandbox does not start
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # Nothing but what a page itself asks for may go over the network.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
MISSING = (
    "Browser tests need a Chromium, and none was found. On Debian and Ubuntu: apt install chromium. Elsewhere: "
    ".venv/bin/python -m playwright install chromium, or name one with CHROMIUM=/path/to/it."
)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the session: CHROMIUM, else one on the PATH, else Playwright's own.

    Without any, the test is skipped; with REQUIRE_BROWSER=1 (as in CI) it fails.
    """
    # Playwright keeps an event loop in this thread. Django would then refuse the database, although nothing here is
    # asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error as error:
            if path or "Executable doesn't exist" not in str(error):
                raise
            if os.environ.get("REQUIRE_BROWSER") == "1":
                pytest.fail(MISSING, pytrace=False)
            pytest.skip(MISSING)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, live_server):
    """Makes pages, each in a context of its own: `open_page(viewport=PHONE, color_scheme="dark")`.

    Takes the arguments of Playwright's `new_context`; addresses may leave out the host. The test fails at its end if
    a page logged an error or asked another origin for anything. What a test provokes on purpose it takes out of
    `open_page.problems`.
    """
    contexts, problems = [], []

    def open_page(**options):
        context = browser.new_context(**{"base_url": live_server.url, "viewport": DESKTOP, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        context.on("request", lambda request: note_origin(request, live_server.url, problems))
        context.on("console", lambda message: note_console(message, problems))
        context.on("weberror", lambda error: problems.append(f"script error: {error.error}"))
        return page

    open_page.problems = problems
    yield open_page
    for context in contexts:
        context.close()
    if problems:
        pytest.fail("The browser reported:\n" + "\n".join(dict.fromkeys(problems)), pytrace=False)


@pytest.fixture
def page(open_page):
    """A page on a desktop screen."""
    return open_page()


def note_origin(request, origin, problems):
    if not request.url.startswith((f"{origin}/", "data:", "blob:", "about:")):
        problems.append(f"request to another origin: {request.url}")


def note_console(message, problems):
    if message.type != "error":
        return
    where = message.location["url"]
    # Chromium also logs the status of the page itself, which is what a test of an error page asks for.
    if message.text.startswith("Failed to load resource") and message.page and where == message.page.url:
        return
    problems.append(f"console error: {message.text} ({where})")
