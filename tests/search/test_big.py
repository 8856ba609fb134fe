import pytest, hashlib
from tests import factories
from alliance.languages import CODES
@pytest.mark.django_db
def test_big():
    def words(c, n): return " ".join(hashlib.sha256(f"{c}{i}".encode()).hexdigest()[:14] for i in range(n))
    factories.practice(title="Big", **{f"body_{c}": words(c, 12000) for c in CODES})
