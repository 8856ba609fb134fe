"""XLIFF files: lossless there and back, read and written by the Translate Toolkit too, and not to be abused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from translate.storage import xliff as toolkit_12
from translate.storage import xliff2 as toolkit_20

from translations import xliff
from translations.xliff import Package, Segment, Texts, Unreadable, read, write

VERSIONS = ["2.0", "1.2"]
TOOLKIT = {"2.0": toolkit_20.Xliff2File, "1.2": toolkit_12.xlifffile}
# Letters of all kinds, also those that XML cannot hold; surrogates are no text.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# What any XML tool can be given.
plain = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n\t"), max_size=40)
AWKWARD = " <b>A & B</b> ]]> «é» &amp; \u202e😀 \n\n  end\t "


def package(*segments, version="2.0", **fields):
    file = Texts(**{"entry": "practices.practice.12", "revision": 3, "title": "Practice: A"} | fields)
    return Package(
        "fr", "de", [Texts(file.entry, file.revision, file.title, file.address, list(segments))], version
    )


def there_and_back(*segments, version):
    [back] = read(write(package(*segments, version=version)))
    return back.files[0].segments


def with_toolkit(content, version):
    return TOOLKIT[version].parsestring(content)


@pytest.mark.parametrize("version", VERSIONS)
@given(source=texts, target=texts)
def test_every_text_survives(version, source, target):
    [back] = there_and_back(Segment("title", source, target), version=version)
    assert (back.source, back.target) == (source, target)


@pytest.mark.parametrize("version", VERSIONS)
@given(source=plain, target=plain)
def test_the_toolkit_reads_what_we_write(version, source, target):
    store = with_toolkit(write(package(Segment("title", source, target), version=version)), version)
    assert [(unit.source, unit.target or "") for unit in store.units] == [(source, target)]
    assert (store.sourcelanguage, store.targetlanguage) == ("fr", "de")


@pytest.mark.parametrize("version", VERSIONS)
@given(target=plain.filter(bool))
def test_we_read_what_the_toolkit_writes(version, target):
    first, second = Segment("title", AWKWARD, seen="1f"), Segment("clause.7.wording", "B", "C")
    store = with_toolkit(write(package(first, second, version=version)), version)
    store.units[0].target = target
    [back] = read(bytes(store))
    assert (back.source, back.target, back.files[0].entry, back.files[0].revision) == (
        "fr", "de", "practices.practice.12", 3,
    )  # fmt: skip
    assert [(each.name, each.source, each.target, each.seen) for each in back.files[0].segments] == [
        ("title", AWKWARD, target, "1f"),
        ("clause.7.wording", "B", "C", ""),
    ]


def test_a_file_that_the_toolkit_made_is_read():
    store = toolkit_20.Xliff2File()
    store.setfilename(store.body, "cities.city.4")
    store.sourcelanguage, store.targetlanguage = "fr", "tr"
    unit = store.addsourceunit("Liège")
    unit.setid("name")
    unit.target = AWKWARD
    [back] = read(bytes(store))
    segment = back.files[0].segments[0]
    assert (back.source, back.target, back.files[0].entry) == ("fr", "tr", "cities.city.4")
    assert (segment.source, segment.target, segment.seen) == ("Liège", AWKWARD, "")


@pytest.mark.parametrize("version", VERSIONS)
def test_names_notes_lengths_and_revision_are_in_the_file(version):
    segment = Segment("title", "Titre", max_length=200, label="Titel", seen="ab12")
    content = write(package(segment, version=version, address="https://example.org/de/"))
    store = with_toolkit(content, version)
    assert store.units[0].getid().removeprefix("practices.practice.12\x04") == "title"
    text = content.decode()
    for words in (
        "practices.practice.12",
        "Practice: A",
        "Titel",
        "https://example.org/de/",
        'revision="3"',
        "ab12",
    ):
        assert words in text
    assert {"2.0": 'slr:sizeRestriction="200"', "1.2": 'maxwidth="200" size-unit="char"'}[version] in text


@pytest.mark.parametrize(
    ("state", "outdated", "in_20", "in_12"),
    [
        ("machine", False, 'state="translated" subState="alliance:machine"',
         'state="needs-review-translation" state-qualifier="mt-suggestion"'),
        ("unreviewed", False, 'state="translated" subState="alliance:unreviewed"', 'state="translated"'),
        ("reviewed", False, 'state="reviewed" subState="alliance:reviewed"', 'state="signed-off"'),
        ("official", False, 'state="final" subState="alliance:official"', 'state="final"'),
        ("reviewed", True, 'state="initial" subState="alliance:outdated"', 'state="needs-review-translation"'),
    ],
)  # fmt: skip
def test_how_a_text_stands_is_said_in_the_words_of_the_standard(state, outdated, in_20, in_12):
    segment = Segment("title", "A", "B", state, outdated)
    assert f"<segment {in_20}>" in write(package(segment)).decode()
    assert f"<target {in_12}>B</target>" in write(package(segment, version="1.2")).decode()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("state", "outdated", "back"),
    [
        ("machine", False, "machine"),
        ("unreviewed", False, "unreviewed"),
        ("reviewed", False, "reviewed"),
        ("official", False, "reviewed"),  # nothing becomes official by a file
        ("reviewed", True, ""),
    ],
)
def test_how_a_text_stands_comes_back(version, state, outdated, back):
    assert there_and_back(Segment("title", "A", "B", state, outdated), version=version)[0].state == back


def test_marks_that_tools_put_into_a_text_are_left_out_and_its_words_kept():
    content = (
        f'<xliff version="1.2" xmlns="{xliff.V12}"><file original="a" source-language="FR" target-language="de-AT">'
        '<body><group><trans-unit id="t"><source>A</source><seg-source>A</seg-source>'
        '<target><mrk mtype="seg" mid="1">Ein <g id="1">Satz</g>.</mrk> <mrk mtype="seg">Noch einer.</mrk></target>'
        "</trans-unit></group></body></file></xliff>"
    )
    [back] = read(content.encode())
    assert (back.source, back.target, back.files[0].segments[0].target) == (
        "fr",
        "de",
        "Ein Satz. Noch einer.",
    )


def test_a_unit_that_a_tool_has_divided_is_put_together():
    content = (
        f'<xliff version="2.0" srcLang="fr" trgLang="de" xmlns="{xliff.V20}"><file id="a"><unit id="t">'
        '<segment state="final"><source>A.</source><target>Eins.</target></segment>'
        "<ignorable><source> </source></ignorable>"
        '<segment state="translated"><source>B.</source><target>Zwei.</target></segment></unit></file></xliff>'
    )
    [back] = read(content.encode())
    segment = back.files[0].segments[0]
    assert (segment.source, segment.target, segment.state) == ("A. B.", "Eins. Zwei.", "unreviewed")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "damaged"),
        (b"\x00\x01", "damaged"),
        (b"<xliff>", "damaged"),
        (b'<?xml version="1.0" encoding="nowhere"?><a/>', "damaged"),
        (b"<html/>", "not an XLIFF file"),
        (b'<xliff version="1.2"/>', "not an XLIFF file"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type or entities"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type or entities"),
        (b"<a>" * 100 + b"</a>" * 100, "nested too deeply"),
        (b" " * 20_000_001, "larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content, words):
    with pytest.raises(Unreadable, match=words):
        read(content)


def test_a_file_with_too_many_texts_is_refused(monkeypatch):
    monkeypatch.setattr(xliff, "MOST_UNITS", 1)
    with pytest.raises(Unreadable, match="more than 20,000 texts"):
        read(write(package(Segment("a", "A"), Segment("b", "B"))))


def test_numbers_and_languages_that_make_no_sense_are_read_as_unknown():
    content = f'<xliff version="2.0" srcLang="xx" xmlns="{xliff.V20}" xmlns:o="{xliff.OURS}"><file o:revision="²"/></xliff>'
    assert read(content.encode()) == [Package("xx", "", [Texts("")])]
