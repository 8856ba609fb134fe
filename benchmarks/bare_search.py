"""`python -m benchmarks.bare_search ROUNDS`: milliseconds of each query on the standard input, as the database counts it."""

import sys
import time

import django

django.setup()

from django.db import connection  # noqa: E402 - after the settings

from search import postings  # noqa: E402
from search.query import parse  # noqa: E402

COUNT = {
    "postgresql": f"SELECT count(*) FROM {postings.TABLE} WHERE terms @@ %s::tsquery",  # noqa: S608
    "sqlite": f"SELECT count(*) FROM {postings.TABLE} WHERE {postings.TABLE} MATCH %s",  # noqa: S608
}


def main():
    expressions = [postings.expression(parse(words)) for words in sys.stdin.read().splitlines()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")  # as search itself asks: see search/postings.py
        for _round in range(int(sys.argv[1]) + 1):
            for expression in expressions:
                start = time.perf_counter()
                cursor.execute(COUNT[connection.vendor], [expression])
                cursor.fetchone()
                if _round:  # the first only warms up
                    print(1000 * (time.perf_counter() - start))


main()
