import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from resources.models import Resource
from tests import factories
from tests.uploads import DOCX, PDF, picture, sent

pytestmark = pytest.mark.django_db

L = Resource.Licence


@pytest.mark.parametrize(
    ("licence", "deed"),
    [
        (L.CC0, "https://creativecommons.org/publicdomain/zero/1.0/"),
        (L.CC_BY, "https://creativecommons.org/licenses/by/4.0/"),
        (L.CC_BY_NC_SA, "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
        (L.RESERVED, ""),
        ("", ""),
    ],
)
def test_a_licence_leads_to_its_terms(licence, deed):
    assert Resource(licence=licence).deed == deed


@pytest.fixture
def resource(django_capture_on_commit_callbacks):
    return factories.resource(
        slug="guide", file=sent(PDF), cover=sent(picture(), "image.webp"), cover_alt="A page"
    )


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    """Within it, what is to happen when the transaction has ended happens."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_the_size_of_the_file_is_known_and_follows_it(resource, commits):
    assert (resource.file_size, resource.file_type, resource.file_kind) == (
        len(PDF),
        "application/pdf",
        "PDF",
    )
    with commits():
        resource.file = sent(DOCX, "document.docx")
        resource.save()
    resource.refresh_from_db()
    assert (resource.file_size, resource.file_kind) == (len(DOCX), "DOCX")
    with commits():
        resource.file = ""
        resource.save()
    resource.refresh_from_db()
    assert (resource.file_size, bool(resource.file)) == (None, False)


def test_what_is_replaced_is_deleted_once_that_is_certain(resource, commits, kept):
    before = kept()
    assert len(before) == 7
    with commits():
        resource.file = sent(PDF)
        resource.save()
        assert set(before) < set(kept())
    assert len(kept()) == 7 and resource.file.name not in before
    with commits():
        resource.cover = sent(picture(size=(200, 100)), "image.webp")
        resource.save()
    assert kept() == sorted([resource.file.name, *resource.cover.names]) and len(kept()) == 3
    with commits():
        resource.file = resource.cover = ""
        resource.save()
    assert kept() == []
    resource.refresh_from_db()
    assert (resource.cover_width, resource.cover_height) == (None, None)


def test_an_edit_that_fails_leaves_the_old_file_where_it_is(resource, commits, kept):
    old = resource.file.name
    with commits(), transaction.atomic():
        resource.file = ""
        resource.save()
        transaction.set_rollback(True)
    assert old in kept()


@pytest.mark.parametrize("way", ["one", "many"])
def test_the_files_go_with_the_resource_and_others_stay(resource, commits, kept, way):
    other = factories.resource(file=sent(PDF))
    with commits():
        resource.delete() if way == "one" else Resource.objects.filter(slug="guide").delete()
    assert kept() == [other.file.name]


def test_an_edit_of_something_else_leaves_the_files_alone(resource, commits, kept):
    before = kept()
    again = Resource.objects.get()
    with commits():
        again.title_en = "Another title"
        again.save()
        again.status = "draft"
        again.save(update_fields=["status"])
        Resource.objects.update(status="published")
    assert kept() == before
    assert Resource.objects.get().file_size == len(PDF)


def test_an_image_needs_a_text_alternative_in_the_language_of_the_document():
    resource = factories.resource(original_language="de", cover=sent(picture(), "image.webp"))
    for text, wrong in (("", ["cover_alt_de"]), ("Titelblatt", [])):
        resource.cover_alt_de, resource.cover_alt_fr = text, "Page de titre"
        try:
            resource.clean()
            found = {}
        except ValidationError as error:
            found = error.message_dict
        assert list(found) == wrong
    factories.resource().clean()


def test_the_language_of_the_file_is_the_one_given_or_the_only_one():
    french, greek = factories.language(slug="fr"), factories.language(slug="el")
    one = factories.resource(languages_available=[french])
    assert one.language_of_file == french
    two = factories.resource(languages_available=[french, greek])
    assert two.language_of_file is None
    two.file_language = greek
    assert two.language_of_file == greek


def test_authors_are_people_or_bodies():
    resource = factories.resource()
    factories.author(resource=resource, family_name="Efus", position=2)
    factories.author(resource=resource, family_name="Byron", given_name="Ada", position=1)
    assert [str(author) for author in resource.authors.all()] == ["Ada Byron", "Efus"]
    assert [author.structured_data()["@type"] for author in resource.authors.all()] == [
        "Person",
        "Organization",
    ]
