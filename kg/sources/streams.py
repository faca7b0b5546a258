"""Inputs as one stream of UTF-8: files and standard input, unpacked, told apart from binary files.

What is found by content: gzip, bzip2 and xz (unpacked on the way), UTF-16 and UTF-32 by their byte order mark,
UTF-16 without one by its zero bytes, and the usual binary files, each refused by its name.
"""

from __future__ import annotations

import codecs
import io
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from kg.errors import SourceError

STDIN = "standard input"
"""What ``-`` is called."""

HEAD = 64 * 1024
"""Bytes looked at to find out what a file is."""

DAMAGED: tuple[type[Exception], ...] = (EOFError, zlib.error)
"""What the unpackers raise on a damaged file, beside OSError and ``lzma.LZMAError``."""

_BINARIES = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive (or an office document, which is one inside)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"(\xb5/\xfd", "a Zstandard file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1\x15", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"bplist", "a web archive of Safari"),
)
_ACCEPTED = "Give the abstracts as a saved page, JSON Lines, JSON, CSV, BibTeX, RIS or an Atom feed"


class ByteSource(Protocol):
    """The part of a binary stream that documents use."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes, all for -1; empty at the end."""

    def readline(self, size: int = -1, /) -> bytes:
        """Up to and with the next line feed, no more than ``size`` bytes; empty at the end."""


class _Rewound(io.RawIOBase):
    """A stream of which the head was read already, whole again; a file or a pipe alike."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        if self._head:
            count = min(len(view), len(self._head))
            view[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        data = self._rest.read(len(view))
        view[: len(data)] = data
        return len(data)


class _Transcoded(io.RawIOBase):
    """Text of another encoding, as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = b""
        self._end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._end:
            data = self._stream.read(HEAD)
            self._end = not data
            self._ready = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
        view = memoryview(buffer)
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def open_input(name: str, *, stdin: BinaryIO | None = None) -> BinaryIO:
    """Open a file, or take standard input for ``-``.

    Raises:
        SourceError: for one that is missing, a folder, or not to be read.
    """
    if name == "-":
        if stdin is None:
            raise SourceError("standard input was asked for, but there is none")
        return stdin
    try:
        return Path(name).open("rb")
    except FileNotFoundError:
        raise SourceError("there is no such file", source=name) from None
    except IsADirectoryError:
        raise SourceError("this is a folder that cannot be listed", source=name) from None
    except PermissionError:
        kind = "folder" if Path(name).is_dir() else "file"
        raise SourceError(
            f"permission denied: this {kind} cannot be read", source=name, hint="Change its permissions"
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(f"cannot be opened: {reason}", source=name) from error


def read_head(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream (fewer than ``HEAD`` only at its end), and the stream with them put back."""
    pieces: list[bytes] = []
    size = 0
    while size < HEAD:
        data = stream.read(HEAD - size)
        if not data:
            break
        pieces.append(data)
        size += len(data)
    head = b"".join(pieces)
    return head, cast(BinaryIO, io.BufferedReader(_Rewound(head, stream), HEAD))


def to_utf8(stream: BinaryIO, name: str) -> tuple[str, BinaryIO]:
    """Unpack, find the encoding, refuse what is not text.

    Args:
        stream: the bytes of an input.
        name: the input as the user gave it, for messages.

    Returns:
        The decoded head, for the formats to sniff at, and the whole as UTF-8 without a byte order mark.

    Raises:
        SourceError: for an empty input or a binary one, told by its kind.
    """
    head, stream = read_head(stream)
    for _ in range(2):  # a packed file inside a packed file happens; deeper is a bomb
        unpacked = _unpack(head, stream)
        if unpacked is None:
            break
        head, stream = read_head(unpacked)
    if not head.strip():
        raise SourceError("the input is empty", source=name)
    for magic, kind in _BINARIES:
        if head.startswith(magic):
            raise SourceError(f"this is {kind}, not text", source=name, hint=_ACCEPTED)
    encoding = _encoding(head)
    if encoding is not None:
        head, stream = read_head(cast(BinaryIO, io.BufferedReader(_Transcoded(stream, encoding), HEAD)))
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
        head = head[len(codecs.BOM_UTF8) :]
    if not head.strip():
        raise SourceError("the input is empty", source=name)
    odd = sum(byte < 9 or (13 < byte < 32 and byte != 27) for byte in head)
    if odd > len(head) // 10:
        raise SourceError("this is a binary file, not text", source=name, hint=_ACCEPTED)
    return head.decode("utf-8", "replace"), stream


def display_name(name: str) -> str:
    """The name of an input as messages have it."""
    return STDIN if name == "-" else name


def label(name: str) -> str:
    """The name of an input as sightings keep it: a relative path inside the working folder, else the bare file name."""
    if name == "-":
        return STDIN
    path = Path(name)
    if path.is_absolute():
        with suppress(ValueError, OSError):
            return path.relative_to(Path.cwd()).as_posix()
        return path.name
    parts = Path(os.path.normpath(name)).parts
    return path.name if ".." in parts else "/".join(parts)


def _unpack(head: bytes, stream: BinaryIO) -> BinaryIO | None:
    if head.startswith(b"\x1f\x8b"):
        import gzip

        return cast(BinaryIO, gzip.GzipFile(fileobj=stream))
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        import bz2

        return cast(BinaryIO, bz2.BZ2File(stream))
    if head.startswith(b"\xfd7zXZ\x00"):
        import lzma

        return cast(BinaryIO, lzma.LZMAFile(stream))
    return None


def _encoding(head: bytes) -> str | None:
    """The encoding where it is not UTF-8."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:2000]
    if len(sample) >= 8 and not any(sample[0::2]) and all(sample[1::2]):
        return "utf-16-be"
    if len(sample) >= 8 and all(sample[0::2]) and not any(sample[1::2]):
        return "utf-16-le"
    return None
