"""`manage.py compilemessages`: the catalogues in the form that Django reads."""

from django.core.management.base import BaseCommand, CommandError

from alliance.catalogues import catalogues, compile_catalogue


class Command(BaseCommand):
    help = "Compiles the catalogues that have changed. Unlike Django's own command it needs no gettext."
    requires_system_checks = []

    def handle(self, *, verbosity, **options):
        for path in catalogues().values():
            if not path.exists():
                continue
            try:
                compiled = compile_catalogue(path)
            except (
                OSError,
                UnicodeDecodeError,
            ) as error:  # polib reports a syntax error as OSError, with file and line
                raise CommandError(f"A catalogue cannot be compiled: {error}") from None
            if compiled and verbosity > 1:
                self.stdout.write(f"Compiled {path}")
