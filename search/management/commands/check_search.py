"""`manage.py check_search`: whether the index says what the content says."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from search.indexing import count_things, differences


class Command(BaseCommand):
    help = "Compares the search index with the content and names every difference; changes nothing."

    def handle(self, *, verbosity, **options):
        total, found = count_things(), 0
        with tqdm(total=total, desc="Comparing", unit="", disable=None if verbosity else True) as bar:
            for done, different in differences():
                bar.update(done)
                found += len(different)
                for difference in different:
                    tqdm.write(str(difference), file=self.stdout)
        if found:
            counted = "1 difference" if found == 1 else f"{found:,} differences"
            raise CommandError(f"{counted} in {total:,} things. “manage.py rebuild_search” puts them right.")
        if verbosity:
            self.stdout.write(
                self.style.SUCCESS(f"The search index agrees with the content: {total:,} things.")
            )
