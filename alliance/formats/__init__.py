"""How languages write dates and times, where Django has it otherwise.

The months: Django begins them with a capital in Italian and Russian, as at the head of a calendar. Our catalogues, which
come before Django's, have them as in a sentence.
"""

from django.utils.translation import gettext_noop

MONTHS = [
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
]
