"""Manners and patience: how long to wait before a request, and after a refusal.

Retry-After: RFC 9110 §10.2.3 (seconds, or an HTTP date). GitHub's ``x-ratelimit-reset`` is a Unix time. The Hub tells what
is left in ``ratelimit: "api";r=0;t=55`` (draft-ietf-httpapi-ratelimit-headers). Waits without
one grow by doubling, with full jitter (Brooker, «Exponential Backoff and Jitter», AWS Architecture Blog, 2015).
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

RETRIED = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524))
"""Statuses after which the same request may go well."""

LONGEST_WAIT = 600.0
"""Seconds of the longest wait that a server may ask of us."""

_LEFT = re.compile(r";\s*r=(\d{1,9})\s*;\s*t=(\d{1,9})")
_FIRST_WAIT = 1.0
_WAIT_CAP = 60.0


class Pace:
    """Keeps a least time between requests of one group; safe to use from several threads.

    Args:
        clock: seconds that only grow.
        sleep: waits that many seconds.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, group: str, interval: float) -> None:
        """Wait until the group may be asked again, and take the turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._free.get(group, 0.0))
            self._free[group] = turn + interval
        if turn > now:
            self._sleep(turn - now)

    def pause(self, seconds: float) -> None:
        """Wait."""
        if seconds > 0:
            self._sleep(seconds)


def backoff(attempt: int, *, chance: Callable[[], float] = random.random) -> float:
    """Seconds to wait after the given attempt (from 1) has failed: grows by doubling, never less than half of it.

    The chance only spreads clients out in time; nothing of it reaches any output.
    """
    most = min(_WAIT_CAP, _FIRST_WAIT * 2.0 ** (attempt - 1))
    return most * (0.5 + 0.5 * chance())


def asked_wait(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds that a refusal asks to wait.

    Args:
        headers: of the answer, names in lower case.
        now: Unix time.

    Returns:
        Seconds, 0 or more; None where it asks for nothing, or for nonsense.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    if text:
        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - now)
        except (ValueError, TypeError, OverflowError, OSError):
            return None
    left = _LEFT.search(headers.get("ratelimit", ""))
    if left is not None and int(left.group(1)) == 0:
        return float(left.group(2))
    reset = headers.get("x-ratelimit-reset", "").strip()
    if headers.get("x-ratelimit-remaining", "").strip() == "0" and reset.isascii() and reset.isdigit():
        return max(0.0, float(reset[:12]) - now)
    return None
