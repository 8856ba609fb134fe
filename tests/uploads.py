"""Files as people upload them, real ones and such as only pretend."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"
EXE = b"MZ\x90\x00" + b"\x00" * 100
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def archive(files):
    """A ZIP file with these contents by name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return packed.getvalue()


def office(part, **others):
    """A document of Office whose main part is called so."""
    return archive({"[Content_Types].xml": "<x/>", "_rels/.rels": "<x/>", part: "<x/>"} | others)


def open_document(kind):
    return archive({"mimetype": kind, "content.xml": "<x/>"})


ODT = open_document("application/vnd.oasis.opendocument.text")
DOCX = office("word/document.xml")


def picture(kind="JPEG", size=(900, 600), mode="RGB", colour="#c03020", **options):
    """The bytes of an image of one colour but for its left half, which is white."""
    image = Image.new(mode, size, colour)
    if mode in ("RGB", "RGBA"):
        image.paste("white", (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def taken_with_a_telephone(**options):
    """A photograph that says where it was taken, by whom, and that the telephone was held upright."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    exif[0x013B] = "Secretia Photographer"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return picture(exif=exif.tobytes(), comment=b"Secretia comment", icc_profile=profile, **options)


def sent(content, name="file.pdf", kind="application/pdf"):
    """As a browser sends it, under a name and a type that nobody has to believe."""
    return SimpleUploadedFile(name, content, kind)
