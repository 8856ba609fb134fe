"""`python -m benchmarks.search`: how fast search answers, at several sizes, on both databases.

One worker, one visitor, the whole request with facets and snippets, over loopback; no response is cached, and what the
process keeps in memory (entries and facets of the index) is made before the first request that counts. Beside it the
bare full-text query of the same words in the same database, counted by it and nothing else.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from tqdm import tqdm

from benchmarks.report import machine
from benchmarks.run import ROOT, Database, prepare, serving

PAGE = ROOT / "docs" / "benchmarks-search.md"
# (practices → milliseconds, median and p95), as issue 3 asks.
ASKED = {1_000: (8, 15), 10_000: (12, 30), 100_000: (20, 60), 300_000: (30, 120)}
ASKED_SUGGESTIONS = 10
# What a bare view took where that was asked: 1,200 a second from two workers.
BARE_VIEW = 2 * 1000 / 1200

# What officials type: language of the page, words, what else is chosen. Topics of which not every text speaks, places,
# both together; the generator's texts hold all of them.
QUERIES = [
    ("fr", "imam", {}),
    ("fr", "théâtre municipal", {}),
    ("fr", '"bailleur social"', {}),
    ("fr", "radio -théâtre", {}),
    ("fr", "médiateurs Pelarrit", {}),
    ("fr", "jeunes théâtre", {"country": "FR"}),
    ("en", "observatory", {}),
    ("en", "housing company", {}),
    ("en", "helpline fathers", {}),
    ("en", "school mediators Ramanburg", {"theme": "family"}),
    ("en", '"community radio" girls', {}),
    ("en", "shopkeep", {}),
    ("de", "Bürgerradio", {}),
    ("de", "Stadttheater Imam", {}),
    ("de", "Jugendamt Graneğan", {}),
    ("de", "Wohnungsgesellschaft", {"country": ["DE", "AT"]}),
    ("it", "linea di ascolto", {}),
    ("it", "teatro comunale", {}),
    ("it", "mediatori Novalbach", {}),
    ("ru", "горячая линия", {}),
    ("ru", "имам", {}),
    ("ru", "городского театра", {}),
    ("tr", "şehir tiyatrosu", {}),
    ("tr", "topluluk radyosu", {}),
    ("tr", "arabulucu Miriberg", {}),
    # In another language than the page's.
    ("fr", "Bürgerradio", {}),
    ("ru", "observatory", {}),
    # Of the founding content: names, inflections.
    ("fr", "Rotterdam", {}),
    ("en", "Den Haag prison", {}),
    ("de", "Mammakraft", {}),
    ("tr", "L’Hospitalet", {}),
]
# Topics of a quarter to three quarters of the generator's texts, whose vocabulary is small.
FREQUENT = [
    ("fr", "médiateurs", {}),
    ("fr", "maison de quartier", {}),
    ("fr", "service jeunesse école", {}),
    ("fr", '"police locale"', {}),
    ("fr", "mediateur -école", {}),
    ("en", "youth department", {}),
    ("en", "community cent", {}),
    ("en", '"local police" school', {}),
    ("de", "Jugendamt", {}),
    ("de", "Mediatoren Schule", {}),
    ("it", "ufficio giovani", {}),
    ("ru", "школа медиатор", {}),
    ("ru", "отдел молодёжи", {}),
    ("tr", "gençlik birimi", {}),
    ("tr", "mahalle merkezi okul", {}),
]
COMMON = [
    ("en", "city", {}),
    ("de", "Stadt", {}),
    ("ru", "город", {}),
    ("tr", "ve", {}),
    ("fr", "la ville", {}),
    ("it", "città scuola", {}),
]
MISSPELT = [
    ("fr", "médiatuers", {}),
    ("de", "Jugendmat", {}),
    ("tr", "arabuluccu", {}),
    ("ru", "медиатроы", {}),
]
TYPED = [
    "me",
    "med",
    "medi",
    "sch",
    "schu",
    "ju",
    "jug",
    "ro",
    "rott",
    "го",
    "горо",
    "ça",
    "gen",
    "ce",
    "cit",
]
KINDS = {
    "mix": QUERIES + COMMON,
    "ordinary": QUERIES,
    "frequent": FREQUENT,
    "common words": COMMON,
    "misspelt": MISSPELT,
}


def path_of(query):
    language, words, chosen = query
    return f"/{language}/search/?{urlencode({'q': words, **chosen}, doseq=True)}"


def main():
    url = os.environ.get("DATABASE_URL", "")
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--sqlite", type=int, nargs="*", default=[1_000, 10_000, 100_000], metavar="N")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000, 300_000], metavar="N",
                        help="Practices on PostgreSQL.")  # fmt: skip
    parser.add_argument("--postgresql", default=url if url.startswith("postgres") else None, metavar="URL")
    parser.add_argument("--rounds", type=int, default=10, help="How often each query is asked (default: 10).")
    parser.add_argument("--write", action="store_true", help=f"Write docs/{PAGE.name}.")
    options = parser.parse_args()
    wanted = [(Database("SQLite"), size) for size in options.sqlite]
    if options.postgresql:
        wanted += [(Database("PostgreSQL", options.postgresql), size) for size in options.sizes]
    rows = [measure(database, size, options.rounds) for database, size in wanted]
    print(table(rows))
    if options.write:
        write_page(rows, options.rounds)
        print(f"Written: docs/{PAGE.name}")


def measure(database, size, rounds):
    """One row of the table: what one database of one size gave, times in milliseconds."""
    environment = {**prepare(database, size), "GRANIAN_WORKERS": "1"}
    row = {"database": database.name, "size": size}
    with serving(environment) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        suggested = [f"/fr/search/suggestions/?{urlencode({'q': typed})}" for typed in TYPED]
        paths = {kind: [path_of(query) for query in queries] for kind, queries in KINDS.items()}
        different = list(
            dict.fromkeys(["/bare/", *suggested, *(path for some in paths.values() for path in some)])
        )
        times = {path: [] for path in different}
        for path in different:
            ask(connection, path)
        for _round in tqdm(range(rounds), desc=f"{database.name} {size:,}", unit="round", disable=None):
            for path in different:
                times[path].append(ask(connection, path))
    for kind, some in paths.items():
        row[kind] = both([one for path in some for one in times[path]])
    row["bare view"] = both(times["/bare/"])
    row["suggestions"] = both([one for path in suggested for one in times[path]])
    row["bare"] = both(bare(environment, KINDS["mix"], rounds))
    row["bare frequent"] = both(bare(environment, FREQUENT, rounds))
    row["bare common"] = both(bare(environment, COMMON, rounds))
    return row


def both(times):
    """Median and p95."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def ask(connection, path):
    """How long one answer took, in milliseconds."""
    start = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    took = 1000 * (time.perf_counter() - start)
    if answer.status != 200:
        sys.exit(f"{path} answered with {answer.status}.")
    return took


