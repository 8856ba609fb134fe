"""The document itself, where the portal holds it: what may be uploaded, and what goes when it goes."""

from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from alliance.storage import discard
from alliance.uploads import UploadField


class DocumentField(UploadField):
    """Takes what readers can open without a program that few have."""

    endings = ["pdf", "epub", "docx", "odt", "pptx", "odp", "xlsx", "ods"]
    default_error_messages = {
        "kind": _(
            "This is not a PDF, an EPUB, or a document of Word, PowerPoint, Excel or OpenDocument without macros. Choose another "
            "file, best a PDF."
        ),
    }


def stored(resources):
    """{name of the column: names of the stored files} of some resources."""
    found = {"file": set(), "cover": set()}
    for resource in resources.only("file", "cover", "cover_width"):
        if resource.file:
            found["file"].add(resource.file.name)
        if resource.cover:
            found["cover"].update(resource.cover.names)
    return found


@contextmanager
def none_left_behind(resources):
    """Whatever happens to `resources` meanwhile: files that they had before, as given here, and have no more are deleted."""
    before = stored(resources)
    yield before
    now = stored(resources)
    for column, names in before.items():
        discard(resources.model._meta.get_field(column).storage, names - now[column])
