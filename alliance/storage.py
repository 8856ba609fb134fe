"""Static files as they are served: compressed, under hashed names, the stylesheets of the site in one file."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'@import "([^"]+)";')


class SiteStorage(CompressedManifestStaticFilesStorage):
    """Puts what `css/site.css` imports in its place, so that a page needs one stylesheet and not twenty-five."""

    stylesheet = "css/site.css"

    def post_process(self, paths, dry_run=False, **options):
        if self.stylesheet in paths and not dry_run:
            storage, path = paths[self.stylesheet]
            with storage.open(path) as source:
                text = source.read().decode()

            def imported(match):
                storage, path = paths[f"css/{match[1]}"]
                with storage.open(path) as part:
                    return part.read().decode()

            self.delete(self.stylesheet)
            self._save(self.stylesheet, ContentFile(IMPORT.sub(imported, text).encode()))
            paths[self.stylesheet] = (self, self.stylesheet)
        yield from super().post_process(paths, dry_run, **options)
