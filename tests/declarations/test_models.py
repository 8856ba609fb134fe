import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("numbers", "expected"), [([], ""), ([3], "3"), ([3, 4, 7], "3–7")])
def test_a_section_says_which_clauses_it_holds(numbers, expected):
    section = factories.section()
    for number in numbers:
        factories.clause(section=section, number=number)
    assert section.clause_range == expected


def test_a_clause_belongs_to_a_section_of_its_own_declaration():
    clause = factories.clause(section=factories.section())
    clause.section = factories.section()
    with pytest.raises(ValidationError) as refused:
        clause.clean()
    assert list(refused.value.message_dict) == ["section"]


@pytest.mark.parametrize("both", [True, False])
def test_a_signature_is_that_of_a_city_or_of_an_organisation(both):
    fields = (
        {"city": factories.city(), "organisation": factories.organisation()}
        if both
        else {"organisation": None}
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.signature(**fields)


def test_a_city_signs_once():
    signature = factories.signature()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.signature(declaration=signature.declaration, city=signature.city)
