"""Under /<language>/declarations/."""

from django.urls import path

from declarations import applications, downloads, signatories, views

app_name = "declarations"

urlpatterns = [
    path("", views.declaration_list, name="list"),
    path("<slug:slug>/", views.declaration_detail, name="detail"),
    path("<slug:slug>/deeds/", views.deeds, name="deeds"),
    path("<slug:slug>/cite.<slug:form>", views.cite, name="cite"),
    path("<slug:slug>/cite/<int:number>.<slug:form>", views.cite, name="cite"),
    path("<slug:slug>/pdf/", downloads.declaration_pdf, name="pdf"),
    path("<slug:slug>/signatories/", signatories.signatories, name="signatories"),
    path("<slug:slug>/signatories.csv", signatories.signatories_csv, name="signatories-csv"),
    path("<slug:slug>/signatories.json", signatories.signatories_json, name="signatories-json"),
    path("<slug:slug>/sign/", applications.sign, name="sign"),
    path("<slug:slug>/sign/sent/", applications.applied, name="applied"),
    path("application/<token>/", applications.application, name="application"),
    path("application/<token>/withdraw/", applications.withdraw, name="withdraw"),
]
