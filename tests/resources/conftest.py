import pytest


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    """Where files are kept during a test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def kept(shelf):
    """The names of all files on the shelf, in their order."""
    return lambda: sorted(str(path.relative_to(shelf)) for path in shelf.rglob("*") if path.is_file())
