"""The image of a resource: made anew from what was uploaded, in the sizes and formats that pages show."""

import io
import re

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

from alliance.uploads import TYPES, UploadField

# Pixels across. The addresses of stored images follow from these: who changes them makes all images anew.
WIDTHS = [320, 640, 1280]
HIGHEST = 1920
# By their endings, the one with the smallest files first; the last one stands for programs that know no other.
FORMATS = {"avif": {"quality": 60, "speed": 9}, "webp": {"quality": 80}}
# What a small file can unfold into is held in memory whole.
MOST_MEGAPIXELS = 40
# What may be uploaded, by the names that Pillow has for it. No SVG: a drawing of that kind can hold programs.
NAMES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}


class Picture(ContentFile):
    """An image to be stored: its largest size as WebP, with all others by (width, ending)."""

    def __init__(self, image):
        full = min(image.width, WIDTHS[-1])
        across = [*(width for width in WIDTHS if width < full), full]
        self.made = {(width, ending): encoded(image, width, ending) for width in across for ending in FORMATS}
        super().__init__(self.made.pop((full, "webp")), name="image.webp")


def encoded(image, width, ending):
    """The bytes of `image` in this width, the height to match; of what came with it only the pixels."""
    height = max(1, round(image.height * width / image.width))
    file = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(file, NAMES[ending], **FORMATS[ending])
    return file.getvalue()


def pixels(file):
    """What `file` shows: upright, in sRGB, not much larger than pages need it, without anything that came with it.

    Raises DecompressionBombError where that would take too much memory; where the file is damaged, whatever Pillow
    stumbled over.
    """
    with Image.open(file, formats=[*NAMES.values()]) as image:
        if image.width * image.height > MOST_MEGAPIXELS * 1_000_000:
            raise Image.DecompressionBombError
        # Where it is recorded how the camera was held, width may be height: both are limited.
        image.thumbnail((HIGHEST, HIGHEST))
        image = in_srgb(ImageOps.exif_transpose(image))
    # The place and the time at which it was taken, the camera, its owner, a preview of what was cut away.
    image.info.clear()
    return image


def in_srgb(image):
    """`image` in the colours that screens expect, with its transparency."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("L", "RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            output = "RGBA" if image.mode == "RGBA" else "RGB"
            image = ImageCms.profileToProfile(image, source, srgb, outputMode=output)
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that cannot be read says nothing
    return image.convert(mode)


class PictureField(UploadField):
    """Takes a photograph or a drawing, and hands on a Picture."""

    endings = list(NAMES)
    name = "image"
    default_error_messages = {
        "kind": _(
            "This is not an image that can be shown here (JPEG, PNG, WebP, AVIF). Choose another file."
        ),
        "pixels": _("This image has more than %(megapixels)s megapixels. Choose a smaller one."),
        "damaged": _("This image is damaged and cannot be read. Choose another file."),
    }

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            return Picture(pixels(upload))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            limit = {"megapixels": MOST_MEGAPIXELS}
            raise ValidationError(self.error_messages["pixels"], code="pixels", params=limit)
        except Exception:
            raise ValidationError(self.error_messages["damaged"], code="damaged")


class StoredPicture(ImageFieldFile):
    """An image with all its sizes: files beside each other, whose names differ by the width and the ending."""

    def save(self, name, content, save=True):
        picture = content if isinstance(content, Picture) else Picture(pixels(content))
        super().save(picture.name, picture, save)
        for (width, ending), made in picture.made.items():
            self.storage.save(self.name_of(width, ending), ContentFile(made))

    # The width and height of the largest size. Columns know them; asking the file would open it.

    @property
    def full(self):
        return getattr(self.instance, self.field.width_field)

    @property
    def high(self):
        return getattr(self.instance, self.field.height_field)

    @property
    def widths(self):
        return [*(width for width in WIDTHS if width < self.full), self.full]

    def name_of(self, width, ending):
        stem = self.name.rpartition(".")[0]
        return f"{stem}.{ending}" if width == self.full else f"{stem}-{width}.{ending}"

    @property
    def names(self):
        """Of all files that are stored for it."""
        return [self.name_of(width, ending) for ending in FORMATS for width in self.widths]

    @property
    def sources(self):
        """(media type, srcset) for each format, the one with the smallest files first."""
        return [
            (
                TYPES[ending],
                ", ".join(f"{self.storage.url(self.name_of(w, ending))} {w}w" for w in self.widths),
            )
            for ending in FORMATS
        ]


def stored_name(name):
    """The name under which a record knows the image of which `name` is one size."""
    return re.sub(r"(-\d+)?\.\w+$", ".webp", name)


class StoredPictureField(models.ImageField):
    attr_class = StoredPicture
