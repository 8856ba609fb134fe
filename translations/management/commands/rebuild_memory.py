"""`manage.py rebuild_memory`: the translation memory takes in what is there, for what was written past the models."""

from django.core.management.base import BaseCommand
from tqdm import tqdm

from alliance.parts import entry_models
from translations import glossary, memory


class Command(BaseCommand):
    help = (
        "Takes all present translations into the translation memory, and the founding terms that it lacks into the "
        "glossary. What was translated otherwise before stays known."
    )

    def handle(self, *, verbosity, **options):
        added = glossary.load()
        total = sum(model._base_manager.count() for model in entry_models())
        with tqdm(
            desc="Memory", total=total, leave=False, delay=1, disable=None if verbosity else True
        ) as bar:
            for count in memory.rebuild():
                bar.update(count)
        if verbosity:
            self.stdout.write(f"{total} entries looked at, {added} terms added to the glossary.")
