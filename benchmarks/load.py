"""Asks one address of this machine for the same page again and again, for a few seconds."""

import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

CONNECTIONS = 8
# A page that answers in no time does not keep the fallback client busy for ever.
MOST_REQUESTS = 200_000


@dataclass
class Load:
    """What came of it: requests in a second, and latencies in milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float


def load(port, path, seconds):
    """The Load of `path` on the loopback address, over CONNECTIONS connections that are kept open.

    By wrk where it is installed, which costs next to nothing itself, else by a slower client in Python.
    """
    if wrk := shutil.which("wrk"):
        return _with_wrk(wrk, port, path, seconds)
    return _with_threads(port, path, seconds)


def get(port, path):
    """Status and body of one answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _with_wrk(wrk, port, path, seconds):
    command = [
        wrk, "--threads=1", f"--connections={CONNECTIONS}", f"--duration={seconds}s", "--timeout=20s",
        f"--script={Path(__file__).with_name('latency.lua')}", f"http://127.0.0.1:{port}{path}",
    ]  # fmt: skip
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout  # noqa: S603 - our own arguments
    result = next(line for line in said.splitlines() if line.startswith("RESULT "))
    requests, duration, failed, *percentiles = map(int, result.split()[1:])
    if failed or not requests:
        raise RuntimeError(f"{failed} of {requests} requests for {path} failed.")
    return Load(requests / (duration / 1e6), *(microseconds / 1000 for microseconds in percentiles))


def _with_threads(port, path, seconds):
    times, failures = [], []
    begin = time.perf_counter()

    def ask():
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        while (now := time.perf_counter()) < begin + seconds and len(times) < MOST_REQUESTS:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - now)
            if answer.status != 200:
                failures.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=ask) for _number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures or not times:
        raise RuntimeError(f"{len(failures)} of {len(times)} requests for {path} failed.")
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
    rate = len(times) / (time.perf_counter() - begin)
    return Load(rate, *(1000 * cuts[percent - 1] for percent in (50, 95, 99)))
