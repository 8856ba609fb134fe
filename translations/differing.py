"""Two texts, word by word."""

import difflib
import re

# Beyond this many words the comparison would take longer than reading both.
MOST_WORDS = 4_000
LEAST_ALIKE = 0.5
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def difference(before, after):
    """What became of `before`: a list of (`same` | `gone` | `new`, words)."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    # What has little in common is easier to read apart.
    if len(old) + len(new) > MOST_WORDS or matcher.ratio() < LEAST_ALIKE:
        return [(kind, text) for kind, text in (("gone", before), ("new", after)) if text]
    pieces = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            pieces.append(("same", "".join(old[a:b])))
        else:
            pieces += [
                (kind, text)
                for kind, text in (("gone", "".join(old[a:b])), ("new", "".join(new[c:d])))
                if text
            ]
    return pieces
