"""A declaration, or one of its clauses, as something that can be cited."""

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.citations import Reference
from alliance.languages import localized
from alliance.templatetags.alliance import authoritative, language_name, standing
from declarations.models import Declaration


def reference(request, declaration, clause, language):
    """The text of `declaration` in `language`, one in which it exists, as a Reference; `clause` or None for the whole."""
    precise = declaration.adopted_precision == Declaration.Precision.DAY
    day = declaration.adopted_on.isoformat()
    city = declaration.city if declaration.city and not declaration.city.is_draft else None
    with translation.override(language):
        page = request.build_absolute_uri(declaration.get_absolute_url())
    return Reference(
        key="-".join([declaration.slug, *([f"clause-{clause.number}"] if clause else []), language]),
        kind="declaration",
        title=getattr(declaration, localized("title", language)),
        url=f"{page}#c-{clause.number}" if clause else page,
        place=city.text("name") if city else "",
        date=day if precise else day[:7],
        part=_("Clause {number}").format(number=clause.number) if clause else "",
        language=language,
        language_name=str(language_name(language)),
        notes=[standing(declaration, language), authoritative(declaration)],
    )
