"""What people upload: what it is, told by its content and never by its name, and how large it may be."""

import zipfile

import filetype
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

MEGABYTE = 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# The ending under which each kind of file is kept, and by which it is handed out again.
ENDINGS = {
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
    "application/msword": "doc",
    f"{OFFICE}wordprocessingml.document": "docx",
    f"{OFFICE}presentationml.presentation": "pptx",
    f"{OFFICE}spreadsheetml.sheet": "xlsx",
    f"{OPEN_DOCUMENT}text": "odt",
    f"{OPEN_DOCUMENT}presentation": "odp",
    f"{OPEN_DOCUMENT}spreadsheet": "ods",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
}
TYPES = {ending: kind for kind, ending in ENDINGS.items()}
# The part that an archive must have to be a document of each program.
MAIN_PARTS = {
    "word/document.xml": TYPES["docx"],
    "ppt/presentation.xml": TYPES["pptx"],
    "xl/workbook.xml": TYPES["xlsx"],
}


class UploadField(forms.FileField):
    """Takes a file of one of its kinds, given by their `endings`, of at most `largest` bytes; names it after what it is."""

    endings = []
    # What the file is called from now on, before its ending.
    name = "document"
    default_error_messages = {
        "size": _("The file has %(size)s. At most %(largest)s are possible: choose a smaller one."),
        "empty": _("The file is empty. Choose another one."),
    }

    def __init__(self, **options):
        # What somebody calls a file does not matter, nor how long that name is.
        super().__init__(**options | {"max_length": None})

    @property
    def largest(self):
        return settings.LARGEST_UPLOAD

    def widget_attrs(self, widget):
        kinds = [TYPES[ending] for ending in self.endings]
        return {"accept": ",".join([*kinds, *(f".{ending}" for ending in self.endings)])}

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        if upload.size > self.largest:
            sizes = {"size": filesizeformat(upload.size), "largest": filesizeformat(self.largest)}
            raise ValidationError(self.error_messages["size"], code="size", params=sizes)
        ending = ENDINGS.get(kind_of(upload))
        if ending not in self.endings:
            raise ValidationError(self.error_messages["kind"], code="kind")
        upload.name = f"{self.name}.{ending}"
        return upload


def kind_of(file):
    """The media type that the content of `file` shows, or None."""
    file.seek(0)
    head = file.read(8192)
    kind = filetype.guess_mime(head)
    if head.startswith(b"PK\x03\x04"):
        kind = kind_of_archive(file, kind)
    file.seek(0)
    return kind


def kind_of_archive(file, kind):
    """The media type of a document that is an archive of its parts; `kind` is what its first bytes look like.

    None if it is broken, no such document, or has programs in it, which would run on the machines of its readers.
    """
    try:
        parts = zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None
    if any(part.endswith("vbaProject.bin") for part in parts):
        return None
    if "[Content_Types].xml" in parts:
        return next((kind for part, kind in MAIN_PARTS.items() if part in parts), None)
    return kind if parts and parts[0] == "mimetype" else None


def ending_of(stored):
    """The ending of a stored file, which says what it is."""
    return stored.name.rpartition(".")[2]
