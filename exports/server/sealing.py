"""A second lock on the door: workers that may open no socket, so that a query which slipped past the checks reaches nobody.

On Linux the kernel refuses the system call (seccomp, see ``man 2 seccomp``); elsewhere a worker whose store is in memory may
open no further file, which sockets are too. Where neither can be had the checks on queries stand alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
import sys

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # the error is EPERM
_MACHINES = {
    # audit architecture, and the number of the call ``socket`` there
    "x86_64": (0xC000003E, 41),
    "aarch64": (0xC00000B7, 198),
}


def seal_sockets() -> bool:
    """Let this process, for good, open no socket.

    Returns:
        True where the kernel will refuse from now on.
    """
    machine = _MACHINES.get(platform.machine())
    if not sys.platform.startswith("linux") or machine is None:
        return False
    architecture, socket_call = machine
    steps = (
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),  # calls by another convention are refused altogether
        (_LOAD, 0, 0, 0),  # the number of the call
        (_EQUAL, 0, 1, socket_call),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
            return False
        return bool(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def seal_files() -> None:
    """Let this process open no file beyond those it has open."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        most = max(int(name) for name in os.listdir("/dev/fd")) + 1  # noqa: PTH208  # names, not paths
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