def bare(environment, queries, rounds):
    """Milliseconds of the full-text queries alone, as the database counts what they find."""
    script = Path(__file__).with_name("bare_search.py")
    words = "\n".join(words for _language, words, _chosen in queries)
    run = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", f"benchmarks.{script.stem}", str(rounds)],
        cwd=ROOT, env=environment, input=words, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [float(line) for line in run.stdout.split()]


COLUMNS = [*KINDS, "suggestions", "bare view", "bare", "bare frequent", "bare common"]


def table(rows):
    head = ["database", "practices", *COLUMNS, "mix to bare", "frequent to bare"]
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    for row in rows:
        cells = [row["database"], f"{row['size']:,}"]
        cells += [f"{row[kind][0]:.1f} / {row[kind][1]:.1f}" for kind in COLUMNS]
        cells.append(f"{row['mix'][0] / row['bare'][0]:.1f}")
        cells.append(f"{row['frequent'][0] / row['bare frequent'][0]:.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def verdicts(rows):
    """What was asked and what came of it, both in bare views: milliseconds differ with the machine and its neighbours."""
    lines = [
        "| database | practices | asked, ms | in bare views | got, ms | in bare views |",
        "| --- |" + " ---: |" * 5,
    ]
    for row in rows:
        asked = {"mix": ASKED.get(row["size"])}
        if row["size"] == 100_000:
            asked["suggestions"] = (None, ASKED_SUGGESTIONS)
        for kind, limits in asked.items():
            if limits:
                name = row["database"] if kind == "mix" else f"{row['database']}, suggestions"
                views = [limit and limit / BARE_VIEW for limit in limits]
                got = [row[kind][at] if limit else None for at, limit in enumerate(limits)]
                got_views = [one and one / row["bare view"][0] for one in got]
                cells = [_pair(limits, 0), _pair(views, 1), _pair(got, 1), _pair(got_views, 1)]
                lines.append(f"| {name} | {row['size']:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _pair(times, digits):
    """Median / p95, or p95 alone."""
    return (
        " / ".join(f"{time:.{digits}f}" for time in times if time)
        if times[0]
        else f"p95 {times[1]:.{digits}f}"
    )


def write_page(rows, rounds):
    import datetime

    PAGE.write_text(TEXT.format(
        day=datetime.date.today().isoformat(), machine=machine(), rounds=rounds, table=table(rows),
        verdicts=verdicts(rows), number=len(QUERIES), common=", ".join(words for _l, words, _c in COMMON),
        frequent=len(FREQUENT),
    ))  # fmt: skip


TEXT = """\
# How fast search answers

The whole request for a page of results, with eight facets, their counts, and a passage for each hit, over loopback to one
worker of the application server that `make run` starts. One visitor asks {number} *ordinary* queries in six languages (topics, places, both,
phrases, exclusions, inflected forms, names, chosen facets) and the *common words* {common}, each {rounds} times in turns. Median / p95 in
milliseconds. *mix*: ordinary queries and common words together, which is what was asked for. *frequent*: {frequent} topics that stand in a quarter to
three quarters of the generated texts, whose vocabulary is smaller than that of real ones. *misspelt*: nothing is found and the closest
word is tried. *suggestions*: what the field suggests for two to four letters. *bare*: the same words as one full-text query of the same
database that only counts what it finds; *to bare*: how many such queries the whole request takes, at the median. *bare view*: 20 rows from one
query by the same server and the same visitor, as in [the other benchmarks](benchmarks.md), to tell how fast the machine was at that time: those
who set the figures that were asked for had 1,100 to 1,300 such views a second from two workers, 1.7 ms each. What was asked and what was
measured is therefore compared in bare views of its own row.

Nothing that depends on the words is cached. The entries and facets of the index are in the memory of the process, as
[decision 2](decisions/0002-facets-from-memory.md) says.

Measured on {day} on {machine}.

{table}

{verdicts}

Again: `python -m benchmarks.search --write --postgresql URL` (a database whose user may create others); `--sqlite 1000 --sizes 1000` is quick.
The corpora are those of [the other benchmarks](benchmarks.md).

## Rebuilding

`time python manage.py rebuild_search` with 100,000 practices (100,807 things) on PostgreSQL, on 2026-11-22 on the same machine: 9 min 37 s, of
which 2 min 53 s for the GIN index; asked: under ten minutes. The process and its helper had 219 and 86 MB at most.
"""


if __name__ == "__main__":
    main()
