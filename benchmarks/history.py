"""What the history costs: queries and time of one save, and of loading the founding content, with it and without.

`python -m benchmarks.history` on a portal with the founding content, or on an empty one for the load; all that it
writes is rolled back.
"""

import os
import statistics
import time
from types import SimpleNamespace

import django

ROUNDS = 15


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings.base")
    django.setup()
    from django.db import connection

    print(f"| {connection.vendor} | queries | ms | without history: queries | ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, act, rounds in acts():
        measured(act, 1, with_history=True)  # which fills what is kept in memory
        queries, took = measured(act, rounds, with_history=True)
        fewer, less = measured(act, rounds, with_history=False)
        print(f"| {name} | {queries:,} | {took:,.0f} | {fewer:,} | {less:,.0f} |")


def acts():
    """(name, what is done, how often)."""
    from declarations.models import Declaration
    from practices.models import Practice

    if not Practice.objects.exists():
        yield "load of the founding content into an empty portal", load, 3
        return
    yield "save of a practice", lambda: change(Practice), ROUNDS
    yield "save of the longest declaration", lambda: change(Declaration), ROUNDS


def change(model):
    from alliance.parts import parts_of

    found = parts_of(list(model.objects.order_by("pk")))
    record = model.objects.get(pk=max(found, key=lambda pk: len(found[pk])))
    started, queries = time.perf_counter(), counted()
    record.title_de = f"{record.title_de[:100]} {started}"
    record.save()
    return counted() - queries, time.perf_counter() - started


def load():
    from django.conf import settings

    from alliance.founding import loading

    started, queries = time.perf_counter(), counted()
    loading.load(settings.BASE_DIR / "content")
    return counted() - queries, time.perf_counter() - started


def counted():
    return counter.queries


counter = SimpleNamespace(queries=0)


def count(execute, sql, params, many, context):
    counter.queries += 1
    return execute(sql, params, many, context)


def measured(act, rounds, *, with_history):
    """The queries of one time and the median of the milliseconds."""
    from django.apps import apps
    from django.db import connection, transaction

    from desk import addresses

    config, results = apps.get_app_config("desk"), []
    if not with_history:
        config.changes = lambda edit: addresses.Changes()
    try:
        for _round in range(rounds):
            with transaction.atomic(), connection.execute_wrapper(count):
                results.append(act())
                transaction.set_rollback(True)
    finally:
        vars(config).pop("changes", None)
    return results[-1][0], statistics.median(took for _queries, took in results) * 1000


if __name__ == "__main__":
    main()
