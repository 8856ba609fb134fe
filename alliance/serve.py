"""`python -m alliance.serve`: the application server (granian), with defaults that suit the portal, and the worker.

PORT and any GRANIAN_* variable that granian's own help names change them. `python -m alliance.serve --develop` is Django's
development server instead, with the worker, too.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

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
MANAGE = str(Path(__file__).resolve().parent.parent / "manage.py")
# In seconds: until a worker that died is started again, and until one that does not stop is stopped.
PAUSE, PATIENCE = 5, 10


def main():
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings.production")
    # A forked worker would ignore a request to stop that comes while it is still starting.
    multiprocessing.set_start_method("spawn")
    try:
        from granian.cli import entrypoint

        sys.argv[1:] = ["--interface", "wsgi", "alliance.wsgi:application"]
        with worker():
            entrypoint()
    except KeyboardInterrupt:
        sys.exit(130)


def develop():
    """Django's development server. The worker belongs to the process that is started anew at each change of the source."""
    from django.core.management import execute_from_command_line

    command = [MANAGE, "runserver", os.environ.get("PORT") or "8000"]
    if os.environ.get("RUN_MAIN") == "true":
        with worker():
            execute_from_command_line(command)
    else:
        execute_from_command_line(command)


@contextmanager
def worker():
    """Run `manage.py work` beside the server, start it again if it dies, and end it with the server."""
    stopping = threading.Event()
    keeper = threading.Thread(target=keep_working, args=[stopping])
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def keep_working(stopping):
    # In a session of its own: Ctrl-C in a terminal stops the server, and that the worker. However the server ends, the
    # standard input of the worker is closed with it, which the worker takes for an end.
    command = [sys.executable, MANAGE, "work", "--attached"]
    while not stopping.is_set():
        with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
            while process.poll() is None and not stopping.wait(1):
                pass
            end(process)
        stopping.wait(PAUSE)


def end(process):
    """Ask a process to stop, and stop it if it does not."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__mp_main__":
    # This is a worker. Ctrl-C in a terminal reaches it together with the request to stop that the main process then
    # sends, and granian's workers can hang over the two. The request alone is enough.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
elif __name__ == "__main__":
    if "--develop" in sys.argv:
        develop()
    else:
        main()
