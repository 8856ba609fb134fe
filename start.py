"""What stands behind `make`: keeps .venv in step with the lock files and runs one task in it.

Standard library only, and syntax that Python 3.6 can read, so that an old Python can say what it lacks.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# What is installed in .venv, by the digest of its lock file.
STAMP = VENV / "installed.json"
UV = "uv==0.13.9"

# What pip says when a package could not be fetched, as opposed to one that it did not like.
UNREACHABLE = (
    "Retrying (",
    "No matching distribution found",
    "Read timed out",
    "ConnectionError",
    "ProxyError",
)

TASK = sys.argv[1] if len(sys.argv) > 1 else "run"
ARGUMENTS = sys.argv[2:]


def main():
    if sys.version_info < (3, 11):
        found = "{}.{} ({})".format(*sys.version_info[:2], sys.executable)
        sys.exit(
            f"The portal needs Python 3.11 or later and this is {found}: "
            f"install a newer one, or name it: make {TASK} PYTHON=python3.12"
        )
    tasks = {
        "run": run,
        "dev": dev,
        "test": test,
        "check": check,
        "messages": messages,
        "bench": bench,
        "lock": lock,
    }
    if TASK not in tasks:
        sys.exit(f"There is no task {TASK}: choose among {', '.join(tasks)}.")
    os.chdir(ROOT)
    try:
        tasks[TASK]()
    except KeyboardInterrupt:
        print(f"\nStopped. make {TASK} goes on from here.", file=sys.stderr)
        sys.exit(130)


# --- Tasks --------------------------------------------------------------------------------------


def run():
    """Serve the portal with the real application server, on the loopback address and without TLS."""
    port = free_port()
    check_database_url()
    install("base")
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings.production"
    os.environ.setdefault("ALLIANCE_TLS", "0")
    call("manage.py", "prepare")
    free_port()  # somebody may have taken it during a long first start
    print(f"The portal is at http://127.0.0.1:{port} (Ctrl-C stops it).", flush=True)
    become("-m", "alliance.serve")


def dev():
    """Serve the portal with Django's development server, which reloads what changes."""
    port = free_port()
    check_database_url()
    install("dev")
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings.development"
    call("manage.py", "prepare")
    os.environ["PORT"] = str(port)
    become("-m", "alliance.serve", "--develop")


def test():
    """Run the whole suite on the database of DATABASE_URL, SQLite without it."""
    check_database_url()
    install("dev")
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings.test"
    call("manage.py", "prepare", "--tests")
    # Playwright brings a driver for its browsers, and is told in tests/browser/conftest.py which one to use.
    become("-m", "pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal", *ARGUMENTS)


def check():
    """Everything that can be judged without running the portal; says all that is wrong, not only the first thing."""
    install("dev")
    deployment = {
        "DJANGO_SETTINGS_MODULE": "alliance.settings.production",
        "DATABASE_URL": "sqlite://:memory:",  # nothing here depends on the data
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLIANCE_TLS": "1",
    }
    templates = sorted(str(path) for path in Path("templates").rglob("*.html"))
    steps = {
        "formatter": (["-m", "ruff", "format", "--check", "."], {}),
        "lint": (["-m", "ruff", "check", "."], {}),
        "templates": (["-m", "djhtml", "--tabwidth=2", "--check", *templates], {}),
        "import directions": ([str(VENV / "bin" / "lint-imports"), "--no-cache"], {}),
        "migrations": (["manage.py", "makemigrations", "--check", "--dry-run"], deployment),
        "deployment": (["manage.py", "check", "--deploy", "--fail-level", "WARNING"], deployment),
        "catalogues": (["manage.py", "check_messages"], deployment),
    }
    failed = []
    for name, (command, environment) in steps.items():
        print(f"--- {name}", flush=True)
        if call(*command, fatal=False, environment=environment):
            failed.append(name)
    if failed:
        sys.exit(f"make check found something in: {', '.join(failed)}.")
    print("make check found nothing.")


def messages():
    """Bring the catalogues in step with the source, and say what is left to translate."""
    install("dev")
    call("manage.py", "makemessages")
    become("manage.py", "check_messages")


def bench():
    """Measure what must stay fast."""
    check_database_url()
    install("dev")
    become("-m", "benchmarks", *ARGUMENTS)


def lock():
    """Pin what requirements/*.in ask for; ARGS=--upgrade moves to the newest versions."""
    install("dev")
    pip_install(UV)
    options = [
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-header",
        "--no-annotate",
        "--quiet",
    ]
    compile_lock = ["-m", "uv", "pip", "compile", *options, *ARGUMENTS]
    call(*compile_lock, "requirements/base.in", "--output-file=requirements/base.txt")
    # The same versions for those who develop as for those who run it.
    constraint = "--constraint=requirements/base.txt"
    call(*compile_lock, constraint, "requirements/dev.in", "--output-file=requirements/dev.txt")


