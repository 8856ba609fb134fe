"""Where Django's Italian dates would look odd: no zero before the day."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "l j F Y H:i"
