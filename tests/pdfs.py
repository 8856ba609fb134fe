"""A tagged PDF as a screen reader reads it: its elements in their order, their languages, their letters."""

import io
import re
from dataclasses import dataclass, field

import pikepdf


@dataclass
class Element:
    tag: str
    language: str
    # Elements, and (language, text) where it says something itself.
    children: list = field(default_factory=list)

    @property
    def pieces(self):
        """(language, text) of all that it says."""
        found = []
        for child in self.children:
            found += child.pieces if isinstance(child, Element) else [child]
        return found

    @property
    def text(self):
        return "".join(text for _language, text in self.pieces)

    def all(self, tag):
        """The elements with this tag below it, in their order."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child] if child.tag == tag else []
                found += child.all(tag)
        return found


class Paper:
    """The document in a PDF."""

    def __init__(self, data):
        self.pdf = pikepdf.open(io.BytesIO(data))
        self.root = self.pdf.Root
        self.language = str(self.root.Lang)
        self.title = str(self.pdf.docinfo.Title)
        self.said, self.around = {}, []
        for page in self.pdf.pages:
            marked, artifacts = read_page(page)
            self.said |= {(page.objgen, number): piece for number, piece in marked.items()}
            self.around.append(artifacts)
        self.document = self._element(self.root.StructTreeRoot.K[0], self.language, None)

    def _element(self, node, language, page):
        language = str(node.get("/Lang", language))
        page = node.get("/Pg", page)
        element = Element(str(node.S)[1:], language)
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary):
                if "/S" in kid:
                    element.children.append(self._element(kid, language, page))
                elif "/MCID" in kid:
                    element.children.append(self._piece(kid.get("/Pg", page), int(kid.MCID), language))
            else:
                element.children.append(self._piece(page, int(kid), language))
        return element

    def _piece(self, page, number, language):
        own_language, text = self.said[page.objgen, number]
        return own_language or language, text

    def all(self, tag):
        return self.document.all(tag)

    @property
    def text(self):
        """Everything that is read out."""
        return self.document.text

    @property
    def fonts(self):
        found = {}
        for page in self.pdf.pages:
            for font in page.Resources.Font.values():
                found[str(font.BaseFont)] = font
        return found


def read_page(page):
    """What is said by the marked content of a page, number → (language or None, text), and the words around it."""
    letters = {name: letters_of(font) for name, font in page.Resources.Font.items()}
    marked, artifacts, open_marks, font = {}, [], [], None
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC" | "BMC":
                properties = operands[1] if len(operands) > 1 else {}
                open_marks.append((str(operands[0]), properties))
                if "/MCID" in properties:
                    language = str(properties["/Lang"]) if "/Lang" in properties else None
                    marked[int(properties["/MCID"])] = (language, "")
            case "EMC":
                open_marks.pop()
            case "Tf":
                font = letters[str(operands[0])]
            case "Tj" | "TJ":
                strings = operands[0] if str(operator) == "TJ" else operands
                text = "".join(decoded(bytes(s), font) for s in strings if isinstance(s, pikepdf.String))
                numbers = [int(p["/MCID"]) for _tag, p in open_marks if "/MCID" in p]
                if numbers:
                    language, before = marked[numbers[-1]]
                    marked[numbers[-1]] = (language, before + text)
                else:
                    assert [tag for tag, _p in open_marks if tag == "/Artifact"], f"{text!r} is not tagged"
                    artifacts.append(text)
    return marked, artifacts


def letters_of(font):
    """Which letters a glyph stands for, as the PDF itself says."""
    table = font.ToUnicode.read_bytes().decode()
    assert "beginbfrange" not in table
    return {
        int(glyph, 16): bytes.fromhex(letters).decode("utf-16-be")
        for glyph, letters in re.findall(r"^<([0-9A-F]{4})> <([0-9A-F]+)>$", table, re.M)
    }


def decoded(data, letters):
    return "".join(letters[int.from_bytes(data[i : i + 2])] for i in range(0, len(data), 2))
