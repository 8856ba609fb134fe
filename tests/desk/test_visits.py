import datetime

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from desk import visits
from desk.models import Visits
from tests import factories
from translations.models import Standing

pytestmark = pytest.mark.django_db

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture(autouse=True)
def _nothing_counted():
    visits._counted.clear()


def read(client, entry, **headers):
    return client.get(f"/en/practices/{entry.slug}/", headers=BROWSER | headers)


def counted():
    visits.write_down()
    return {(row.object_id, row.day): row.count for row in Visits.objects.all()}


def test_readers_of_a_page_are_counted_by_day(client):
    entry, other = factories.practice(), factories.practice()
    for each in (entry, entry, other):
        read(client, each)
    assert counted() == {(entry.pk, timezone.localdate()): 2, (other.pk, timezone.localdate()): 1}
    read(client, entry)
    assert counted()[entry.pk, timezone.localdate()] == 3


def test_programs_pages_in_advance_and_the_secretariat_are_not_counted(client):
    entry = factories.practice()
    read(client, entry, **{"user-agent": "Googlebot/2.1"})
    read(client, entry, **{"user-agent": ""})
    read(client, entry, **{"sec-purpose": "prefetch"})
    client.head(f"/en/practices/{entry.slug}/", headers=BROWSER)
    client.get("/en/practices/", headers=BROWSER)
    client.force_login(factories.editor())
    read(client, entry)
    assert counted() == {}


def test_the_board_says_how_often_an_entry_was_visited_of_late(client):
    entry = factories.practice()
    read(client, entry)
    visits.write_down()
    row = Visits.objects.get()
    for days, number in [(80, 10), (100, 100), (500, 1000)]:
        Visits.objects.create(
            content_type=row.content_type,
            object_id=entry.pk,
            day=row.day - datetime.timedelta(days=days),
            count=number,
        )
    visits.tell_the_board(Standing.objects)
    assert Standing.objects.get(content_type=row.content_type, object_id=entry.pk).visits == 11
    assert Visits.objects.count() == 3


def test_counting_asks_the_database_for_nothing(client, django_assert_num_queries):
    entry = factories.practice()
    request = read(client, entry).wsgi_request
    with django_assert_num_queries(0):
        visits.note(request, read_response(), entry)


def test_what_cannot_be_written_down_waits(client):
    entry = factories.practice()
    read(client, entry)

    def away(execute, sql, *args):
        if "desk_visits" in sql:
            raise OperationalError("The database is away.")
        return execute(sql, *args)

    with connection.execute_wrapper(away):
        visits.write_down()
    assert not Visits.objects.exists()
    read(client, entry)
    assert counted() == {(entry.pk, timezone.localdate()): 2}


def read_response():
    from django.http import HttpResponse

    return HttpResponse()
