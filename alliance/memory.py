"""What a process may keep in memory: anything made from the content, until the content changes."""

import threading

from django.apps import apps

_held = {}
_lock = threading.Lock()


def content_version():
    """The number that grows with every change of content; one small query."""
    return apps.get_model("topics", "ContentVersion").objects.current()


def remembered(key, make, *, version=None, follow=None):
    """What `make()` returned for `key` since the content last changed; made anew if it has not been.

    `version` saves the query where the caller has just asked. `follow(old, version)` makes the new from what is held
    of an earlier version, where that is less work. Keys must come from a small fixed set, never from what a visitor
    typed.
    """
    if version is None:
        version = content_version()
    held = _held.get(key)
    if held is None or held[0] < version:
        with _lock:
            held = _held.get(key)
            if held is None or held[0] < version:
                if follow and held:
                    value = follow(held[1], version)
                else:
                    value = make()
                held = _held[key] = (version, value)
    return held[1]
