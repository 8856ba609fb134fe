"""What tests of several apps share."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from hypothesis import settings

from alliance import memory
from alliance.languages import CODES
from desk import cleaning
from search import postings
from translations.models import Passage, PassageKey

# How long an example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """At the end everybody hangs up: a thread of the live server may still wait for its browser.

    PostgreSQL drops no database that somebody is connected to.
    """
    yield
    if connection.vendor == "postgresql":
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"{others} AND usename = current_user AND pid <> pg_backend_pid()")


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Every test starts with an empty memory: after a rollback, version numbers of the content come again."""
    memory._held.clear()


@pytest.fixture(autouse=True)
def no_postings_left(request):
    """After a test with transactions of its own all tables are emptied, but for the postings, which have no model."""
    marker = request.node.get_closest_marker("django_db")
    own = marker and marker.kwargs.get("transaction")
    if own or {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        yield
        postings.remove(postings.numbers())
    else:
        yield


# For the whole session, so that the tests of one language come together and its pages are read by one process.
@pytest.fixture(params=CODES, scope="session")
def language(request):
    """Each of the six languages in turn."""
    return request.param


@pytest.fixture(scope="session")
def founding_rows():
    """The rows of the founding content by model, once the first test that needs them has loaded them."""
    return {}


@pytest.fixture
def uncleaned(monkeypatch):
    """Texts are stored as they are typed, as they were before there was `desk.cleaning`: pages do not rely on it."""
    monkeypatch.setattr(cleaning, "clean", lambda record: set())


@pytest.fixture
def founding_content(db, founding_rows):
    """The database holds what content/ says.

    Only for the test that asks: the content lives in the transaction of that test, so that all others find an empty
    database, in the same module too. The files are read and loaded once per session; later tests get a copy of the
    rows, which takes a fraction of the time. Tables that were empty before the load and are not after it are
    copied, whichever app they belong to, but for the translation memory: two thirds of all rows, which few tests look
    at, and `translations.memory.rebuild` makes. Works with `live_server` and `transactional_db` as well. Ask for it
    before the test makes records of its own.
    """
    with transaction.atomic():
        if founding_rows:
            rows = dict(founding_rows)
            _insert(rows, rows.pop(ContentType))
        else:
            empty = [model for model in _models() if not model._base_manager.exists()]
            call_command("load_content", verbosity=0)
            PassageKey.objects.all().delete()
            Passage.objects.all().delete()
            founding_rows.update((model, rows) for model in empty if (rows := _rows(model)))
            founding_rows[ContentType] = {each.pk: each.natural_key() for each in ContentType.objects.all()}
            founding_rows[postings.TABLE] = _select(postings.TABLE, POSTINGS)


POSTINGS = "number, terms" if connection.vendor == "postgresql" else "rowid, terms"


def _models():
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _columns(model):
    return ", ".join(connection.ops.quote_name(field.column) for field in model._meta.local_concrete_fields)


def _rows(model):
    return _select(connection.ops.quote_name(model._meta.db_table), _columns(model))


def _select(table, columns):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table}")
        return cursor.fetchall()


def _insert(rows_by_model, natural_keys):
    """Write the rows; a test with transactions of its own may have given the content types other numbers since."""
    numbers = {old: ContentType.objects.get_by_natural_key(*key).pk for old, key in natural_keys.items()}
    with connection.cursor() as cursor:
        for model, rows in rows_by_model.items():
            if model == postings.TABLE:
                _write(cursor, model, POSTINGS, rows)
                continue
            fields = model._meta.local_concrete_fields
            kinds = {place for place, field in enumerate(fields) if field.related_model is ContentType}
            if kinds:
                rows = [[numbers[v] if at in kinds and v else v for at, v in enumerate(row)] for row in rows]
            _write(cursor, connection.ops.quote_name(model._meta.db_table), _columns(model), rows)
        models = [model for model in rows_by_model if model != postings.TABLE]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _write(cursor, table, columns, rows):
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        places = ", ".join(["%s"] * len(rows[0]))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
