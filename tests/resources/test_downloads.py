"""The files of resources as readers get them."""

import re

import pytest

from accounts.models import User
from resources.models import Resource
from tests import factories
from tests.alliance.test_junk import JUNK, encoded
from tests.uploads import DOCX, PDF, picture, sent

pytestmark = pytest.mark.django_db


def stored(**fields):
    """A resource with a file and a cover."""
    files = {"file": sent(PDF, "Secret report on Mr Doe.pdf"), "cover": sent(picture(), "image.webp")}
    return factories.resource(**{"slug": "guide", "cover_alt": "A title page"} | files | fields)


def headers(response, *names):
    return {name: response.headers.get(name) for name in names}


def test_a_document_opens_in_the_browser_under_a_name_that_can_be_read(client):
    resource = stored(languages_available=[factories.language(slug="fr")])
    response = client.get(resource.file.url)
    assert (response.status_code, response.getvalue()) == (200, PDF)
    assert headers(
        response, "Content-Type", "Content-Length", "Content-Disposition", "Content-Language", "Cache-Control",
        "X-Content-Type-Options", "Content-Security-Policy", "Vary",
    ) == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "Content-Disposition": 'inline; filename="guide-fr.pdf"',
        "Content-Language": "fr",
        "Cache-Control": "public, max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Vary": None,
    }  # fmt: skip


def test_what_a_browser_does_not_show_is_saved(client):
    response = client.get(stored(file=sent(DOCX, "document.docx")).file.url)
    assert headers(response, "Content-Type", "Content-Disposition", "Content-Language") == {
        "Content-Type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "Content-Disposition": 'attachment; filename="guide.docx"',
        "Content-Language": "und",
    }
    assert response.headers["Content-Security-Policy"].endswith("; sandbox")


def test_every_size_of_an_image_is_there_and_kept_for_a_year(client):
    resource = stored()
    for kind, srcset in resource.cover.sources:
        addresses = [each.split(" ")[0] for each in srcset.split(", ")]
        assert len(addresses) == 3
        for address in addresses:
            response = client.get(address)
            assert (response.status_code, response.headers["Content-Type"]) == (200, kind)
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_address_reveals_nothing(client):
    resource = stored()
    for name in (resource.file.name, *resource.cover.names):
        assert re.fullmatch(r"resources/([0-9a-f]{2})/\1[0-9a-f]{30}(-\d+)?\.(pdf|webp|avif)", name)


def test_who_has_the_file_already_is_not_sent_it_again(client):
    address = stored().file.url
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert headers(again, "ETag", "Cache-Control") == headers(first, "ETag", "Cache-Control")
    other = client.get(address, headers={"If-None-Match": '"another"'})
    assert other.getvalue() == PDF


def test_the_files_of_a_draft_are_for_those_who_may_see_the_draft(client):
    resource = stored(status="draft")
    addresses = [resource.file.url, resource.cover.url, f"/media/{resource.cover.name_of(320, 'avif')}"]
    visitor = User.objects.create_user("visitor", password=factories.PASSWORD)
    for address in addresses:
        assert client.get(address).status_code == 404
        client.force_login(visitor)
        assert client.get(address).status_code == 404
        client.force_login(User.objects.filter(username="editor").first() or factories.editor())
        response = client.get(address)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "private, no-cache")
        assert "Cookie" in response.headers["Vary"]
        client.logout()
    # As soon as it is withdrawn, having the file already is no help.
    assert client.get(addresses[0], headers={"If-None-Match": f'"{resource.file.name}"'}).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["../secret-key", "resources/../../secret-key", "..%2f..%2fsecret-key", "resources/ab/%00", "", "resources/",
     f"resources/ab/{'a' * 32}.pdf", f"resources/ab/{'a' * 32}.webp", f"resources/ab/{'a' * 32}.pdf/", f"resources/ab/{'a' * 32}"],
)  # fmt: skip
def test_nothing_else_is_served(client, shelf, path):
    shelf.mkdir(parents=True, exist_ok=True)
    (shelf / "loose.pdf").write_bytes(PDF)
    (shelf.parent / "secret-key").write_bytes(b"secret")
    assert client.get(f"/media/{path}").status_code == 404
    assert client.get("/media/loose.pdf").status_code == 404


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_for_a_name_is_no_file(client, junk):
    from urllib.parse import quote

    for path in (f"/media/{quote(encoded(junk))}", f"/media/resources/ab/{quote(encoded(junk))}.pdf"):
        assert client.get(path).status_code == 404


def test_neither_an_unknown_size_nor_another_ending_is_served(client):
    resource = stored()
    stem = resource.cover.url.removesuffix(".webp")
    for address in (
        f"{stem}-321.webp",
        f"{stem}.pdf",
        f"{stem}.jpg",
        resource.file.url.replace(".pdf", ".docx"),
    ):
        assert client.get(address).status_code == 404


def test_a_file_that_is_gone_from_the_disk_is_a_page_that_does_not_exist(client, shelf):
    resource = stored()
    (shelf / resource.file.name).unlink()
    assert client.get(resource.file.url).status_code == 404
    assert client.get("/en/resources/guide/").status_code == 200


def test_files_are_only_read(client):
    assert client.post(stored().file.url).status_code == 405


def test_a_proxy_can_hand_out_what_the_portal_allows(client, settings):
    settings.MEDIA_REDIRECT = "/stored"
    resource = stored()
    response = client.get(resource.file.url)
    assert (response.content, response.headers["X-Accel-Redirect"]) == (b"", f"/stored/{resource.file.name}")
    assert response.headers["Content-Type"] == "application/pdf"
    Resource.objects.update(status="draft")
    refused = client.get(resource.file.url)
    assert (refused.status_code, refused.headers.get("X-Accel-Redirect")) == (404, None)