# --- The environment ----------------------------------------------------------------------------


def install(name):
    """Bring .venv in step with requirements/<name>.txt, unless it is already.

    dev.txt contains base.txt: after dev, base needs nothing.
    """
    with alone():
        installed = read_stamp()
        if installed.get(name) == digest(name):
            return
        if not installed and not usable():
            create()
        # After an interruption pip would take a half-written package for an installed one.
        again = ["--force-reinstall"] if installed.get("unfinished") else []
        write_stamp(unfinished=True)
        print(f"Installing the packages of requirements/{name}.txt", flush=True)
        # The lock names every package there is: nothing is left for pip to resolve.
        pip_install("--require-hashes", "--no-deps", *again, "--requirement", f"requirements/{name}.txt")
        write_stamp(**{lock: digest(lock) for lock in {"base", name}})


def read_stamp():
    """What write_stamp noted; nothing if that is about another Python than the one that .venv has now."""
    try:
        installed = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return installed if installed["python"] == os.path.realpath(PYTHON) else {}


def write_stamp(**installed):
    """Note the digests of the lock files that .venv is in step with, or that an installation is under way."""
    STAMP.write_text(json.dumps({"python": os.path.realpath(PYTHON), **installed}))


def digest(name):
    return hashlib.sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


def usable():
    """Whether .venv holds a new enough Python with pip, as an interrupted or outlived one does not."""
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", question], **quiet).returncode == 0


def create():
    """Make .venv anew."""
    try:
        import ensurepip  # noqa: F401 - Debian keeps it in a package of its own
        import venv
    except ImportError:
        version = "{}.{}".format(*sys.version_info[:2])
        sys.exit(
            f"This Python lacks its venv module: install it (on Debian and Ubuntu: apt install python{version}-venv), "
            f"then type make {TASK} again."
        )
    print("Making the virtual environment in .venv", flush=True)
    try:
        venv.create(VENV, clear=True, symlinks=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The virtual environment in .venv could not be made: {error}")


def pip_install(*arguments):
    """Run pip with its own progress bar. Where the registry does not answer, one sentence instead of its many."""
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    said = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as pip:
        for line in pip.stderr:
            if "Retrying (" in line and not any("Retrying (" in earlier for earlier in said):
                print("The package registry does not answer; trying again", flush=True)
            said.append(line)
    if pip.returncode == 0:
        return
    if any(sign in line for line in said for sign in UNREACHABLE):
        sys.exit(
            "The package registry cannot be reached, or lacks what the portal needs: check the network (and "
            f"PIP_INDEX_URL, where you set it), then type make {TASK} again."
        )
    sys.exit(
        "".join(said) + f"The packages could not be installed. Once that is mended, type make {TASK} again."
    )


@contextlib.contextmanager
def alone():
    """Let only one installation happen at a time in this folder."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another make is installing packages here; waiting for it", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# --- Before the long work -----------------------------------------------------------------------


def free_port():
    """The port of PORT, 8000 without it, if the portal can have it."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        sys.exit(f"PORT={wanted} is no port: give a number up to 65535, for instance make {TASK} PORT=8001")
    port = int(wanted)
    problem = port_problem(port)
    if problem is None:
        return port
    other = next((p for p in range(max(port, 8000) + 1, 65536) if port_problem(p) is None), 8000)
    reason = "is in use" if problem == errno.EADDRINUSE else f"cannot be had ({os.strerror(problem)})"
    sys.exit(f"Port {port} {reason}: try make {TASK} PORT={other}")


def port_problem(port):
    """Why nobody can listen on `port` of the loopback address, as an errno; None if somebody can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno
    return None


def check_database_url():
    """Refuse an address of a database that the portal does not know, without repeating it: it may hold a password."""
    scheme = os.environ.get("DATABASE_URL", "sqlite:").split(":")[0]
    if scheme not in ("postgres", "postgresql", "sqlite"):
        sys.exit(
            "DATABASE_URL must look like postgres://user:password@host:5432/name (or be unset, for SQLite)."
        )


# --- Processes ----------------------------------------------------------------------------------


def call(*arguments, fatal=True, environment=None):
    """Run Python in .venv and return its exit code; unless told otherwise, end with it if it is not 0."""
    process = subprocess.Popen([PYTHON, *arguments], env={**os.environ, **(environment or {})})
    interrupted = False
    while True:
        try:
            code = process.wait()
            break
        except KeyboardInterrupt:  # the child has the signal too, and may have things to put in order
            interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    if code and fatal:
        sys.exit(code if code > 0 else 128 - code)
    return code


def become(*arguments):
    """Hand this process over to Python in .venv, so that signals reach it directly."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *arguments])


if __name__ == "__main__":
    main()
