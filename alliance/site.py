"""The desk as a site of Django's admin."""

from django.contrib.admin import AdminSite

from alliance.languages import active_language, sort_key


class Desk(AdminSite):
    """Lists what there is in the order of the editor's alphabet."""

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=by_name)
        return sorted(apps, key=by_name)


def by_name(item):
    return sort_key(str(item["name"]), active_language())
