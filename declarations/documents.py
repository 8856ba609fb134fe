"""The document that may come with an application: what it may be, told by its content and never by its name."""

import zipfile

import filetype
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The ending under which each kind is kept, and by which it is handed out again.
ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/msword": "doc",
    WORD: "docx",
    "application/vnd.oasis.opendocument.text": "odt",
}
TYPES = {ending: kind for kind, ending in ENDINGS.items()}


class DocumentField(forms.FileField):
    """Takes a PDF, an image or a text document of at most ten megabytes, and names it after what it is."""

    widget = forms.FileInput(attrs={"accept": ",".join([*ENDINGS, *(f".{ending}" for ending in TYPES)])})
    default_error_messages = {
        "kind": _("This is not a PDF, an image (JPEG, PNG) or a text document (Word, OpenDocument). Choose another file."),
        "size": _("The file has more than 10 MB. Choose a smaller one, for instance a PDF instead of photographs."),
        "empty": _("The file is empty. Choose another one."),
    }  # fmt: skip

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        if upload.size > LARGEST:
            raise ValidationError(self.error_messages["size"], code="size")
        ending = ENDINGS.get(kind_of(upload))
        if not ending:
            raise ValidationError(self.error_messages["kind"], code="kind")
        upload.name = f"document.{ending}"
        return upload


def kind_of(file):
    """The media type that the content of `file` shows, or None."""
    file.seek(0)
    kind = filetype.guess_mime(file.read(8192))
    if kind == "application/zip" and is_word(file):
        kind = WORD
    file.seek(0)
    return kind


def is_word(file):
    """Whether this archive is a Word document, in whichever order its parts are."""
    try:
        return {"[Content_Types].xml", "word/document.xml"} <= set(zipfile.ZipFile(file).namelist())
    except zipfile.BadZipFile:
        return False


def name_of(application):
    """Under which name the secretariat gets the document: `application-12.pdf`."""
    return f"application-{application.pk}.{ending_of(application.document)}"


def ending_of(document):
    return document.name.rpartition(".")[2]
