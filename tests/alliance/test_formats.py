"""Dates and times as the reader's language writes them."""

import datetime

import pytest
from django import forms
from django.utils import timezone, translation
from django.utils.formats import date_format, get_format, time_format

from alliance.languages import CODES

DAY = datetime.date(2015, 11, 3)


def test_english_writes_dates_and_times_as_europe_does():
    with translation.override("en"):
        assert date_format(DAY, "DATE_FORMAT") == "3 November 2015"
        assert date_format(DAY, "SHORT_DATE_FORMAT") == "03/11/2015"
        assert date_format(DAY, "YEAR_MONTH_FORMAT") == "November 2015"
        assert time_format(datetime.time(14)) == "14:00"


@pytest.mark.parametrize("typed", ["2015-11-03", "03/11/2015", "3/11/15", "3 November 2015", "3 Nov 2015"])
def test_english_reads_dates_as_it_writes_them(typed):
    with translation.override("en"):
        assert forms.DateField().clean(typed) == DAY


@pytest.mark.parametrize("code", CODES)
def test_a_field_reads_what_it_shows(code):
    moment = datetime.datetime(2015, 11, 3, 14, 30)
    with translation.override(code):
        date, time = forms.DateField(), forms.DateTimeField()
        assert date.clean(date.widget.format_value(DAY)) == DAY
        assert time.clean(time.widget.format_value(moment)) == timezone.make_aware(moment)


@pytest.mark.parametrize("code", CODES)
def test_the_week_begins_on_monday(code):
    assert get_format("FIRST_DAY_OF_WEEK", code) == 1


@pytest.mark.parametrize(
    ("code", "day", "month"),
    [
        ("it", "3 novembre 2015", "novembre 2015"),
        ("ru", "3 ноября 2015 г.", "ноябрь 2015 г."),
        ("tr", "3 Kasım 2015", "Kasım 2015"),
    ],
)
def test_dates_are_written_as_in_a_sentence(code, day, month):
    with translation.override(code):
        assert (date_format(DAY, "DATE_FORMAT"), date_format(DAY, "YEAR_MONTH_FORMAT")) == (day, month)
