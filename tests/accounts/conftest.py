"""What tests about signing in share."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_code_used():
    """After a rollback, the numbers of accounts come again, for which allauth remembers which codes were used."""
    cache.clear()
