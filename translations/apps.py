from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TranslationsConfig(AppConfig):
    name = "translations"
    verbose_name = _("Translations")

    def changes(self, edit):
        """What follows one edit of the content: see `alliance.publishing.Edit`."""
        from alliance.publishing import Followers
        from translations import memory, standings

        return Followers(memory.Changes(), standings.Changes())
