"""Tables as files: CSV and Excel workbooks, written so that no program runs what is in them, and read as they come.

What a spreadsheet would take for a formula gets an apostrophe in front on the way out and loses it on the way in, so
that the way there and back changes nothing.
"""

import csv
import datetime
import io
import re
import zipfile

import tablib
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font

FORMATS = {"xlsx": "Excel (XLSX)", "csv": "CSV"}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

MOST_BYTES = 20_000_000
MOST_UNPACKED = 200_000_000
MOST_ROWS = 2_000
MOST_COLUMNS = 400
# What a cell of Excel holds at most; longer texts go into CSV files only.
LONGEST_CELL = 32_767

# What a formula begins with; a plain number, with a sign too, is none.
_FORMULA = re.compile(r"(?!'*[+-]?\d+(?:[.,]\d+)?\Z)'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"(?!'+[+-]?\d+(?:[.,]\d+)?\Z)'+[=+\-@\t\r\n]")
# How workbooks write characters that XML cannot hold, and what looks like one.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class Unreadable(ValueError):
    """The file is no table, in words for the person who uploaded it."""


def guard(text):
    """`text` as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text):
    return text[1:] if _GUARDED.match(text) else text


# --- Writing --------------------------------------------------------------------------------------


def write(dataset, kind, title):
    """The bytes of a file of `kind` with the `dataset`, whose cells are texts. Raises Unreadable."""
    return _write_csv(dataset) if kind == "csv" else _write_xlsx(dataset, title)


def _write_csv(dataset):
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(dataset.headers)
    table.writerows([guard(cell) for cell in row] for row in dataset)
    # With a byte order mark Excel takes it for what it is.
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _write_xlsx(dataset, title):
    book = Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\\*?:/\[\]]", " ", title)[:31]
    sheet.append(dataset.headers)
    for row in dataset:
        sheet.append([_to_xlsx(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 24
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.number_format = "@"  # a text, so that Excel makes no dates of it
    sheet.freeze_panes = "B2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _to_xlsx(text):
    text = _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", guard(text))
    if len(text) > LONGEST_CELL:
        raise Unreadable(_("A text is too long for a cell of Excel. Choose CSV."))
    return text


# --- Reading --------------------------------------------------------------------------------------


def read(content):
    """The table in the bytes of a file: a Dataset of texts, formula guards undone, and the number of each of its rows.

    Raises Unreadable.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 20 MB."))
    rows = _rows_of_xlsx(content) if content.startswith(b"PK") else _rows_of_csv(content)
    rows = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    if not rows:
        raise Unreadable(_("The file is empty."))
    headers = [header.strip() for header in rows[0][1]]
    while headers and not headers[-1]:
        headers.pop()
    _check_size(headers, rows)
    data = [[unguard(cell) for cell in row[: len(headers)]] for _number, row in rows[1:]]
    dataset = tablib.Dataset(*[row + [""] * (len(headers) - len(row)) for row in data], headers=headers)
    return dataset, [number for number, _row in rows[1:]]


def _check_size(headers, rows):
    if len(rows) - 1 > MOST_ROWS:
        raise Unreadable(
            _("The table has more than %(count)s rows. Divide it among several files.") % {"count": MOST_ROWS}
        )
    if len(headers) > MOST_COLUMNS:
        raise Unreadable(_("The table has more than %(count)s columns.") % {"count": MOST_COLUMNS})
    twice = sorted({header for header in headers if headers.count(header) > 1})
    if twice:
        raise Unreadable(_("These columns occur twice: %(columns)s.") % {"columns": ", ".join(twice) or "?"})
    surplus = [number for number, row in rows if any(row[len(headers) :])]
    if surplus:
        raise Unreadable(
            _("Row %(row)s has more cells than there are columns. Is a quotation mark missing?")
            % {"row": surplus[0]}
        )


def _rows_of_xlsx(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise Unreadable(_("The workbook is too large."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = []
        for row in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
            rows.append([_from_xlsx(value) for value in row])
            if len(rows) > MOST_ROWS + 1:
                break
        return rows
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever befalls it on a damaged file
        raise Unreadable(_("This workbook is damaged, or not one of Excel’s newer format (XLSX).")) from error


def _from_xlsx(value):
    """The cell as the text that an export would have written."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.time.min else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, datetime.time):
        return f"{value:%H:%M:%S}"
    return str(value)


def _rows_of_csv(content):
    text = _decoded(content)
    if text.startswith("sep="):  # a line of Excel's own
        text = text.partition("\n")[2]
    limit = csv.field_size_limit(MOST_BYTES)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise Unreadable(_("This is not a CSV file: %(error)s.") % {"error": error}) from None
    finally:
        csv.field_size_limit(limit)


def _decoded(content):
    """UTF-8, with or without a byte order mark, or UTF-16, as Excel saves “Unicode text”. Guessing others spoils names."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(
            _("The letters of this file are not in UTF-8. Save it as “CSV UTF-8” or as an Excel workbook.")
        ) from None
    if "\0" in text:
        raise Unreadable(_("This is no table: save it as CSV or as an Excel workbook (XLSX)."))
    return text


def _delimiter(text):
    """What separates the names of the columns: a comma, a semicolon (Excel in German and French), or a tab."""
    heads = text.partition("\n")[0]
    return max(",;\t", key=heads.count)
