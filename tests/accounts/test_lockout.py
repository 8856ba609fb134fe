import pytest
from django.utils import timezone

from accounts import lockout
from accounts.lockout import ADDRESS, NAME_AT_ADDRESS, NAME_ON_DEVICE, NETWORK
from desk.models import AuditEntry
from exchange.models import Submission
from tests import factories
from tests.accounts.signing_in import is_in, sign_in

pytestmark = pytest.mark.django_db

HOME, OFFICE, NEIGHBOUR = "192.0.2.1", "198.51.100.7", "198.51.100.8"


def fail(client, times, name="editor", address=OFFICE):
    """The statuses of so many tries with a wrong password."""
    return [sign_in(client, name, "wrong", address).status_code for _try in range(times)]


@pytest.fixture
def stranger(client):
    """Another browser."""
    return type(client)()


def elapse(time):
    for counted in Submission.objects.all():
        counted.sent_at -= time
        counted.save()


def test_after_five_failures_with_a_name_the_password_is_no_longer_looked_at(client):
    factories.editor()
    assert fail(client, 7) == [200] * 5 + [429] * 2
    response = sign_in(client, address=OFFICE)
    assert response.status_code == 429
    assert "15" in response.context["form"].non_field_errors()[0]
    assert not is_in(client)
    kinds = list(AuditEntry.objects.order_by("pk").values_list("kind", "name", "address"))
    assert kinds == [("failed", "editor", OFFICE)] * 5 + [("locked", "editor", OFFICE)]


def test_a_lock_ends_by_itself_and_trying_meanwhile_does_not_lengthen_it(client):
    factories.editor()
    fail(client, 5)
    elapse(NAME_AT_ADDRESS[1] / 2)
    assert fail(client, 20) == [429] * 20
    elapse(NAME_AT_ADDRESS[1] / 2)
    assert sign_in(client, address=OFFICE).status_code == 302


def test_a_stranger_who_fails_a_hundred_times_does_not_lock_an_editor_out_elsewhere(client, stranger):
    factories.editor()
    fail(stranger, 100)
    assert sign_in(client, address=HOME).status_code == 302
    assert is_in(client)


def test_nor_at_the_next_address_of_the_same_network(client, stranger):
    factories.editor()
    fail(stranger, 100)
    assert sign_in(client, address=NEIGHBOUR).status_code == 302


def test_nor_at_the_very_same_address_on_a_computer_that_the_editor_has_signed_in_with(client, stranger):
    factories.editor()
    sign_in(client, address=OFFICE)
    client.post("/admin/logout/")
    fail(stranger, 100)
    # Not even by using up what the address and the network may fail with any name.
    for number in range(NETWORK[0]):
        fail(stranger, 1, f"name{number}", OFFICE if number < ADDRESS[0] else f"198.51.100.{number}")
    assert sign_in(stranger, address=OFFICE).status_code == 429
    assert sign_in(client, address=OFFICE).status_code == 302


def test_failures_on_a_known_computer_are_limited_on_their_own(client, stranger):
    factories.editor()
    sign_in(client, address=OFFICE)
    client.post("/admin/logout/")
    most = NAME_ON_DEVICE[0]
    assert fail(client, most + 1) == [200] * most + [429]
    # They, in turn, lock out nobody else.
    assert sign_in(stranger, address=OFFICE).status_code == 302


def test_the_mark_of_a_computer_counts_for_the_name_that_signed_in_with_it_only(client):
    factories.editor()
    factories.translator()
    sign_in(client, address=OFFICE)
    client.post("/admin/logout/")
    most = NAME_AT_ADDRESS[0]
    assert fail(client, most + 1, "translator") == [200] * most + [429]


@pytest.mark.parametrize("forged", ["", "x", "WyJ4IiwieSJd:1abc:def", "é", "x" * 5000])
def test_a_forged_mark_is_none(client, forged):
    factories.editor()
    client.cookies[lockout.COOKIE] = forged
    assert fail(client, NAME_AT_ADDRESS[0] + 1)[-1] == 429


def test_whoever_tries_many_names_from_an_address_is_stopped_for_an_hour(client):
    most, time = ADDRESS
    statuses = [fail(client, 1, f"name{number}")[0] for number in range(most + 1)]
    assert statuses == [200] * most + [429]
    elapse(time)
    assert fail(client, 1) == [200]


def test_whoever_tries_from_many_addresses_of_a_network_is_stopped(client):
    most, _time = NETWORK
    statuses = [fail(client, 1, f"name{number}", f"198.51.100.{number}")[0] for number in range(most + 1)]
    assert statuses == [200] * most + [429]
    assert fail(client, 1, "name", HOME) == [200]


def test_signing_in_makes_former_failures_void(client):
    factories.editor()
    for _day in range(3):
        assert fail(client, 4) == [200] * 4
        assert sign_in(client, address=OFFICE).status_code == 302
        client.cookies.clear()


def test_the_words_are_the_same_whether_there_is_such_an_account_or_not(client):
    factories.editor()
    answers = []
    for name in ("editor", "nobody"):
        fail(client, 5, name)
        answers.append(str(sign_in(client, name, address=OFFICE).context["form"].non_field_errors()))
    assert answers[0] == answers[1]


def test_the_address_behind_a_trusted_proxy_is_what_counts(client, settings):
    from ipaddress import ip_network

    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    factories.editor()
    form = {"username": "editor", "password": "wrong"}
    for _try in range(5):
        client.post("/admin/login/", form, REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": OFFICE})
    assert sign_in(client, address=OFFICE).status_code == 429
    right = form | {"password": factories.PASSWORD}
    response = client.post("/admin/login/", right, REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": HOME})
    assert response.status_code == 302


def test_what_is_counted_is_no_address_and_no_name_and_forgotten_after_a_day(client):
    fail(client, 1)
    stored = " ".join(map(str, Submission.objects.values_list("form", "sender", "network")))
    assert not [word for word in ("editor", OFFICE, "198.51.100") if word in stored]
    Submission.objects.update(sent_at=timezone.now() - lockout.MEMORY * 2)
    fail(client, 1)
    assert Submission.objects.filter(sent_at__lt=timezone.now() - lockout.MEMORY).count() == 0
