"""`manage.py load_content`: the founding content from its files into the database."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from alliance.founding.entries import read_folder
from alliance.founding.loading import load
from alliance.founding.sheets import FoundingContentError
from translations import glossary


class Command(BaseCommand):
    help = (
        "Reads the founding content (content/README.md) into the database, in one transaction. Adds what is missing "
        "and leaves alone what exists, so that no change of an editor is lost."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--folder",
            type=Path,
            default=settings.BASE_DIR / "content",
            help="Where the files are.",
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--overwrite",
            action="store_true",
            help="Replace existing records by those of the files; changes made since are lost.",
        )
        how.add_argument("--check", action="store_true", help="Only check the files; write nothing.")

    def handle(self, *, folder, overwrite, check, verbosity, **options):
        folder = folder.resolve()
        try:
            if check:
                number = len(read_folder(folder))
                summary = f"The files in {folder} are in order: {number} entries."
            else:
                summary = sentence(load(folder, overwrite=overwrite, progress=bar))
                glossary.load(folder / "glossary.yaml")
        except FoundingContentError as error:
            number = len(error.mistakes)
            counted = "1 mistake" if number == 1 else f"{number} mistakes"
            raise CommandError(f"Nothing was loaded: {counted} in {folder}.\n{error}") from None
        if verbosity:
            self.stdout.write(self.style.SUCCESS(summary))


def bar(entries):
    """A progress bar on a terminal, silence elsewhere."""
    return tqdm(entries, desc="Founding content", unit="entry", leave=False, disable=None)


def sentence(counts):
    """One line: how many of each kind were added, replaced, already there."""
    words = {"added": "added", "replaced": "replaced", "there": "already there"}
    parts = []
    for model, numbers in counts.items():
        said = [f"{number} {words[key]}" for key, number in numbers.items() if number or key == "added"]
        parts.append(f"{model._meta.verbose_name_plural}: {', '.join(said)}")
    return "; ".join(parts) + "."
