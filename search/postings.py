"""Which things have which index terms: a `tsvector` with a GIN index on PostgreSQL, an FTS5 table on SQLite.

Both are a table `search_postings` of the number of an Entry and its terms, and answer one question: the numbers of
all that meet an expression. Everything else, order and counts, is made of such answers and alike on both.
"""

from array import array

from django.db import connection

from search.query import to_fts5, to_tsquery

TABLE = "search_postings"
# Where a rebuild collects them until they take the place of the present ones.
NEXT = "search_postings_next"


# PostgreSQL takes reading the whole table for cheap, since it does not see that terms are stored apart from the rows. In
# the binary form of arrays, which costs a tenth of text.
NUMBERS = f"""
    CREATE OR REPLACE FUNCTION {TABLE}_find(query tsquery) RETURNS bytea LANGUAGE sql STABLE
    SET enable_seqscan = off
    AS 'SELECT array_send(array_agg(number)) FROM {TABLE} WHERE terms @@ query'
"""


def create(table=TABLE):
    if connection.vendor == "postgresql":
        # Numbers are read by the ten thousand, terms never: they stay out of the rows, and not compressed, which would
        # cost a third of the time that making the index takes and save nearly nothing.
        _run(f"CREATE TABLE {table} (number integer PRIMARY KEY, terms tsvector NOT NULL)")
        _run(f"ALTER TABLE {table} SET (toast_tuple_target = 128)")
        _run(f"ALTER TABLE {table} ALTER COLUMN terms SET STORAGE EXTERNAL")
        # Statistics would cost a reading of all terms, and nothing is planned by them: see NUMBERS.
        _run(f"ALTER TABLE {table} ALTER COLUMN terms SET STATISTICS 0")
        if table == TABLE:
            _run(NUMBERS)
    else:
        # Without positions, which no term needs, and sizes of documents, which serve a ranking that is not used.
        _run(
            f"CREATE VIRTUAL TABLE {table} "
            "USING fts5 (terms, tokenize = 'ascii', detail = none, columnsize = 0)"
        )


def drop(table=TABLE):
    _run(f"DROP TABLE IF EXISTS {table}")


def make_searchable(table=TABLE):
    """Make the index, on PostgreSQL: for many rows at once in a tenth of the time that it takes row by row."""
    if connection.vendor == "postgresql":
        _run(f"CREATE INDEX {table}_terms ON {table} USING gin (terms)")
        _run(f"ANALYZE {table}")


def replace():
    """Let the next table take the place of the present one."""
    drop()
    _run(f"ALTER TABLE {NEXT} RENAME TO {TABLE}")
    if connection.vendor == "postgresql":
        for name in ("pkey", "terms"):
            _run(f"ALTER INDEX {NEXT}_{name} RENAME TO {TABLE}_{name}")


def _run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def expression(query, language=None):
    """`query` as the database at hand writes it; "" if there is nothing to look for."""
    return to_expression()(query, language)


def to_expression():
    return to_tsquery if connection.vendor == "postgresql" else to_fts5


def find(expressions):
    """For each of `expressions` the numbers that meet it, as arrays in no order; one query. "" is met by nothing."""
    asked = [(at, expression) for at, expression in enumerate(expressions) if expression]
    found = [array("i") for _expression in expressions]
    if not asked:
        return found
    if connection.vendor == "postgresql":
        select = f"SELECT %s::int, {TABLE}_find(%s::tsquery)"
        read = _binary_numbers
    else:
        select = f"SELECT %s, group_concat(rowid) FROM {TABLE} WHERE {TABLE} MATCH %s"
        read = _written_numbers
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join([select] * len(asked)), [parameter for pair in asked for parameter in pair]
        )
        for at, numbers in cursor.fetchall():
            if numbers:
                found[at] = read(numbers)
    return found


def _binary_numbers(numbers):
    """A one-dimensional int4[]: five words of header, then size and value of each element, in network order."""
    words = array("i")
    words.frombytes(numbers)
    words.byteswap()
    return words[6::2]


def _written_numbers(numbers):
    return array("i", map(int, numbers.split(",")))


def write(rows, table=TABLE):
    """Put the terms of things in place: `rows` are (number, terms), as Document.terms gives them."""
    rows = [(number, _stored(terms)) for number, terms in rows]
    if not rows:
        return
    remove([number for number, _terms in rows], table)
    column, value = ("number", "%s::tsvector") if connection.vendor == "postgresql" else ("rowid", "%s")
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({column}, terms) VALUES (%s, {value})", rows)


def _stored(terms):
    """`terms` as the database at hand takes them."""
    return " ".join([f"'{term}'" for term in terms] if connection.vendor == "postgresql" else terms)


def remove(numbers, table=TABLE):
    numbers = list(numbers)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DELETE FROM {table} WHERE number = ANY(%s)", [numbers])
        else:
            cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [[number] for number in numbers])


def differing(rows):
    """The numbers of those of `rows`, as for `write`, of which the table holds other terms or none."""
    rows = [(number, _stored(terms)) for number, terms in rows]
    if not rows:
        return set()
    numbers = [number for number, _terms in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT wanted.number FROM unnest(%s::int[], %s::text[]) AS wanted (number, terms) "
                f"LEFT JOIN {TABLE} AS held USING (number) "
                "WHERE held.terms IS DISTINCT FROM wanted.terms::tsvector",
                [numbers, [terms for _number, terms in rows]],
            )
            return {number for (number,) in cursor.fetchall()}
        places = ", ".join(["%s"] * len(numbers))
        cursor.execute(f"SELECT rowid, terms FROM {TABLE} WHERE rowid IN ({places})", numbers)
        held = dict(cursor.fetchall())
        return {number for number, terms in rows if held.get(number) != terms}


def numbers():
    """All numbers in the table."""
    column = "number" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {TABLE}")
        return {number for (number,) in cursor.fetchall()}
