"""The production settings, with one more address: the bare view that pages are compared with."""

from pathlib import Path

from alliance.settings.production import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"] += [Path(__file__).parent / "templates"]  # noqa: F405
