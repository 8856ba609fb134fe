"""`manage.py rebuild_search`: the whole index anew, while the present one answers."""

from django.core.management.base import BaseCommand
from tqdm import tqdm

from search.indexing import count_things, rebuild


class Command(BaseCommand):
    help = (
        "Makes the search index anew from the content. The present one is searched until the new one takes its place, "
        "and what editors save meanwhile is in both."
    )

    def handle(self, *, verbosity, **options):
        total = count_things()
        with tqdm(total=total, desc="Search index", unit="", disable=None if verbosity else True) as bar:
            for done in rebuild():
                bar.update(done)
        if verbosity:
            self.stdout.write(self.style.SUCCESS(f"The search index holds {total:,} things."))
