# The commands of the portal. start.py does the work; it needs git, make and Python 3.11 or later, nothing else.
#
## make run       set everything up and serve the portal at http://127.0.0.1:8000
## make dev       the same with reloading, detailed error pages and the debug toolbar
## make test      run the tests, on SQLite or on the database that DATABASE_URL names
## make check     formatter, lint, import directions, migrations, deployment settings, catalogues
## make messages  bring the translation catalogues in step with the source
## make bench     measure what must stay fast
## make lock      pin the dependencies of requirements/*.in, with hashes
##
## PORT=8001              another port for run and dev
## DATABASE_URL=postgres://user:password@host:5432/name   PostgreSQL instead of SQLite in var/
## PYTHON=python3.12      another Python to start from
## ARGS="-k declarations" words for the tool behind test, bench and lock

PYTHON ?= python3

.PHONY: help run dev test check messages bench lock

help:
	@sed -n 's/^## \{0,1\}//p' Makefile

run dev test check messages bench lock:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or later, then type make $@ again." >&2; exit 1; }
	@$(PYTHON) start.py $@ $(ARGS)
