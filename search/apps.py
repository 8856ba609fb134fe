from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def changes(self, edit):
        """What follows one edit of the content: see `alliance.publishing.Edit`."""
        from search.indexing import Changes

        return Changes(edit)
