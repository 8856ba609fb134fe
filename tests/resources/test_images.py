import io
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms

from resources import images
from resources.images import PictureField
from tests import factories
from tests.uploads import EXE, PDF, SVG, picture, sent, taken_with_a_telephone


def taken(content):
    """The stored sizes of an upload as images, the largest last."""
    made = PictureField().clean(sent(content))
    largest = made.read()
    files = [*made.made.values(), largest]
    return sorted(
        (Image.open(io.BytesIO(file)) for file in files), key=lambda image: (image.format, image.width)
    )


def refused(content):
    with pytest.raises(ValidationError) as error:
        PictureField().clean(sent(content, "cover.jpg", "image/jpeg"))
    return error.value.code


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((2600, 1300), [(320, 160), (640, 320), (1280, 640)]),
        ((1300, 2600), [(320, 640), (640, 1280), (960, 1920)]),
        ((900, 600), [(320, 213), (640, 427), (900, 600)]),
        ((320, 320), [(320, 320)]),
        ((20, 30), [(20, 30)]),
        ((3000, 1), [(320, 1), (640, 1), (1280, 1)]),
    ],
)
def test_an_image_is_made_in_every_size_below_its_own(size, sizes):
    made = taken(picture(size=size))
    assert [(image.format, image.size) for image in made] == [
        (kind, each) for kind in ("AVIF", "WEBP") for each in sizes
    ]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_all_usual_kinds_are_taken_and_look_as_before(kind):
    for image in taken(picture(kind)):
        assert image.mode == "RGB"
        for place, colour in ((0.25, (255, 255, 255)), (0.75, (0xC0, 0x30, 0x20))):
            shown = image.getpixel((int(image.width * place), image.height // 2))
            assert max(abs(a - b) for a, b in zip(shown, colour, strict=True)) < 16


def test_transparency_stays():
    for image in taken(picture("PNG", mode="RGBA", colour=(200, 0, 0, 0))):
        assert image.convert("RGBA").getpixel((image.width - 2, 2))[3] == 0


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "I;16"])
def test_images_without_the_usual_colours_are_taken(mode):
    colour = 40_000 if mode == "I;16" else None if mode in ("P", "CMYK") else 1 if mode == "1" else 128
    content = picture("JPEG" if mode == "CMYK" else "PNG", mode=mode, colour=colour or 0)
    assert {image.mode for image in taken(content)} <= {"RGB", "RGBA"}


def test_sixteen_bits_of_grey_are_not_all_white():
    shown = taken(picture("PNG", mode="I;16", colour=32_768))[-1].getpixel((5, 5))
    assert all(abs(value - 128) < 8 for value in shown)


def test_a_photograph_is_upright_and_tells_nothing_but_what_it_shows():
    content = taken_with_a_telephone(size=(900, 600))
    assert b"Secretia" in content and Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)
    made = PictureField().clean(sent(content))
    for file in [*made.made.values(), made.read()]:
        image = Image.open(io.BytesIO(file))
        assert image.width < image.height
        assert dict(image.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile", "comment"} & {
            name for name, value in image.info.items() if value
        }
        for traces in (b"Secretia", b"Exif", b"ICCP"):
            assert traces not in file
        # White was on the left; turned to the right it is above.
        assert min(image.getpixel((image.width // 2, image.height // 4))) > 240


def test_colours_of_another_profile_become_those_of_the_screen():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # What it calls red is blue.
    other = profile.replace(b"rXYZ", b"zXYZ").replace(b"bXYZ", b"rXYZ").replace(b"zXYZ", b"bXYZ")
    content = picture("PNG", colour="#ff0000", icc_profile=other)
    red, _green, blue = taken(content)[-1].getpixel((800, 300))
    assert red < 20 and blue > 230


@pytest.mark.parametrize(
    "profile", [b"no profile at all", ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()]
)
def test_a_profile_that_says_nothing_or_does_not_fit_changes_nothing(profile):
    red, _green, blue = taken(picture("PNG", colour="#ff0000", icc_profile=profile))[-1].getpixel((800, 300))
    assert red > 230 and blue < 20


BOMB = picture("PNG", (6400, 6400), mode="1", colour=0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (EXE, "kind"),
        (SVG, "kind"),
        (PDF, "kind"),
        (picture("GIF", mode="P", colour=0), "kind"),
        (b"", "empty"),
        (picture()[:2000], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 400, "damaged"),
        (b"\xff\xd8\xff\xe0" + b"<script>" * 40, "damaged"),
        (BOMB, "pixels"),
        (picture("PNG", (16_000, 16_000), mode="1", colour=0), "pixels"),
    ],
    ids=["EXE", "SVG", "PDF", "GIF", "empty", "half", "PNG in name", "JPEG in name", "41 megapixels", "256 megapixels"],
)  # fmt: skip
def test_what_is_no_image_or_unfolds_into_too_large_a_one_is_refused(content, code):
    assert len(content) < 100_000
    assert refused(content) == code


def test_what_is_hidden_behind_an_image_is_left_behind():
    for file in PictureField().clean(sent(picture() + b"PK\x03\x04<script>evil</script>")).made.values():
        assert b"evil" not in file


def test_twenty_megapixels_are_made_within_a_form(shelf):
    content = picture(size=(5472, 3648))
    start = time.process_time()
    taken(content)
    assert time.process_time() - start < 3


@pytest.mark.django_db
def test_the_sizes_are_stored_beside_each_other_under_names_that_say_nothing(shelf, kept):
    upload = PictureField().clean(sent(picture(size=(900, 600)), "mayor-and-wife.jpg"))
    cover = factories.resource(cover=upload).cover
    stem = cover.name.removesuffix(".webp")
    assert Path(stem).name.isalnum() and len(Path(stem).name) == 32
    assert kept() == sorted(cover.names) == sorted(
        f"{stem}{size}.{ending}" for size in ("", "-320", "-640") for ending in ("avif", "webp")
    )  # fmt: skip
    for name in cover.names:
        with Image.open(shelf / name) as image:
            assert image.width == (int(name.rpartition("-")[2].split(".")[0]) if "-" in name else 900)
    assert (cover.full, cover.high) == (900, 600)
    assert cover.sources[0] == (
        "image/avif",
        f"/media/{stem}-320.avif 320w, /media/{stem}-640.avif 640w, /media/{stem}.avif 900w",
    )
    assert [kind for kind, _srcset in cover.sources] == ["image/avif", "image/webp"]
    assert {images.stored_name(name) for name in cover.names} == {cover.name}
