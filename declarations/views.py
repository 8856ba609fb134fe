"""The pages of the declarations."""

from django.db.models import Count, F, Prefetch
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from alliance.citations import citation
from alliance.languages import active_language
from declarations.citing import reference
from declarations.deeds import clauses, who_did_what
from declarations.models import Clause, Declaration, Signature
from declarations.signatures import figures_of
from desk.previews import entry_at

# How many signatories stand on the page of the declaration itself.
FIRST_SIGNATORIES = 12


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
    declarations = Declaration.objects.select_related("city", "event").prefetch_related(
        Prefetch("sections__clauses", clauses(user=request.user)),
        "sections__declaration",
    )
    declaration = entry_at(request, declarations, slug)
    signatures = standing_signatures(declaration)
    return render(
        request,
        "declarations/declaration_detail.html",
        {
            "declaration": declaration,
            "sources": declaration.sources.readable_by(request.user),
            "columns": columns(declaration, request.GET.get("text"), request.GET.get("with")),
            "kinds": kinds(declaration),
            "signatures": signatures[:FIRST_SIGNATORIES],
            "signature_count": signatures.count(),
            "figures": figures_of(declaration, request.user),
            "resources": declaration.resources.visible_to(request.user).exclude(
                pk__in=declaration.sources.values("pk")
            ),
            "page_languages": declaration.languages(),
        },
    )


@require_safe
def deeds(request, slug):
    """For each commitment, who did what."""
    declaration = entry_at(request, Declaration.objects.all(), slug)
    found = who_did_what(declaration, user=request.user)
    commitments = [clause for clause in found if clause.kind == Clause.Kind.COMMIT]
    return render(
        request,
        "declarations/deeds.html",
        {
            "declaration": declaration,
            "clauses": found,
            "commitment_count": len(commitments),
            "answered_count": sum(bool(clause.answers_shown) for clause in commitments),
            "page_languages": declaration.languages(),
        },
    )


@require_safe
def cite(request, slug, form, number=0):
    """A citation of clause `number`, or with 0 of the whole, in the language that `?text=` names or that of the page."""
    declarations = Declaration.objects.select_related("city")
    declaration = entry_at(request, declarations, slug)
    clause = get_object_or_404(declaration.clauses, number=number) if number else None
    language = text_language(declaration, request.GET.get("text"))
    return citation(reference(request, declaration, clause, language), form)


def standing_signatures(declaration):
    """The signatures that count and that anybody may see, by their day; those without one last, on every database."""
    return (
        Signature.objects.public()
        .standing()
        .filter(declaration=declaration)
        .select_related("city", "organisation")
        .order_by(F("signed_on").asc(nulls_last=True), "pk")
    )


def text_language(declaration, wanted):
    """The language `wanted`, where the text exists in it; else the reader's, else the original."""
    if wanted in declaration.languages():
        return wanted
    return declaration.language_of("title", active_language())


def columns(declaration, text, beside):
    """The languages to read: `text`, by default the reader's, and `beside` or, by default, one that binds.

    Both come from the address: language codes or anything at all; `beside` may be `none` for a single column.
    """
    first = text_language(declaration, text)
    if beside == "none":
        return [first]
    if beside in declaration.languages() and beside != first:
        return [first, beside]
    if first in declaration.authoritative_languages:
        return [first]
    return [first, *declaration.authoritative_languages[:1]]


def kinds(declaration):
    """What the clauses do: for each kind that occurs, in the order of the text, its clauses. Reads prefetched ones."""
    found = {}
    for section in declaration.sections.all():
        for clause in section.clauses.all():
            found.setdefault(clause.get_kind_display(), []).append(clause)
    return list(found.items())
