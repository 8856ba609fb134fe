"""The pages of who signed a declaration: list and map, table, data."""

import csv

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.languages import active_language
from declarations.models import Declaration
from declarations.signatures import Signatories, code_of, figures_of
from desk.previews import entry_at
from search.feeds import cell


@require_safe
def signatories(request, slug):
    declaration = declaration_at(request, slug)
    return render(
        request,
        "declarations/signatories.html",
        {
            "declaration": declaration,
            "signatories": signatories_asked_for(request, declaration),
            "figures": figures_of(declaration, request.user),
            "page_languages": declaration.languages(),
        },
    )


@require_safe
def signatories_csv(request, slug):
    """The same signatories as UTF-8 with a byte order mark, for spreadsheets."""
    declaration = declaration_at(request, slug)
    columns = {
        pgettext("column of a table", "Signatory"): lambda one: one["name"],
        pgettext("column of a table", "Kind"): lambda one: one["kind"],
        pgettext("column of a table", "Country code"): lambda one: one["country"],
        pgettext("column of a table", "Country"): lambda one: one["country_name"],
        pgettext("column of a table", "Office"): lambda one: one["office"],
        pgettext("column of a table", "Signed on"): lambda one: one["signed_on"],
        pgettext("column of a table", "Status"): lambda one: one["status_name"],
        pgettext("column of a table", "Source"): lambda one: one["source"],
        pgettext("column of a table", "Address"): lambda one: one["url"],
    }
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"{declaration.slug}-signatories-{active_language()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    table = csv.writer(response)
    table.writerow(columns)
    for one in rows(request, signatories_asked_for(request, declaration)):
        table.writerow(cell(value(one) or "") for value in columns.values())
    return response


@require_safe
def signatories_json(request, slug):
    declaration = declaration_at(request, slug)
    found = signatories_asked_for(request, declaration)
    data = {
        "declaration": {
            "title": declaration.text("title"),
            "adopted_on": day_of(declaration),
            "url": request.build_absolute_uri(declaration.get_absolute_url()),
        },
        "language": active_language(),
        "country": found.country or None,
        "count": found.standing_count,
        "signatories": rows(request, found),
        "figures": [
            {
                "what": figure.what,
                "number": figure.number,
                "is_rounded": figure.is_rounded,
                "source": request.build_absolute_uri(figure.source.get_absolute_url()),
            }
            for _what, figures in figures_of(declaration, request.user)
            for figure in figures
        ],
    }
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})


def declaration_at(request, slug):
    return entry_at(request, Declaration.objects.select_related("city"), slug)


def signatories_asked_for(request, declaration):
    return Signatories(declaration, request.GET.get("country", ""))


def day_of(declaration):
    """`2015-11-18`, or `2017-11` where no more is known."""
    exact = declaration.adopted_precision == Declaration.Precision.DAY
    return declaration.adopted_on.isoformat()[: None if exact else 7]


def rows(request, found):
    """What is public about each signature, as plain values, texts in the reader's language."""
    return [row(request, signature) for signature in found.shown]


def row(request, signature):
    city, source = signature.city, signature.source
    return {
        "name": str(signature),
        "kind": str(signature.signatory.get_kind_display()),
        "country": code_of(signature) or None,
        "country_name": str(signature.signatory.country.name) or None,
        "office": signature.office,
        "signed_on": signature.signed_on and signature.signed_on.isoformat(),
        "status": signature.status,
        "status_name": str(signature.get_status_display()),
        "latitude": float(city.latitude) if city and city.latitude is not None else None,
        "longitude": float(city.longitude) if city and city.longitude is not None else None,
        "source": source.text("title") if source and source.is_visible_to(request.user) else None,
        "url": request.build_absolute_uri(city.get_absolute_url()) if city else None,
    }
