import pytest
from django import forms
from django.urls import reverse

from cities.models import City
from declarations.models import Signature
from tests import factories
from tests.desk import form_data, url_of

pytestmark = pytest.mark.django_db

HUGE = "99999999999999999999"


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, HUGE, f"-{HUGE}"])
def test_a_number_that_no_column_holds_is_found_nowhere(number):
    city = factories.city()
    signature = factories.signature(city=city)
    assert list(City.objects.filter(pk__in=[number])) == []
    assert list(City.objects.filter(pk__in=[number, city.pk])) == [city]
    assert list(City.objects.exclude(pk__in=[number])) == [city]
    assert list(Signature.objects.filter(city=number)) == []
    assert list(Signature.objects.exclude(city=number)) == [signature]
    assert list(Signature.objects.filter(city__in=[number, city.pk])) == [signature]


def test_the_largest_numbers_are_numbers_like_others():
    language = factories.language(pk=2**63 - 1)
    assert list(type(language).objects.filter(pk__in=[2**63 - 1, -(2**63)])) == [language]


def test_a_query_within_a_query_is_left_alone():
    signature = factories.signature(city=factories.city())
    assert list(Signature.objects.filter(city__in=City.objects.all())) == [signature]
    assert list(City.objects.filter(pk__in=Signature.objects.values("city"))) == [signature.city]


@pytest.mark.parametrize("sent", [HUGE, f"-{HUGE}", "9" * 10_000, "1.5", "x", "-1", "a\x00"])
def test_a_choice_of_records_refuses_what_is_no_record(sent):
    city = factories.city()
    several = forms.ModelMultipleChoiceField(City.objects.all())
    for value in ([sent], [city.pk, sent]):
        with pytest.raises(forms.ValidationError):
            several.clean(value)
    with pytest.raises(forms.ValidationError):
        forms.ModelChoiceField(City.objects.all()).clean(sent)


@pytest.mark.parametrize("name", ["city", "themes", "audiences", "partners", "sources"])
def test_a_huge_number_in_a_form_of_the_desk_is_an_unknown_choice(client, name):
    client.force_login(factories.editor())
    practice = factories.practice(themes=[factories.theme()])
    data = form_data(client.get(url_of(practice)), **{name: HUGE})
    response = client.post(url_of(practice), data)
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [name]


@pytest.mark.parametrize(
    "field", ["declaration", "declaration__id__exact", "declaration__in", "id__in", "id"]
)
def test_a_huge_number_in_an_address_of_the_desk_selects_nothing(client, field):
    client.force_login(factories.editor())
    factories.clause()
    response = client.get(reverse("admin:declarations_clause_changelist"), {field: HUGE}, follow=True)
    assert response.status_code == 200
