import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db import transaction
from django.utils import translation

from alliance.storage import discard
from alliance.uploads import ENDINGS, UploadField, kind_of
from tests.uploads import DOCX, EXE, ODT, PDF, SVG, archive, office, open_document, picture, sent

EPUB = open_document("application/epub+zip")
KINDS = {
    "a PDF": (PDF, "pdf"),
    "Word": (DOCX, "docx"),
    "Word, its parts in another order": (
        archive({"custom.xml": "x" * 9000, "[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}),
        "docx",
    ),
    "PowerPoint": (office("ppt/presentation.xml"), "pptx"),
    "Excel": (office("xl/workbook.xml"), "xlsx"),
    "an OpenDocument text": (ODT, "odt"),
    "an OpenDocument presentation": (
        open_document("application/vnd.oasis.opendocument.presentation"),
        "odp",
    ),
    "an OpenDocument spreadsheet": (open_document("application/vnd.oasis.opendocument.spreadsheet"), "ods"),
    "an EPUB": (EPUB, "epub"),
    "a JPEG": (picture("JPEG", (9, 9)), "jpg"),
    "a PNG": (picture("PNG", (9, 9)), "png"),
    "a WebP": (picture("WEBP", (9, 9)), "webp"),
    "an AVIF": (picture("AVIF", (9, 9)), "avif"),
    "a program": (EXE, None),
    "a drawing with a script": (SVG, None),
    "a page with a script": (b"<html><script>alert(1)</script>", None),
    "words": (b"just words", None),
    "nothing": (b"", None),
    "an archive": (archive({"a": "b"}), None),
    "an archive with a part called like one of Word": (archive({"word/evil.exe": "MZ"}), None),
    "an archive that says late what it is": (archive({"a": "b", "mimetype": "application/epub+zip"}), None),
    "half an archive": (DOCX[:60], None),
    "what begins like an archive": (b"PK\x03\x04 broken", None),
    "Word with macros": (office("word/document.xml", **{"word/vbaProject.bin": "x"}), None),
}


@pytest.mark.parametrize(("content", "ending"), KINDS.values(), ids=KINDS)
def test_what_a_file_is_is_told_by_its_content(content, ending):
    file = io.BytesIO(content)
    assert ENDINGS.get(kind_of(file)) == ending
    assert file.tell() == 0


class Field(UploadField):
    endings = ["pdf", "docx"]
    default_error_messages = {"kind": "Another kind."}


def refused(content, **options):
    with pytest.raises(ValidationError) as error:
        Field(**options).clean(sent(content))
    return error.value.messages


@pytest.mark.parametrize(
    "name", ["a.exe", "../../etc/passwd", "x" * 255 + ".pdf", "👩‍👩‍👧.pdf", "a", "..pdf"]
)
def test_the_name_under_which_it_comes_does_not_matter(name):
    assert Field(max_length=100).clean(sent(PDF, name)).name == "document.pdf"


def test_other_kinds_and_empty_files_are_refused_in_words():
    assert refused(picture()) == ["Another kind."]
    assert refused(EXE) == ["Another kind."]
    assert refused(b"") == ["The file is empty. Choose another one."]
    assert Field(required=False).clean(None) is None


def test_who_sends_too_large_a_file_is_told_both_sizes(settings):
    settings.LARGEST_UPLOAD = 2 * 1024
    assert Field().clean(sent(PDF.ljust(2048, b"\0"))).size == 2048
    with translation.override("en"):
        assert refused(PDF.ljust(3072, b"\0")) == [
            "The file has 3.0\xa0KB. At most 2.0\xa0KB are possible: choose a smaller one."
        ]


def test_browsers_are_told_what_may_be_chosen():
    kinds = "application/pdf,application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert Field().widget.attrs["accept"] == f"{kinds},.pdf,.docx"


@pytest.mark.django_db(transaction=True)
def test_a_file_is_deleted_when_the_transaction_has_ended_well_and_not_before():
    storage = InMemoryStorage()
    name = storage.save("a.pdf", ContentFile(PDF))
    with transaction.atomic():
        discard(storage, [name])
        transaction.set_rollback(True)
    assert storage.exists(name)
    with transaction.atomic():
        discard(storage, [name])
        assert storage.exists(name)
    assert not storage.exists(name)
