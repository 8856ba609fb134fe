"""A document as something that can be cited."""

from alliance.citations import Reference
from alliance.templatetags.alliance import language_name
from resources.models import Resource

KINDS = {
    Resource.Type.STUDY: "report",
    Resource.Type.REPORT: "report",
    Resource.Type.GUIDE: "book",
    Resource.Type.PRESS_RELEASE: "document",
    Resource.Type.PRESS_ARTICLE: "article",
    Resource.Type.BROCHURE: "pamphlet",
    Resource.Type.LETTER: "letter",
}


def reference(request, resource):
    """`resource` as a Reference: its real title, and else the words of the reader's language."""
    original = resource.original_language
    day = resource.published_on.isoformat() if resource.published_on else str(resource.year or "")
    return Reference(
        key=resource.slug,
        kind=KINDS[resource.type],
        title=resource.text("title", original),
        url=request.build_absolute_uri(resource.get_absolute_url()),
        authors=[(author.family_name, author.given_name) for author in resource.authors.all()],
        publishers=[publisher.text("name") for publisher in resource.publishers.all()],
        date=day,
        number=resource.reference,
        language=original,
        language_name=str(language_name(original)),
    )
