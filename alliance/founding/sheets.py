"""Reads YAML files key by key and collects every mistake with its file, key and reason."""

import datetime
import re
from decimal import Decimal

import yaml

from alliance.languages import CODES, localized


class FoundingContentError(Exception):
    """The files cannot be loaded; `mistakes` holds one line for each reason, naming file and key."""

    def __init__(self, mistakes):
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """A safe loader that refuses a key given twice, and leaves a day that does not exist for the sheet to refuse."""

    def construct_mapping(self, node, deep=False):
        mapping = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            seen = set()
            for key_node, _value in node.value:
                if key_node.value in seen:
                    raise yaml.constructor.ConstructorError(
                        problem=f"the key “{key_node.value}” is given twice",
                        problem_mark=key_node.start_mark,
                    )
                seen.add(key_node.value)
        return mapping

    def construct_yaml_timestamp(self, node):
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


class Mistakes:
    """Everything that is wrong, in the order in which it was found; of one place only the first mistake."""

    def __init__(self):
        self.lines = []
        self._places = set()

    def add(self, file, key, reason):
        if (file, key) not in self._places:
            self._places.add((file, key))
            self.lines.append(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")

    def raise_any(self):
        if self.lines:
            raise FoundingContentError(self.lines)


def read_yaml(path, name, mistakes):
    """What the file at `path` holds, or None where it cannot be read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except UnicodeDecodeError:
        mistakes.add(name, "", "is not UTF-8.")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        mistakes.add(name, "", f"is not readable YAML{where}: {getattr(error, 'problem', error)}.")
    return None


class Sheet:
    """One mapping of a file. Each method takes one key; `finish` complains about those that nobody took.

    A value that is wrong or missing becomes a mistake and is returned as None (an empty mapping for texts, an empty
    list for lists), so that the rest of the file is checked too.
    """

    def __init__(self, data, file, mistakes, place=""):
        self.file = file
        self.place = place
        self.mistakes = mistakes
        self._left = dict(data) if isinstance(data, dict) else {}
        self._is_mapping = isinstance(data, dict)
        if not self._is_mapping:
            mistakes.add(file, place, "must be a mapping of keys to values.")

    def complain(self, key, reason):
        # Of what is no mapping it goes without saying that every key is missing.
        if self._is_mapping:
            self.mistakes.add(self.file, self.key(key), reason)

    def key(self, key):
        """The whole name of `key` in the file, for instance `participations[2].city`; items count from one."""
        return ".".join(part for part in (self.place, key) if part)

    def has(self, key):
        return key in self._left

    def finish(self):
        for key in self._left:
            self.complain(str(key), "is not a key of this kind of file.")

    def _take(self, key, kinds, what, required):
        if key not in self._left:
            if required:
                self.complain(key, "is missing.")
            return None
        value = self._left.pop(key)
        # In Python True is a number and a moment is a day; in the files they are not.
        wrong = isinstance(value, bool) and bool not in kinds
        if wrong or isinstance(value, datetime.datetime) or not isinstance(value, kinds):
            self.complain(key, f"must be {what}, not {value!r}.")
            return None
        return value

    def string(self, key, required=False):
        value = self._take(key, (str,), "a text", required)
        if value is not None and not value.strip():
            self.complain(key, "is empty.")
        return (value or "").strip()

    def integer(self, key, required=False):
        return self._take(key, (int,), "a whole number", required)

    def decimal(self, key):
        value = self._take(key, (int, float), "a number", False)
        return None if value is None else Decimal(str(value))

    def boolean(self, key, default):
        value = self._take(key, (bool,), "true or false", False)
        return default if value is None else value

    def date(self, key, required=False):
        return self._take(key, (datetime.date,), "a day like 2015-11-18", required)

    def day_or_month(self, key):
        """A day, and whether it is exact: `2015-11-18` is, `2017-11` is the first of a month."""
        value = self._take(key, (datetime.date, str), "a day like 2015-11-18 or a month like 2017-11", True)
        if not isinstance(value, str):
            return value, True
        try:
            return datetime.datetime.strptime(value, "%Y-%m").date(), False
        except ValueError:
            self.complain(key, f"must be a day like 2015-11-18 or a month like 2017-11, not {value!r}.")
            return None, False

    def choice(self, key, choices, required=False, default=None):
        value = self._take(key, (str,), "a text", required)
        if value is not None and value not in choices:
            self.complain(key, f"must be one of {', '.join(choices)}, not {value!r}.")
            return default
        return default if value is None else value

    def text(self, key, required=False, column=None):
        """The text in all six languages, by column: `{"title_fr": …}`; empty where the key is absent."""
        given = self._take(key, (dict,), f"a mapping with the keys {', '.join(CODES)}", required)
        if given is None:
            return {}
        texts = Sheet(given, self.file, self.mistakes, self.key(key))
        columns = {localized(column or key, code): texts.string(code, required=True) for code in CODES}
        texts.finish()
        return columns

    def sheet(self, key, required=False):
        """The mapping under `key`, to be read in the same way, or None."""
        given = self._take(key, (dict,), "a mapping of keys to values", required)
        return None if given is None else Sheet(given, self.file, self.mistakes, self.key(key))

    def sheets(self, key, required=False):
        """The list of mappings under `key`, each to be read in the same way."""
        given = self._take(key, (list,), "a list", required) or []
        place = self.key(key)
        return [
            Sheet(data, self.file, self.mistakes, f"{place}[{number}]")
            for number, data in enumerate(given, start=1)
        ]

    def reference(self, key, records, required=False):
        """The record among `records` (by slug) that `key` names, or None."""
        slug = self._take(key, (str,), "a slug", required)
        return None if slug is None else self._find(key, slug, records)

    def references(self, key, records, required=False):
        """The records among `records` (by slug or number) that the list under `key` names."""
        slugs = self._take(key, (list,), "a list", required) or []
        found = []
        for number, slug in enumerate(slugs, start=1):
            record = self._find(f"{key}[{number}]", slug, records)
            if record in found:
                self.complain(f"{key}[{number}]", f"{slug!r} is given twice.")
            elif record is not None:
                found.append(record)
        return found

    def _find(self, key, slug, records):
        try:
            return records[slug]
        except (KeyError, TypeError):
            self.complain(key, f"{slug!r} is unknown.")
            return None


def is_slug(word):
    """Whether `word` can be an address: lower-case ASCII letters, digits, hyphens."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word) is not None
