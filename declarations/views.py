"""The pages of the declarations."""

from django.db.models import Count, F, Prefetch
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from alliance.languages import NAMES, active_language
from declarations.models import Clause, Declaration, Signature


@require_safe
def declaration_list(request):
    declarations = (
        Declaration.objects.visible_to(request.user)
        .select_related("city")
        .annotate(clause_count=Count("clauses"))
        .order_by("-adopted_on", "pk")
    )
    return render(request, "declarations/declaration_list.html", {"declarations": declarations})


@require_safe
def declaration_detail(request, slug):
    declarations = (
        Declaration.objects.visible_to(request.user)
        .select_related("city", "event")
        .prefetch_related(
            Prefetch("sections__clauses", Clause.objects.select_related("declaration")),
            "sections__declaration",
            Prefetch(
                "signatures",
                Signature.objects.exclude(city__status=Declaration.Status.DRAFT)
                .select_related("city", "organisation")
                # Those without a day last, on every database.
                .order_by(F("signed_on").asc(nulls_last=True), "pk"),
            ),
        )
    )
    declaration = get_object_or_404(declarations, slug=slug)
    return render(
        request,
        "declarations/declaration_detail.html",
        {
            "declaration": declaration,
            "sources": declaration.sources.visible_to(request.user),
            "columns": columns(declaration, request.GET.get("with")),
            "others": [code for code in declaration.languages() if code != active_language()],
            "resources": declaration.resources.visible_to(request.user).exclude(
                pk__in=declaration.sources.values("pk")
            ),
            "page_languages": declaration.languages(),
        },
    )


def columns(declaration, wanted):
    """The languages to read side by side: the reader's, and `wanted` or, by default, an authoritative one.

    `wanted` comes from the address: a language code, `none` for a single column, or anything at all.
    """
    mine = declaration.language_of("title")
    if wanted == "none":
        return [mine]
    if wanted in NAMES and wanted in declaration.languages() and wanted != mine:
        return [mine, wanted]
    if mine in declaration.authoritative_languages:
        return [mine]
    return [mine, *declaration.authoritative_languages[:1]]
