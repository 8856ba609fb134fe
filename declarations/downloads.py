"""A declaration to take along: the PDF."""

import logging

from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from typst import TypstError

from alliance.languages import NAMES, active_language
from declarations.models import Clause, Declaration, Signature
from declarations.typesetting import compose, typeset
from desk.previews import entry_at

logger = logging.getLogger(__name__)


@require_safe
def declaration_pdf(request, slug):
    """`?text=fr` in one language, `?text=fr&with=en` in two side by side; by default in the language of the page."""
    declaration = entry_at(request, for_print(Declaration.objects.all()), slug)
    asked = languages(request.GET)
    with translation.override(asked[0]):
        address = request.build_absolute_uri(declaration.get_absolute_url())
        sheet = compose(declaration, asked, address=address)
    try:
        pdf, digest = typeset(sheet)
    except TypstError:
        logger.exception("%s cannot be typeset in %s", request.path, asked)
        return render(request, "declarations/pdf_unavailable.html", {"declaration": declaration}, status=503)
    codes = [text["lang"] for text in sheet["texts"]]
    headers = {
        "Content-Disposition": f'inline; filename="{"-".join([slug, *codes])}.pdf"',
        "Content-Language": ", ".join(codes),
        "ETag": f'"{digest}"',
    }
    response = HttpResponse(pdf, content_type="application/pdf", headers=headers)
    return get_conditional_response(request, etag=headers["ETag"], response=response)


def languages(parameters):
    """The one or two languages that an address asks for; what it says else is ignored."""
    first, second = parameters.get("text"), parameters.get("with")
    codes = [first if first in NAMES else active_language(), second]
    return [code for code in dict.fromkeys(codes) if code in NAMES]


def for_print(declarations):
    """With all that is printed, in a number of queries that does not depend on the length of the text."""
    signatures = (
        Signature.objects.public()
        .standing()
        .select_related("city", "organisation")
        # Those without a day last, on every database.
        .order_by(F("signed_on").asc(nulls_last=True), "pk")
    )
    return declarations.select_related("city").prefetch_related(
        Prefetch("sections__clauses", Clause.objects.select_related("declaration")),
        Prefetch("signatures", signatures),
    )
