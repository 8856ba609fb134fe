import pytest
from django.db.models import ProtectedError

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_city_that_has_practices_and_a_theme_that_is_used_stay():
    theme = factories.theme()
    practice = factories.practice(themes=[theme])
    with pytest.raises(ProtectedError):
        practice.city.delete()
    with pytest.raises(ProtectedError):
        theme.delete()
