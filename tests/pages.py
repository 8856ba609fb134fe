"""A page as a browser or a machine reads it: its elements, their attributes, their words."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr", "source", "wbr", "area", "base", "col", "embed"}


@dataclass
class Element:
    tag: str
    attributes: dict
    words: list = field(default_factory=list)

    @property
    def text(self):
        return " ".join("".join(self.words).split())

    def __getitem__(self, name):
        return self.attributes[name]


class Document(HTMLParser):
    """The elements of a page in their order. Fails where the page closes what it did not open."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.html = html
        self.elements = []
        self._open = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag, attributes):
        element = Element(tag, dict(attributes))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.elements.append(Element(tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open and self._open[-1].tag == tag, (
            f"</{tag}> closes {self._open[-1:]} at {self.getpos()}"
        )
        self._open.pop()

    def handle_data(self, data):
        for element in self._open:
            element.words.append(data)

    def all(self, tag, **attributes):
        """The elements with this tag and these attributes; `class_` for class, True for any value."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(
                name in element.attributes and value in (True, element.attributes[name])
                for name, value in wanted.items()
            )
        ]

    def one(self, tag, **attributes):
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} × <{tag}> with {attributes}"
        return found[0]

    def with_class(self, name):
        return [e for e in self.elements if name in (e.attributes.get("class") or "").split()]

    @property
    def language(self):
        return self.one("html")["lang"]

    @property
    def links(self):
        """Where the links of the page lead, once each."""
        return list(dict.fromkeys(element["href"] for element in self.all("a", href=True)))

    @property
    def text(self):
        """What can be read on the page."""
        return self.one("body").text

    @property
    def data(self):
        """What the page tells machines, as JSON-LD."""
        return [json.loads("".join(e.words)) for e in self.all("script", type="application/ld+json")]


def read(client, path, **options):
    """The Document at `path`, which must be there."""
    response = client.get(path, **options)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return Document(response.content.decode())
