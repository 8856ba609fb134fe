import threading
import time

import pytest

from alliance import memory
from alliance.memory import content_version, remembered
from tests import factories


@pytest.mark.django_db
def test_what_was_made_is_kept_until_the_content_changes():
    made = []
    city = factories.city()

    def make():
        made.append("again")
        return object()

    first = remembered("key", make)
    assert remembered("key", make) is first
    city.save()
    second = remembered("key", make)
    assert second is not first
    assert remembered("key", make) is second
    assert made == ["again", "again"]


@pytest.mark.django_db
def test_asking_costs_one_small_query_and_none_where_the_version_is_known(django_assert_num_queries):
    factories.city()
    version = content_version()
    with django_assert_num_queries(1):
        remembered("key", object)
    with django_assert_num_queries(0):
        remembered("key", object, version=version)


@pytest.mark.django_db
def test_an_empty_database_has_a_version_too():
    assert content_version() == 0


def test_each_key_has_its_own_value():
    assert [remembered(key, lambda key=key: key, version=1) for key in ("one", "two", "one")] == [
        "one",
        "two",
        "one",
    ]


def test_who_asks_for_a_later_version_gets_it_and_nobody_goes_back_to_an_earlier_one():
    assert [remembered("key", lambda n=n: n, version=n) for n in (1, 2, 1)] == [1, 2, 2]


def test_what_can_follow_the_changes_is_made_from_what_is_held():
    def follow(old, version):
        return [*old, version]

    asked = [remembered("key", lambda: ["made"], version=n, follow=follow) for n in (1, 1, 3)]
    assert asked == [["made"], ["made"], ["made", 3]]


def test_what_cannot_be_made_is_not_remembered():
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        remembered("key", fail, version=1)
    assert remembered("key", lambda: "made", version=1) == "made"
    assert list(memory._held) == ["key"]


def test_several_threads_that_ask_at_once_make_it_once():
    made, found = [], []

    def make():
        time.sleep(0.05)
        made.append("once")
        return object()

    threads = [
        threading.Thread(target=lambda: found.append(remembered("key", make, version=1))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["once"]
    assert len(found) == 4 and len({id(value) for value in found}) == 1
