"""What holds spam off public forms, and what people are told whom it holds off by mistake."""

import datetime
import time
from ipaddress import ip_network

import pytest
from django import forms
from django.core import signing
from django.test import RequestFactory
from django.utils import timezone, translation

from exchange import guard
from exchange.models import Submission

pytestmark = pytest.mark.django_db


class LetterForm(guard.GuardedForm):
    per_address = 3
    per_network = 5

    name = forms.CharField(max_length=20)


class OtherForm(LetterForm):
    pass


class SubmissionForm(guard.GuardedForm, forms.ModelForm):
    class Meta:
        model = Submission
        fields = ["network"]


def stamp(age=60, form="LetterForm"):
    """The time stamp of a page that was opened so many seconds ago."""
    signer = signing.TimestampSigner(salt=f"exchange.guard.{form}")
    signer.timestamp = lambda: signing.b62_encode(int(time.time()) - age)
    return signer.sign("")


def sent(form=LetterForm, address="192.0.2.1", **data):
    data = {"name": "Anna", "stamp": stamp(form=form.__name__), "homepage": ""} | data
    request = RequestFactory().post("/", data, REMOTE_ADDR=address)
    return form(request.POST or None, request=request)


def complaint(form):
    """The code of what the guard says, and what it says."""
    [error] = form.non_field_errors().as_data()
    return error.code, form.non_field_errors()[0]


def test_a_person_gets_through():
    form = sent()
    assert form.is_valid()
    assert (form.answers, form.status) == ({"name": "Anna"}, 200)


def test_a_page_that_was_only_opened_is_not_judged():
    request = RequestFactory().get("/")
    form = LetterForm(request.POST or None, request=request)
    assert (form.is_valid(), form.status, Submission.objects.count()) == (False, 200, 0)
    assert form._is_stamped(form["stamp"].value(), 5)


def test_a_form_of_a_model_is_guarded_in_the_same_way():
    form = sent(SubmissionForm, network="n")
    assert form.is_valid()
    assert form.save(commit=False).network == "n"
    assert complaint(sent(SubmissionForm, homepage="x"))[0] == "filled"


# --- The field that must stay empty ---------------------------------------------------------------


@pytest.mark.parametrize("filled", ["https://spam.example", " ", "\0", "0"])
def test_who_fills_in_the_hidden_field_is_told_so_and_finds_it_empty(filled):
    form = sent(homepage=filled)
    code, words = complaint(form)
    assert (code, form.status) == ("filled", 200)
    assert "send the form once more" in words
    assert 'value="Anna"' in str(form["name"])
    assert "value" not in str(form["homepage"])


def test_the_second_try_of_a_person_gets_through():
    first = sent(homepage="filled by the browser")
    first.is_valid()
    assert sent(stamp=first["stamp"].value()).is_valid()


def test_people_meet_no_field_that_must_stay_empty():
    form = sent()
    assert [field.name for field in form.visible_fields()] == ["name"]
    assert 'autocomplete="off"' in str(form["homepage"])
    assert 'tabindex="-1"' in str(form["homepage"])


# --- The time stamp -------------------------------------------------------------------------------


@pytest.mark.parametrize("age, code", [(0, "quick"), (1, "quick"), (-600, "quick"), (86_500, "stale")])
def test_a_form_that_comes_too_soon_or_too_late_says_so_and_keeps_what_was_typed(age, code):
    form = sent(stamp=stamp(age))
    assert complaint(form)[0] == code
    assert 'value="Anna"' in str(form["name"])


@pytest.mark.parametrize("age", [4, 86_000])
def test_a_form_may_take_its_time(age):
    assert sent(stamp=stamp(age)).is_valid()


def test_who_was_too_quick_need_not_start_from_the_beginning():
    form = sent(stamp=stamp(2))
    form.is_valid()
    assert form["stamp"].value() == form.data["stamp"]
    form.signer.unsign(form["stamp"].value(), max_age=4)


@pytest.mark.parametrize(
    "forged",
    ["", "x", "::", ":1:x", "\0", "😀" * 99, "a" * 10_000, stamp(form="OtherForm"), stamp()[:-1]],
    ids=range(9),  # a stamp has another name every second
)
def test_a_time_stamp_that_is_not_ours_is_none_and_a_new_one_comes_back(forged):
    form = sent(stamp=forged)
    assert complaint(form)[0] == "stale"
    assert not form._is_stamped(forged, guard.LONGEST)
    assert form._is_stamped(form["stamp"].value(), 5)


