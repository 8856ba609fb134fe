"""`make bench`: how fast the pages are, beside a bare Django view, at two sizes, on both databases.

Uses databases of its own: SQLite in var/bench/ and, where --postgresql or DATABASE_URL names a PostgreSQL server,
databases alliance_bench_<size> there. They are kept for the next run. ARGS="--sizes 1000" is quick.
"""

import argparse
import os
from pathlib import Path

from benchmarks.report import table, write_page
from benchmarks.run import Database, measure

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main():
    url = os.environ.get("DATABASE_URL", "")
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1000, 100_000], metavar="N", help="Practices."
    )
    parser.add_argument(
        "--postgresql",
        default=url if url.startswith("postgres") else None,
        metavar="URL",
        help="A database whose user may create others (default: DATABASE_URL).",
    )
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="Only this database.")
    parser.add_argument(
        "--rounds", type=int, default=5, help="How often each page has its turn (default: 5)."
    )
    parser.add_argument("--seconds", type=int, default=3, help="How long a turn is (default: 3).")
    parser.add_argument("--write", action="store_true", help=f"Write docs/{PAGE.name}.")
    options = parser.parse_args()

    databases = []
    if options.only != "postgresql":
        databases.append(Database("SQLite"))
    if options.postgresql and options.only != "sqlite":
        databases.append(Database("PostgreSQL", options.postgresql))
    elif options.only != "sqlite":
        print("PostgreSQL is left out: --postgresql or DATABASE_URL would name a server.")
    results = [
        measure(database, sorted(options.sizes), rounds=options.rounds, seconds=options.seconds)
        for database in databases
    ]
    print(table(results))
    if options.write:
        write_page(PAGE, results, options)
        print(f"Written: docs/{PAGE.name}")


if __name__ == "__main__":
    main()
