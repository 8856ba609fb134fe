"""`python -m benchmarks.pdf`: how long a reader waits for the PDF of a declaration, made and kept.

Whole requests within one process, without the network, for every declaration of the portal's own database, which must
hold some. Each round is a new process with nothing kept, for typst remembers within a process what it has laid out.
"""

import argparse
import datetime
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.report import machine

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks-pdf.md"
QUERIES = [
    "text=fr",
    "text=en",
    "text=de",
    "text=it",
    "text=ru",
    "text=tr",
    "text=fr&with=en",
    "text=de&with=ru",
]
# A declaration in one language or in two must be there within this time, as issue 4 asks.
ASKED = 1000

TEXT = """\
# How fast a declaration is typeset

Milliseconds of whole requests within one process, without the network: median and slowest of {count} for each choice of
languages, over the declarations of the founding content, in {rounds} new processes with nothing kept. *Made*: typeset for
this reader. *Kept*: the same address again. The first request of a process also loads the fonts: {first:.0f} ms (median).

Measured on {day} on {machine}.

| languages | made | slowest | kept | KB |
| --- | ---: | ---: | ---: | ---: |
{rows}

Asked: within {asked} ms. Slowest: {slowest:.0f} ms.

Again: `python -m benchmarks.pdf --write`, in an environment and with a database in which the portal runs.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="How many processes (default: 7).")
    parser.add_argument("--write", action="store_true", help=f"Write docs/{PAGE.name}.")
    options = parser.parse_args()

    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rounds = pool.map(measure, range(options.rounds), chunksize=1)
    page = report(rounds)
    print(page)
    if options.write:
        PAGE.write_text(page)


def measure(_number):
    """(first request of the process, what was asked for → its (made, kept, bytes)); in milliseconds."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings.production")
    os.environ.setdefault("ALLIANCE_TLS", "0")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from declarations.models import Declaration

    client = Client(SERVER_NAME="localhost")

    def ask(path):
        start = time.perf_counter()
        response = client.get(path)
        milliseconds = (time.perf_counter() - start) * 1000
        assert response["Content-Type"] == "application/pdf", response  # noqa: S101
        return milliseconds, len(response.content)

    slugs = list(Declaration.objects.published().values_list("slug", flat=True))
    found = {query: [] for query in QUERIES}
    with tempfile.TemporaryDirectory() as folder:
        settings.CACHES["pdf"]["LOCATION"] = folder
        # In a language and with a partner that are not measured.
        first, _size = ask(f"/en/declarations/{slugs[0]}/pdf/?text=it&with=tr")
        for query in QUERIES:
            for slug in slugs:
                path = f"/en/declarations/{slug}/pdf/?{query}"
                made, size = ask(path)
                kept, _size = ask(path)
                found[query].append((made, kept, size))
    return first, found


def report(rounds):
    rows, slowest = [], 0
    for query in QUERIES:
        made, kept, sizes = zip(*[each for _first, found in rounds for each in found[query]], strict=True)
        slowest = max(slowest, *made)
        name = query.removeprefix("text=").replace("&with=", " and ")
        rows.append(
            f"| {name} | {statistics.median(made):.0f} | {max(made):.0f} | {statistics.median(kept):.0f} |"
            f" {statistics.median(sizes) / 1000:.0f} |"
        )
    return TEXT.format(
        count=len(made),
        rounds=len(rounds),
        first=statistics.median(first for first, _found in rounds),
        day=datetime.datetime.now().date(),
        machine=machine(),
        rows="\n".join(rows),
        asked=ASKED,
        slowest=slowest,
    )


if __name__ == "__main__":
    main()
