"""Under /<language>/practices/."""

from django.urls import path

from practices import feeds, views

app_name = "practices"

urlpatterns = [
    path("", views.practice_list, name="list"),
    path("feed/", feeds.PracticeFeed(), name="feed"),
    path("<slug:slug>/", views.practice_detail, name="detail"),
]
