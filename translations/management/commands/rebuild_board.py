"""`manage.py rebuild_board`: the board anew, for what was written past the models."""

from django.core.management.base import BaseCommand
from tqdm import tqdm

from alliance.parts import entry_models
from translations import standings


class Command(BaseCommand):
    help = "Makes the lines of the board anew. With --check, only says where they differ from the content."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="Changes nothing; fails if there is a difference."
        )

    def handle(self, *, check, verbosity, **options):
        if check:
            differences = standings.differences()
            for words in differences:
                self.stdout.write(words)
            if differences:
                raise SystemExit(1)
            return
        total = sum(model._base_manager.count() for model in entry_models())
        with tqdm(
            desc="Board", total=total, leave=False, delay=1, disable=None if verbosity else True
        ) as bar:
            for count in standings.rebuild():
                bar.update(count)
