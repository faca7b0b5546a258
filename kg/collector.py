"""Work without the collector of reference cycles, where millions of objects are made that form none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collector() -> Iterator[None]:
    """Switch the collector off and back on as it was.

    Looking for cycles among millions of living objects takes half the time of making them; memory is still freed as
    soon as nothing refers to it.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def keep_for_good() -> None:
    """Tell the collector that what lives now need not be looked at again.

    For large things without cycles that stay to the end, such as a loaded graph: it is freed by reference all the same.
    """
    gc.freeze()
