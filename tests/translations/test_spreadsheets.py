"""Tables as files: what is written is read again as it was, and what others write is understood."""

import io
import zipfile

import pytest
import tablib
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from translations import spreadsheets
from translations.spreadsheets import Unreadable, guard, read, unguard, write

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
awkward = st.text("'=+-@\t\r\n1,.a ", max_size=6)


@given(texts | awkward)
def test_what_is_guarded_is_unguarded_as_it_was(text):
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+a", "-a", "@a", "\t=1", "\ra", "'=1", "-1+cmd|' /C calc'!A0"])
def test_no_formula_is_left(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "'s-Hertogenbosch", "-5", "+48.85", "-3,7", "’=", "— dash"])
def test_what_is_no_formula_is_left_alone(text):
    assert (guard(text), unguard(text)) == (text, text)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(rows=st.lists(st.tuples(texts, texts | awkward), max_size=3))
def test_every_text_survives(kind, rows):
    rows = [("key", *row) for row in rows]
    dataset, numbers = read(write(tablib.Dataset(*rows, headers=["slug", "a", "b"]), kind, "[A/B]" * 20))
    assert (dataset.headers, list(dataset), numbers) == (
        ["slug", "a", "b"],
        rows,
        list(range(2, len(rows) + 2)),
    )


def test_another_reader_of_workbooks_sees_texts_and_no_formulas():
    content = write(tablib.Dataset(["a", "=1+1"], headers=["slug", "b"]), "xlsx", "A")
    sheet = load_workbook(io.BytesIO(content)).active
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [("a", "s"), ("'=1+1", "s")]


def csv_of(text, encoding="utf-8"):
    return read(text.encode(encoding))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("slug,name\na,Köln\n", "utf-8"),
        ("slug,name\r\na,Köln\r\n", "utf-8-sig"),
        ("slug;name\r\na;Köln\r\n", "utf-8-sig"),
        ("slug\tname\r\na\tKöln\r\n", "utf-16"),
        ("sep=;\r\nslug;name\r\na;Köln\r\n", "utf-8"),
        (' slug , name ,,\n"a","Köln",,\n', "utf-8"),
        ("slug,name\n\na,Köln\n,\n", "utf-8"),
    ],
)
def test_what_spreadsheets_make_of_a_table_is_read(text, encoding):
    dataset, _numbers = csv_of(text, encoding)
    assert (dataset.headers, list(dataset)) == (["slug", "name"], [("a", "Köln")])


def test_rows_keep_the_numbers_that_a_spreadsheet_shows():
    assert csv_of('slug,name\na,"two\nlines"\n\nb,c\n')[1] == [2, 4]


def test_short_rows_are_filled_up():
    assert list(csv_of("slug,a,b\nx\n")[0]) == [("x", "", "")]


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_numbers_days_and_truths_of_a_workbook_become_texts():
    import datetime

    moment = datetime.datetime(2026, 11, 23, 9, 30)
    row = [1, 2.0, 48.85, True, datetime.date(2026, 11, 23), moment, datetime.time(9, 30), None]
    dataset, _numbers = read(workbook(list("abcdefgh"), row))
    assert list(dataset) == [("1", "2", "48.85", "1", "2026-11-23", "2026-11-23 09:30:00", "09:30:00", "")]


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 10_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\n,,\n", "The file is empty"),
        ("slug,name\na,Köln".encode("latin-1"), "not in UTF-8"),
        (b"slug\0,name", "This is no table"),
        (b'slug,name\na,"open', "This is not a CSV file"),
        (b"slug,slug\na,b", "These columns occur twice: slug"),
        (b"slug,name\na,b,c", "Row 2 has more cells than there are columns"),
        (b"PK\x03\x04 nothing", "This workbook is damaged"),
        (b"a" * 20_000_001, "larger than 20 MB"),
        (b"slug\n" + b"a\n" * 2_001, "more than 2000 rows"),
        (",".join(map(str, range(401))).encode(), "more than 400 columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content, words):
    with pytest.raises(Unreadable, match=words):
        read(content)


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MOST_UNPACKED", 1_000)
    with pytest.raises(Unreadable, match="too large"):
        read(bomb())


def test_a_text_too_long_for_a_workbook_goes_into_csv_only():
    dataset = tablib.Dataset(["a", "x" * 40_000], headers=["slug", "b"])
    with pytest.raises(Unreadable, match="Choose CSV"):
        write(dataset, "xlsx", "A")
    assert list(read(write(dataset, "csv", "A"))[0]) == [("a", "x" * 40_000)]
