"""`python -m benchmarks.generate 1000`: N practices in six languages, in the database that DATABASE_URL names.

For benchmarks and for trying the portal at size. It refuses a database with content that it did not make.
"""

import argparse
import os
import sys

import django


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("number", type=int, metavar="N", help="How many practices.")
    parser.add_argument("--seed", type=int, default=1, help="Another seed, other practices (default: 1).")
    parser.add_argument(
        "--force", action="store_true", help="Also into a database with real content, which stays as it is."
    )
    options = parser.parse_args()
    if options.number < 1:
        parser.error("N must be at least 1.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings.production")
    django.setup()

    from benchmarks.records import RefusedError, generate, refuse_real_content

    try:
        if not options.force:
            refuse_real_content()
    except RefusedError as error:
        sys.exit(f"{error} Nothing was changed. Choose another DATABASE_URL, or add --force.")
    if generate(options.number, seed=options.seed):
        print(f"The database now holds {options.number:,} generated practices.")
    else:
        print(f"The database holds these {options.number:,} practices already.")


if __name__ == "__main__":
    main()
