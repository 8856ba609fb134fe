"""`python -m benchmarks.board`: how long an editor waits for the board of ten thousand entries, however it is filtered.

Whole requests within one process, without the network, of an editor who is signed in. SQLite, and PostgreSQL where
--postgresql names a server on which databases may be made.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

from benchmarks.report import machine
from benchmarks.run import ROOT, Database, prepare

PAGE = ROOT / "docs" / "benchmarks-board.md"
SIZE, ROUNDS = 10_000, 20
# Milliseconds, as issue 5 asks.
ASKED = 300
PAGES = {
    "the board": "/admin/board/",
    "its last page": "/admin/board/?p=201",
    "outdated German": "/admin/board/?language=de&state=is_outdated",
    "missing anywhere": "/admin/board/?state=missing",
    "kind, country, validity, age": "/admin/board/?type=practices.practice&country=FR&validity=never&age=3",
    "two words in the title": "/admin/board/?q=reseau+meres",
    "oldest first": "/admin/board/?order=oldest",
    "first page of the desk": "/admin/",
}
TEXT = """\
# How fast the board opens

Milliseconds of whole requests within one process, without the network, of an editor who is signed in; {rounds} of each, after
a first one that is not counted. {size:,} generated practices with their cities and vocabulary, in six languages, a tenth of the translations outdated, a
tenth missing. *Lines anew*: `manage.py rebuild_board`.

Measured on {day} on {machine}.

| page | {names} |
| --- | {dashes} |
{rows}

Asked: within {asked} ms. Slowest median: {slowest:.0f} ms.

Again: `python -m benchmarks.board --write --postgresql postgres://…`.
"""


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.board", description=__doc__)
    parser.add_argument("--postgresql", metavar="URL", help="A server, with a user who may make databases.")
    parser.add_argument("--write", action="store_true", help=f"Write docs/{PAGE.name}.")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside()
        return
    databases = [Database("SQLite")]
    databases += [Database("PostgreSQL", options.postgresql)] if options.postgresql else []
    found = {database.name: measure(database) for database in databases}
    page = report(found)
    print(page)
    if options.write:
        PAGE.write_text(page)


def measure(database):
    """What a process on the database found: page → (median, slowest, queries), and the seconds of a rebuild."""
    environment = prepare(database, SIZE)
    command = [sys.executable, "-m", "benchmarks.board", "--inside"]
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    rows = [line.split("\t") for line in said.stdout.splitlines() if line.count("\t") == 3]
    return {name: (float(median), float(slowest), int(queries)) for name, median, slowest, queries in rows}


def inside():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings.production")
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from translations import standings
    from translations.models import Standing

    start = time.perf_counter()
    sum(standings.rebuild())
    seconds = time.perf_counter() - start
    make_work(Standing)
    editor, _is_new = User.objects.get_or_create(
        username="benchmark", defaults={"is_staff": True, "is_superuser": True}
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    for name, path in PAGES.items():
        assert client.get(path).status_code == 200, path  # noqa: S101
        with CaptureQueriesContext(connection) as queries:
            ask(client, path)
        number = len(queries)  # the next request empties their list
        times = [ask(client, path) for _round in range(ROUNDS)]
        print(name, f"{statistics.median(times):.1f}", f"{max(times):.1f}", number, sep="\t")
    print("lines anew (seconds)", f"{seconds:.1f}", f"{seconds:.1f}", 0, sep="\t")


def make_work(standings):
    """Leave something to do: generated practices are complete and in step."""
    for code in ("de", "tr"):
        standings.objects.filter(object_id__endswith="3").update(**{f"is_outdated_{code}": True})
        standings.objects.filter(object_id__endswith="7").update(**{f"state_{code}": "missing"})


def ask(client, path):
    """Milliseconds."""
    start = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - start) * 1000


def report(found):
    rows = []
    for name in next(iter(found.values())):
        cells = []
        for pages in found.values():
            median, slowest, queries = pages[name]
            cells += [f"{median:.0f}", f"{slowest:.0f}", str(queries) if queries else "–"]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    columns = [f"{name}, median | slowest | queries" for name in found]
    medians = [each[0] for pages in found.values() for each in pages.values() if each[2]]
    return TEXT.format(
        rounds=ROUNDS,
        size=SIZE,
        day=time.strftime("%Y-%m-%d"),
        machine=machine(),
        names=" | ".join(columns),
        dashes=" | ".join(["---:"] * 3 * len(found)),
        rows="\n".join(rows),
        asked=ASKED,
        slowest=max(medians),
    )


if __name__ == "__main__":
    main()
