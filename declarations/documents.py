"""The document that may come with an application: what it may be, and what the secretariat gets."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.uploads import MEGABYTE, UploadField, ending_of

LARGEST = 10 * MEGABYTE


class DocumentField(UploadField):
    """Takes a PDF, an image or a text document of at most ten megabytes, and names it after what it is."""

    widget = forms.FileInput
    endings = ["pdf", "jpg", "png", "doc", "docx", "odt"]
    largest = LARGEST
    default_error_messages = {
        "kind": _("This is not a PDF, an image (JPEG, PNG) or a text document (Word, OpenDocument). Choose another file."),
        "size": _("The file has more than 10 MB. Choose a smaller one, for instance a PDF instead of photographs."),
    }  # fmt: skip


def name_of(application):
    """Under which name the secretariat gets the document: `application-12.pdf`."""
    return f"application-{application.pk}.{ending_of(application.document)}"
