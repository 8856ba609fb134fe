"""`manage.py check_messages`: whether every reader gets every string of the interface in their language."""

import shutil

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from alliance.catalogues import catalogues, mistakes, strings
from alliance.management.commands import makemessages

# More than these of one catalogue are counted, not listed.
SHOWN = 20


class Extraction(makemessages.Command):
    """Collects the strings of the source, and leaves the catalogues as they are."""

    def write_po_file(self, potfile, locale):
        self.strings = strings(polib.pofile(potfile))


class Command(BaseCommand):
    help = "Fails unless the catalogues are complete, well-formed and in step with the source."
    requires_system_checks = []

    def handle(self, **options):
        in_source = self.strings_of_source()
        complete = True
        for code, path in catalogues().items():
            if not path.exists():
                found = ["there is none; `make messages` makes it"]
            else:
                found = mistakes(path)
                if in_source is not None:
                    found += differences(in_source, strings(polib.pofile(str(path))))
            complete = complete and not found
            for mistake in found[:SHOWN]:
                self.stdout.write(f"{code}: {mistake}")
            if len(found) > SHOWN:
                self.stdout.write(f"{code}: … and {len(found) - SHOWN} more")
        if not complete:
            raise CommandError(f"The catalogues in {settings.LOCALE_PATHS[0]} need work (see above).")

    def strings_of_source(self):
        """The strings that the source marks for translation; None where gettext, which finds them, is missing."""
        if not shutil.which("xgettext"):
            self.stdout.write(
                "The catalogues were not compared with the source: that needs GNU gettext "
                "(on Debian and Ubuntu: apt install gettext)."
            )
            return None
        extraction = Extraction()
        extraction.strings = set()
        call_command(extraction, locale=["fr"], verbosity=0)
        return extraction.strings


def differences(in_source, in_catalogue):
    """A sentence for each string that only one of the two has."""
    missing = sorted(msgid for _context, msgid, _plural in in_source - in_catalogue)
    superfluous = sorted(msgid for _context, msgid, _plural in in_catalogue - in_source)
    return [f"“{msgid}” is in the source only; run `make messages`" for msgid in missing] + [
        f"“{msgid}” is no longer in the source; run `make messages`" for msgid in superfluous
    ]
