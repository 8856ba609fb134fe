"""`python -m alliance.serve`: the application server (granian), with defaults that suit the portal.

PORT and any GRANIAN_* variable that granian's own help names change them.
"""

import multiprocessing
import os
import signal
import sys

DEFAULTS = {
    "GRANIAN_HOST": "127.0.0.1",
    "GRANIAN_PORT": os.environ.get("PORT") or "8000",
    "GRANIAN_WORKERS": "2",
    # A page is mostly Python, of which a process runs one thread at a time: a few threads cover the waiting for the
    # database. Each keeps a connection, so there may be no more of them than DATABASE_POOL. Other requests queue.
    "GRANIAN_BLOCKING_THREADS": "4",
    "GRANIAN_RESPAWN_FAILED_WORKERS": "true",
    "GRANIAN_WORKERS_KILL_TIMEOUT": "10",
    "GRANIAN_LOG_LEVEL": "warning",
}


def main():
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings.production")
    # A forked worker would ignore a request to stop that comes while it is still starting.
    multiprocessing.set_start_method("spawn")
    try:
        from granian.cli import entrypoint

        sys.argv[1:] = ["--interface", "wsgi", "alliance.wsgi:application"]
        entrypoint()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__mp_main__":
    # This is a worker. Ctrl-C in a terminal reaches it together with the request to stop that the main process then
    # sends, and granian's workers can hang over the two. The request alone is enough.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
elif __name__ == "__main__":
    main()
