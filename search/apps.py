from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def changes(self):
        """What follows one edit of the content: see `alliance.publishing.editing`."""
        from search.indexing import Changes

        return Changes()
