"""Search in six languages: one language analysis, in Python, for SQLite and PostgreSQL alike."""
