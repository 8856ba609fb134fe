"""The addresses of the portal. The language comes first; path words and slugs are the same in all languages."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.urls import include, path, re_path

from accounts.roles import for_roles
from alliance import styleguide, views
from alliance.sitemaps import SITEMAPS
from desk import contradictions
from resources import downloads
from translations.board import board, index
from translations.workbench import keep_unsaved, workbench

desk, *desk_names = admin.site.urls
desk_pages = [
    path("", admin.site.admin_view(index), name="index"),
    # Leads to anything that has a number: nothing links there.
    path("r/<path:url>", admin.site.admin_view(admin.site.catch_all_view)),
    path("board/", for_roles(board), name="translations_board"),
    path("contradictions/", for_roles(contradictions.page), name="desk_contradictions"),
    path(
        "translate/<int:content_type_id>/<int:object_id>/<slug:language>/",
        for_roles(workbench),
        name="translations_workbench",
    ),
    path(
        "translate/<int:content_type_id>/<int:object_id>/<slug:language>/unsaved/",
        for_roles(keep_unsaved),
        name="translations_workbench_unsaved",
    ),
]

urlpatterns = [
    path("", views.root, name="root"),
    path("admin/exchange/", include("translations.files")),
    path("admin/", include("accounts.urls")),
    path("admin/", ([*desk_pages, *desk], *desk_names)),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap_views.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    # As alliance.storage.random_name and the sizes of images name them: anything else is no file of ours.
    re_path(
        r"^media/(?P<name>resources/\w\w/[0-9a-f]{32}(-[0-9]+)?\.[a-z]+)$", downloads.media, name="media"
    ),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("search/", include("search.urls")),
        path("practices/", include("practices.urls")),
        path("projects/", include("projects.urls")),
        path("cities/", include("cities.urls")),
        path("declarations/", include("declarations.urls")),
        path("events/", include("events.urls")),
        path("resources/", include("resources.urls")),
        path("about/", views.about, name="about"),
        path("services/", views.services, name="services"),
        path("legal-notice/", views.legal_notice, name="legal-notice"),
        path("privacy/", views.privacy, name="privacy"),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("style-guide/", styleguide.style_guide, name="style-guide"),
    ),
]

handler403 = "alliance.views.forbidden"
handler404 = "alliance.views.not_found"
handler500 = "alliance.views.server_error"

if settings.DEBUG:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()
