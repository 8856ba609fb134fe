"""Under /<language>/search/."""

from django.urls import path
from django.views.decorators.http import require_safe

from search import feeds, views

app_name = "search"

urlpatterns = [
    path("", views.search, name="search"),
    path("suggestions/", views.suggest, name="suggestions"),
    path("feed/", require_safe(feeds.SearchFeed()), name="feed"),
    path("csv/", feeds.search_csv, name="csv"),
]
