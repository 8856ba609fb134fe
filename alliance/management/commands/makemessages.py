"""`manage.py makemessages`: the catalogues in step with the source, all five, always in the same form."""

import re
from pathlib import Path

from django.core.management.commands import makemessages

from alliance.catalogues import catalogues

# Folders without a text for readers.
SILENT = ["var", "tests", "benchmarks", "static", "content", "docs", "start.py"]


class Command(makemessages.Command):
    help = (
        "Brings the catalogues of all languages in step with the strings of the source (needs GNU gettext)."
    )

    def handle(self, *args, **options):
        options["locale"] = options["locale"] or list(catalogues())
        options["extensions"] = options["extensions"] or ["html", "txt", "xml", "py"]
        options["ignore_patterns"] = [*options["ignore_patterns"], *SILENT]
        # Without line numbers and dates, a catalogue changes only where its texts do.
        options |= {"add_location": "file", "no_wrap": True, "no_obsolete": True}
        super().handle(*args, **options)

    def write_po_file(self, potfile, locale):
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'^"POT-Creation-Date: .*"\n', "", text, flags=re.M), encoding="utf-8")
