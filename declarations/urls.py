"""Under /<language>/declarations/."""

from django.urls import path

from declarations import views

app_name = "declarations"

urlpatterns = [
    path("", views.declaration_list, name="list"),
    path("<slug:slug>/", views.declaration_detail, name="detail"),
]
