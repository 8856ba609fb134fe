"""Under /<language>/resources/."""

from django.urls import path

from resources import views

app_name = "resources"

urlpatterns = [
    path("", views.resource_list, name="list"),
    path("<slug:slug>/", views.resource_detail, name="detail"),
    path("<slug:slug>/cite.<slug:form>", views.cite, name="cite"),
]
