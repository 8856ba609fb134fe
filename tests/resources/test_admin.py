import pytest

from resources.models import Author, Resource
from tests import factories
from tests.desk import form_data, url_of
from tests.pages import Document, read
from tests.uploads import EXE, PDF, picture, sent, taken_with_a_telephone

pytestmark = pytest.mark.django_db

AGAIN = "Please choose the file again: it was not kept."


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def save(desk, resource, **changes):
    page = desk.get(url_of(resource))
    return desk.post(url_of(resource), form_data(page, **changes))


def wrong(response):
    """{field: [error]} of a form that came back."""
    assert response.status_code == 200
    return {name: list(errors) for name, errors in response.context["adminform"].form.errors.items()}


def test_a_file_and_an_image_are_stored_for_what_they_are(desk, kept):
    resource = factories.resource(original_language="fr")
    response = save(
        desk, resource, file=sent(PDF, "Confidential.exe"), cover=sent(taken_with_a_telephone(), "me.pdf"),
        cover_alt_fr="Une page de titre", meaning="wording", licence="CC-BY-4.0",
    )  # fmt: skip
    assert response.status_code == 302
    resource.refresh_from_db()
    assert (resource.file_kind, resource.file_size, resource.licence) == ("PDF", len(PDF), "CC-BY-4.0")
    assert (resource.cover_width, resource.cover_height) == (600, 900)
    assert kept() == sorted([resource.file.name, *resource.cover.names])


@pytest.mark.parametrize(
    ("field", "content", "words"),
    [
        ("file", EXE, "This is not a PDF"),
        ("file", b"", "empty"),
        ("file", PDF.ljust(2049, b"\0"), "At most 2.0\xa0KB are possible"),
        ("cover", EXE, "This is not an image"),
        ("cover", PDF, "This is not an image"),
        ("cover", b"\xff\xd8\xff\xe0 no image", "damaged"),
    ],
)
def test_another_file_is_refused_in_words_and_the_rest_is_kept(desk, kept, settings, field, content, words):
    settings.LARGEST_UPLOAD = 2048
    resource = factories.resource()
    response = save(desk, resource, title_en="Typed anew", meaning="wording", **{field: sent(content)})
    errors = wrong(response)
    assert list(errors) == [field] and words in errors[field][0]
    page = Document(response.content.decode())
    assert page.one("input", name="title_en")["value"] == "Typed anew"
    assert kept() == []


def test_an_image_without_a_text_alternative_is_asked_for_one_and_to_be_chosen_again(desk, kept):
    resource = factories.resource(original_language="de")
    errors = wrong(save(desk, resource, cover=sent(picture()), cover_alt_fr="Une page"))
    assert errors == {
        "cover_alt_de": [
            "Say what the image shows, in the language in which the document was written at least."
        ],
        "cover": [AGAIN],
    }
    assert kept() == []


def test_whoever_must_correct_something_else_is_told_to_choose_the_file_again(desk, kept):
    resource = factories.resource(file=sent(PDF))
    before = kept()
    assert wrong(save(desk, resource, slug="no slug!", file=sent(PDF)))["file"] == [AGAIN]
    # Even where only an author is wrong.
    author = {"authors-TOTAL_FORMS": "1", "authors-0-given_name": "Ada", "authors-0-position": "1"}
    response = save(desk, resource, file=sent(PDF), **author)
    assert wrong(response) == {"file": [AGAIN]}
    assert Document(response.content.decode()).one("input", name="authors-0-given_name")["value"] == "Ada"
    assert kept() == before


def test_a_file_can_be_taken_away(desk, kept, django_capture_on_commit_callbacks):
    resource = factories.resource(file=sent(PDF))
    with django_capture_on_commit_callbacks(execute=True):
        assert save(desk, resource, **{"file-clear": "on"}).status_code == 302
    assert (kept(), bool(Resource.objects.get().file)) == ([], False)


def test_authors_are_entered_with_the_document(desk):
    resource = factories.resource()
    author = {"authors-TOTAL_FORMS": "1", "authors-0-given_name": "Ada", "authors-0-family_name": "Byron",
              "authors-0-position": "1"}  # fmt: skip
    assert save(desk, resource, **author).status_code == 302
    assert [str(each) for each in Author.objects.all()] == ["Ada Byron"]


def test_a_translator_writes_the_text_alternative_and_cannot_change_the_files(client, kept):
    resource = factories.resource(file=sent(PDF))
    before = kept()
    client.force_login(factories.translator("de"))
    page = read(client, url_of(resource))
    assert page.all("input", type="file") == []
    response = save(client, resource, cover_alt_de="Titelblatt", file=sent(PDF), cover=sent(picture()))
    assert response.status_code == 302
    resource.refresh_from_db()
    assert (resource.cover_alt_de, kept()) == ("Titelblatt", before)


def test_browsers_offer_only_what_may_be_chosen(desk):
    page = read(desk, url_of(Resource, "add"))
    assert page.one("input", name="file")["accept"].endswith(".pdf,.epub,.docx,.odt,.pptx,.odp,.xlsx,.ods")
    assert page.one("input", name="cover")["accept"].endswith(".jpg,.png,.webp,.avif")
    assert "at most 25.0\xa0MB." in page.html
