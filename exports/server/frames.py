"""How the server and its workers speak: frames of a kind and a length, so that an answer is whole or known not to be.

A frame is one byte of kind, four of length (big-endian), and the payload. A job is one ``JOB`` frame of JSON and, where
it has a body, ``DATA`` frames up to ``END``. The answer is one ``HEAD`` of JSON, ``DATA`` frames, ``END``; or ``FAIL``
with JSON at any moment.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO, NamedTuple

JOB, HEAD, DATA, END, FAIL = (b"J", b"H", b"D", b"E", b"F")
CHUNK = 1 << 16
_START = struct.Struct(">cI")
START_SIZE = _START.size


class Frame(NamedTuple):
    """A piece of a conversation."""

    kind: bytes
    payload: bytes


def pack(kind: bytes, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    return _START.pack(kind, len(payload)) + payload


def pack_json(kind: bytes, value: Any) -> bytes:
    """A frame of JSON as bytes."""
    return pack(kind, json.dumps(value).encode())


def unpack_start(start: bytes) -> tuple[bytes, int]:
    """Kind and length of payload of a frame that begins with these bytes."""
    kind, size = _START.unpack(start)
    return kind, size


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next frame, or None at the end of the stream."""
    start = stream.read(START_SIZE)
    if len(start) < START_SIZE:
        return None
    kind, size = unpack_start(start)
    payload = stream.read(size) if size else b""
    return Frame(kind, payload) if len(payload) == size else None


class TooLargeError(Exception):
    """An answer has more bytes than it may."""


class FrameWriter:
    """A file that sends what is written to it as ``DATA`` frames.

    Args:
        stream: where the frames go.
        most: bytes that may be written.
    """

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream = stream
        self._held: list[bytes] = []
        self._size = 0
        self._left = most

    def write(self, data: bytes) -> int:
        """Take some bytes.

        Raises:
            TooLargeError: where there are too many.
        """
        self._left -= len(data)
        if self._left < 0:
            raise TooLargeError
        self._held.append(bytes(data))
        self._size += len(data)
        if self._size >= CHUNK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            self._stream.write(pack(DATA, b"".join(self._held)))
            self._stream.flush()
            self._held, self._size = [], 0
