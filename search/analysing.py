"""The analysis of many texts by other processes. Imports nothing that needs the portal to be set up."""

import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread

from search.analysis import index_terms


@contextmanager
def analysts():
    """How many processes there are, and a function that has them make the terms of a list of `texts` (see index_terms).

    It returns at once, an iterator that waits for the terms of each in turn. This process keeps a core for itself.
    """
    count = max(1, (os.cpu_count() or 1) - 1)
    # Not forked: this process has threads and connections.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        yield count, lambda texts: pool.map(index_terms, texts, chunksize=50)


def _end_with_parent():
    """Nobody else tells these processes when the one that they work for was killed."""

    def wait():
        parent_process().join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()
