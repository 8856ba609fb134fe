from django.apps import AppConfig


class AllianceConfig(AppConfig):
    name = "alliance"
    verbose_name = "Alliance of Cities"

    def ready(self):
        from alliance import numbers  # noqa: F401, its lookups register themselves
