"""The figures as a table, and docs/benchmarks.md around it."""

import datetime
import os
import platform
import re
import sqlite3
from pathlib import Path

# What issue 2 asks for.
LIST_TO_BARE = 1 / 3
MOST_GROWTH = 2

PAGE = """\
# How fast the pages are

Whole requests over loopback to the application server that `make run` starts (granian, two workers, `DEBUG` off),
uncached, beside a bare Django view in the same processes: 20 rows from one query, about 20 KB
(`benchmarks/bare.py`). {connections} connections, {rounds} turns of {seconds} seconds for each page, all pages and sizes in
turns; medians of the turns. Latencies in milliseconds, under this load, so with the waiting for a free worker. No response is
cached; what follows from the content alone (facet counts and checkboxes of the whole list, orders, places of cities, the map) is
kept in memory until the content changes.

Measured on {day} on {machine}. The load generator has the same processors as the server and the database: compare
the columns, not the figures with those of another machine.

{table}

| asked | got |
| --- | --- |
{verdicts}

*of bare*: requests per second as a share of those of the bare view in the same round. *growth*: how many times longer
the page takes with {last} practices than with {first}.

Again: `make bench ARGS=--write`, with `DATABASE_URL` or `ARGS="--write --postgresql URL"` for PostgreSQL too; `wrk` makes
the load where it is installed, else a slower client in Python. `ARGS="--sizes 1000 --rounds 2"` is quick. The practices come from
`python -m benchmarks.generate N`: the same for the same seed, sentences in six languages put together from
`benchmarks/vocabulary.yaml`, one in five translations missing. It refuses a database with content of its own.
"""


def table(results):
    """All figures as one Markdown table."""
    rows = [
        "| database | practices | page | KB | requests/s | p50 | p95 | p99 | of bare | growth |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for result in results:
        sizes = list(result.loads)
        for size in sizes:
            for page in result.loads[size]:
                grown = f"{result.growth(page):.2f}" if size != sizes[0] and size == sizes[-1] else ""
                cells = [
                    result.database,
                    f"{size:,}",
                    page,
                    f"{result.kilobytes[size][page]:.0f}",
                    f"{result.median(size, page, 'rate'):.0f}",
                    *(f"{result.median(size, page, name):.1f}" for name in ("p50", "p95", "p99")),
                    f"{result.to_bare(size, page):.2f}",
                    grown,
                ]
                rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def verdicts(results):
    """What was asked beside the worst of what was measured, as rows of a table."""
    share = min(result.to_bare(size, "list") for result in results for size in result.loads)
    rows = [f"| the list at a third of the bare view or better | {share:.2f} at worst |"]
    grown = [
        (result.growth(page), page, result.database)
        for result in results
        if len(result.loads) > 1
        for page in next(iter(result.loads.values()))
    ]
    if grown:
        most, page, database = max(grown)
        rows.append(
            f"| no page slower than {MOST_GROWTH} times its time | {most:.2f} at worst ({page}, {database}) |"
        )
    return "\n".join(rows)


def machine():
    """The kind of machine, in words."""
    names = (
        re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M) if _linux() else []
    )
    processor = names[0].strip() if names else platform.machine()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} processors ({processor}), {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _linux():
    return Path("/proc/cpuinfo").exists()


def write_page(path, results, options):
    from benchmarks.load import CONNECTIONS

    sizes = sorted(options.sizes)
    path.write_text(
        PAGE.format(
            connections=CONNECTIONS,
            rounds=options.rounds,
            seconds=options.seconds,
            day=datetime.date.today().isoformat(),
            machine=machine(),
            table=table(results),
            verdicts=verdicts(results),
            first=f"{sizes[0]:,}",
            last=f"{sizes[-1]:,}",
        )
    )
