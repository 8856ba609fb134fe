from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AllianceConfig(AppConfig):
    name = "alliance"
    verbose_name = "Alliance of Cities"

    def ready(self):
        from alliance import numbers  # noqa: F401, its lookups register themselves


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin, as the desk."""

    default = False  # that of the folder is the one above
    default_site = "alliance.site.Desk"
