"""Any bytes at all end in papers, problems and errors of ours: never in a traceback."""

from __future__ import annotations

import gzip
import io
import json
import random
from pathlib import Path

import pytest

from kg.errors import KGError
from kg.sources import Problem, format_names, read_papers

DATA = Path(__file__).parent / "data"
ODD_RECORD = {
    "title": ["a"], "abstract": "x y", "externalIds": {"ArXiv": 5}, "authors": {"value": [1, {"author": [{}]}]},
    "issued": {"date-parts": [[None]]}, "primary_location": {"source": []}, "ids": [{"doi": 3}], "cdate": 1e300,
    "year": float("inf"), "id": {"a": 1}, "linkedModels": [[1], {"id": 3}], "upvotes": -3, "organization": {"fullname": 3},
}  # fmt: skip
SEEDS = [
    *(path.read_bytes() for folder in ("pages", "sources") for path in sorted((DATA / folder).iterdir())),
    json.dumps(ODD_RECORD).encode(),
    gzip.compress(b'{"title": "T", "abstract": "A b", "versions": [{"created": "x"}]}\n' * 5),
    b'title,abstract,year\nA,"We count\nto one.",2020\nB,We.,3\n',
    b"@misc{a, title={T}, author={Falk, Ines}, abstract={We {c}ount \\'{e}.}, year=2024}\n" * 2,
    b"TY  - GEN\nTI  - T\nAB  - We count.\nPY  - 2024/03\nER  - \n" * 2,
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><summary>A</summary></entry></feed>',
    b"Daily Papers\n\nbyAK\n\nOne Title\n\n"
    + b"We count to ten and on. " * 12
    + b"\n\n  5 authors\n\xc2\xb7\nNov 12, 2023 2\n",
]
PIECES = [
    b'"', b"{", b"}", b"[", b"null", b"1e999", b"\\ud800", b"\xff", b"\x00", b"\n", b"\r\n", b",", b"<", b"&", b"@",
    b"TY  - ", b"ER  - ", b"\xe2\x80\xa2", b'{"paper":', b"\xef\xbb\xbf", b"\\", b"$",
]  # fmt: skip


def mutate(rng: random.Random) -> bytes:
    data = bytearray(rng.choice(SEEDS))
    for _ in range(rng.choice([1, 2, 5, 20, 100])):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            data[at:at] = rng.choice(PIECES)
        elif kind == 1:
            del data[at : at + rng.choice([1, 3, 30, 500])]
        elif kind == 2:
            data[at : at + 1] = bytes([rng.randrange(256)])
        else:
            other = rng.choice(SEEDS)
            start = rng.randrange(len(other))
            data[at:at] = other[start : start + 200]
    return bytes(data)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_inputs_end_well(seed: int) -> None:
    """Papers have text that any file can hold, messages are one line each, errors are of the family."""
    rng = random.Random(seed)
    formats = [None, None, None, *format_names()]
    for _ in range(60):
        problems: list[Problem] = []
        try:
            papers = list(
                read_papers(
                    ["-"],
                    stdin=io.BytesIO(mutate(rng)),
                    format=rng.choice(formats),
                    on_problem=problems.append,
                )
            )
        except KGError as error:
            messages = [str(error)]
        else:
            messages = []
            for paper in papers:
                assert paper.title.strip()
                assert paper.abstract.strip()
                assert "\0" not in paper.text
                repr(paper).encode()
        for message in (*messages, *map(str, problems)):
            assert "\n" not in message
            message.encode()