# --- How often ------------------------------------------------------------------------------------


def test_an_address_that_sends_too_often_is_told_when_to_try_again():
    for _ in range(3):
        assert sent().is_valid()
    Submission.objects.update(sent_at=timezone.now() - datetime.timedelta(minutes=35, seconds=30))
    form = sent()
    assert complaint(form) == (
        "often",
        "This form was sent very often from your connection. Nothing is lost: please leave this page open and send the "
        "form again in 25 minutes.",
    )
    assert (form.status, form.is_valid()) == (429, False)
    assert 'value="Anna"' in str(form["name"])
    Submission.objects.update(sent_at=timezone.now() - guard.WINDOW)
    assert sent().is_valid()


def test_who_asks_while_they_must_wait_need_not_wait_longer():
    for _ in range(3):
        sent().is_valid()
    for _ in range(5):
        sent(homepage="x").is_valid()
    assert Submission.objects.count() == 3


def test_a_network_has_a_limit_of_its_own():
    for number in range(5):
        assert sent(address=f"192.0.2.{number}").is_valid()
    assert complaint(sent(address="192.0.2.99"))[0] == "often"
    assert sent(address="192.0.3.99").is_valid()


def test_the_network_of_an_address_of_ipv6_is_larger():
    for number in range(5):
        assert sent(address=f"2001:db8:7:{number}::1").is_valid()
    assert complaint(sent(address="2001:db8:7:ffff::9"))[0] == "often"
    assert sent(address="2001:db8:8::9").is_valid()


def test_every_form_is_counted_for_itself():
    for _ in range(3):
        sent().is_valid()
    assert sent(OtherForm).is_valid()


def test_who_only_has_to_correct_a_field_is_not_counted():
    for _ in range(9):
        assert not sent(name="").is_valid()
    assert Submission.objects.count() == 0


def test_what_gives_programs_away_is_counted():
    for data in ({"homepage": "x"}, {"stamp": ""}, {"stamp": stamp(0)}):
        sent(**data).is_valid()
    assert complaint(sent())[0] == "often"


def test_what_is_counted_tells_nobody_who_it_was_and_is_forgotten_after_a_day(settings):
    sent().is_valid()
    first = Submission.objects.get()
    assert "192.0.2" not in f"{first.sender} {first.network}"
    assert len({first.sender, first.network}) == 2
    settings.SECRET_KEY = "another one"
    assert guard.digests_of(guard.parsed("192.0.2.1"))["sender"] != first.sender
    Submission.objects.update(sent_at=timezone.now() - guard.MEMORY)
    sent(stamp="").is_valid()
    assert first not in Submission.objects.all()


def test_a_form_asks_the_database_the_same_few_questions_however_much_was_sent(django_assert_num_queries):
    Submission.objects.bulk_create(
        Submission(form="LetterForm", sender=str(n), network=str(n)) for n in range(300)
    )
    with django_assert_num_queries(4):
        sent().is_valid()


@pytest.mark.parametrize("code", ["de", "ru"])
def test_what_the_guard_says_is_said_in_the_language_of_the_page(code):
    with translation.override(code):
        form = sent(homepage="x")
        assert complaint(form)[1] == translation.gettext(
            "A hidden field that must stay empty was filled in, perhaps by your browser. It is empty again: please send "
            "the form once more."
        )


# --- Where it comes from --------------------------------------------------------------------------

PROXIES = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("::1")]


@pytest.mark.parametrize(
    "remote, forwarded, address",
    [
        ("192.0.2.1", "203.0.113.5", "192.0.2.1"),  # nobody said that this is a proxy
        ("127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the first was made up by the client
        ("127.0.0.1", "198.51.100.1, 203.0.113.5, 10.1.2.3", "203.0.113.5"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "203.0.113.5, nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("::1", "2001:db8::5", "2001:db8::5"),
        ("::ffff:127.0.0.1", "::ffff:203.0.113.5", "203.0.113.5"),
        ("", "203.0.113.5", "None"),
    ],
)
def test_behind_a_proxy_the_client_is_whom_the_proxy_saw(settings, remote, forwarded, address):
    settings.TRUSTED_PROXIES = PROXIES
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert str(guard.client_address(request)) == address


def test_without_a_proxy_nobody_is_believed():
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="203.0.113.5")
    assert str(guard.client_address(request)) == "127.0.0.1"
