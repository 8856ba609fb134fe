from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        from accounts import records
        from accounts.roles import ensure_roles

        # Permissions come into being after a migration, so roles can only be made then.
        post_migrate.connect(ensure_roles, sender=self)
        # Whoever signs in, by whatever way, passes there.
        records.follow()
