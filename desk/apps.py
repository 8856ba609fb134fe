from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Editorial desk")

    def ready(self):
        from desk import history
        from desk.publishing import check_settings

        check_settings()
        history.register()

    def changes(self, edit):
        """What follows one edit of the content: see `alliance.publishing.Edit`."""
        from alliance.publishing import Followers
        from desk import addresses, history

        return Followers(addresses.Changes(), history.Changes(edit))
