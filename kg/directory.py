"""The graph directory on disk: one SQLite file is the truth, everything else in the directory is derived from it.

Tables: ``papers`` (what the sources said), ``extractions`` (what the text says, keyed by content hash and extractor
version, so that nothing is extracted twice), ``history`` (what papers were before they changed or went), ``facts`` (what
was seen behind links, and when), ``lookups`` (what nodes are elsewhere) and ``meta``. Merge decisions that people edit lie beside it in
``merges.tsv``. A change of the papers is one transaction: a crash leaves either the old or the new state.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import msgspec

from kg.errors import DirectoryError
from kg.facts import LinkFact
from kg.lookup.record import Lookup, LookupKey
from kg.merges import Decisions, read_decisions
from kg.model import Extraction, Paper
from kg.version import __version__

DATABASE = "graph.sqlite"
MERGES = "merges.tsv"
FORMAT = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS papers (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, content TEXT NOT NULL, record BLOB NOT NULL, added TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS papers_in_order ON papers (position, id);
CREATE TABLE IF NOT EXISTS extractions (
    content TEXT NOT NULL, extractor TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (content, extractor)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (
    number INTEGER PRIMARY KEY, day TEXT NOT NULL, paper TEXT NOT NULL, added TEXT NOT NULL, record BLOB NOT NULL, extraction BLOB
);
CREATE TABLE IF NOT EXISTS derived (name TEXT PRIMARY KEY, key TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (url TEXT PRIMARY KEY, seen TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lookups (
    service TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (service, type, key)
) WITHOUT ROWID;
"""

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode_paper = msgspec.json.Decoder(Paper).decode
_decode_extraction = msgspec.json.Decoder(Extraction).decode
_decode_fact = msgspec.json.Decoder(LinkFact).decode
_decode_lookup = msgspec.json.Decoder(Lookup).decode


@dataclass(frozen=True, slots=True)
class FormerPaper:
    """A paper as it was before it changed or went.

    Attributes:
        day: on which it ceased to be so, ISO date.
        added: day on which it had first come, ISO date, or empty.
        paper: as it was.
        extraction: what its text said, where that was kept.
    """

    day: str
    added: str
    paper: Paper
    extraction: Extraction | None


def content_hash(paper: Paper) -> str:
    """Hash of what extractors read (id, title, abstract): 32 hexadecimal digits of SHA-256."""
    parts = "\x1f".join((paper.id, paper.title, paper.abstract))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class GraphDirectory:
    """An open graph directory.

    Use ``GraphDirectory.open`` for one that exists and ``GraphDirectory.create`` to make one where there is none.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._is_new = False

    # ------------------------------------------------------------------ opening
    @classmethod
    def open(cls, path: str | Path) -> GraphDirectory:
        """Open an existing directory for reading and writing.

        Raises:
            DirectoryError: where there is none, its first build was not finished, it is damaged, or it is of a newer
                format.
        """
        folder = Path(path)
        if not (folder / DATABASE).is_file():
            what = "is not a graph directory" if folder.exists() else "does not exist"
            raise DirectoryError(
                what, source=str(folder), hint="Make one with: kg build INPUT… -o " + str(folder)
            )
        directory = cls._connect(folder)
        if not directory.extractor:
            directory.close()
            raise DirectoryError(
                "holds no graph yet: its first build was not finished",
                source=str(folder),
                hint="Build again; what was read already is kept",
            )
        return directory

    @classmethod
    def create(cls, path: str | Path) -> GraphDirectory:
        """Open a directory, making it where there is none.

        As a context manager, one that is new goes again where the block fails before anything was stored in it.

        Raises:
            DirectoryError: where the path is a file, a folder with other things in it, or not writable.
        """
        folder = Path(path)
        is_new = False
        try:
            if folder.exists() and not (folder / DATABASE).exists():
                if not folder.is_dir():
                    raise DirectoryError(
                        "is a file, not a folder", source=str(folder), hint="Name another with -o"
                    )
                if any(p.name != MERGES for p in folder.iterdir()):
                    raise DirectoryError(
                        "holds other files and no graph",
                        source=str(folder),
                        hint="Name a new or empty folder with -o",
                    )
            is_new = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DirectoryError(f"cannot be made: {error.strerror or error}", source=str(folder)) from error
        try:
            directory = cls._connect(folder)
        except DirectoryError:
            if is_new:
                _remove_new(folder)
            raise
        directory._is_new = is_new
        return directory

    @classmethod
    def _connect(cls, folder: Path) -> GraphDirectory:
        database = folder / DATABASE
        connection: sqlite3.Connection | None = None
        try:
            writable = os.access(folder, os.W_OK) and (not database.exists() or os.access(database, os.W_OK))
            mode = "rwc" if writable else "ro"
            uri = database.absolute().as_uri() + f"?mode={mode}"
            connection = sqlite3.connect(uri, uri=True, timeout=30.0, isolation_level=None)
            if writable:
                connection.executescript(_SCHEMA)
                connection.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (str(FORMAT),))
            found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            raise DirectoryError(f"cannot be opened: {error}", source=str(database)) from error
        if found is None or int(found[0]) > FORMAT:
            connection.close()
            raise DirectoryError(
                "was written by a newer version of paper-kg", source=str(database), hint="Upgrade it"
            )
        return cls(folder, connection)

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def __enter__(self) -> GraphDirectory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unused = error is not None and self._is_new and not self._holds_anything()
        self.close()
        if unused:
            _remove_new(self.path)

    def _holds_anything(self) -> bool:
        try:
            query = "SELECT EXISTS (SELECT 1 FROM extractions) OR EXISTS (SELECT 1 FROM papers)"
            return bool(self._connection.execute(query).fetchone()[0])
        except sqlite3.Error:
            return True

    # ------------------------------------------------------------------ reading
    def papers(self) -> Iterator[Paper]:
        """All papers, in the order in which they came."""
        with self._guard():
            for (record,) in self._connection.execute("SELECT record FROM papers ORDER BY position, id"):
                yield _decode_paper(record)

    def paper_ids(self) -> dict[str, str]:
        """Content hash by paper id."""
        with self._guard():
            return dict(self._connection.execute("SELECT id, content FROM papers"))

    def papers_of(self, identifiers: Iterable[str]) -> dict[str, Paper]:
        """The papers of these ids that there are, by id."""
        found: dict[str, Paper] = {}
        with self._guard():
            for identifier in identifiers:
                row = self._connection.execute(
                    "SELECT record FROM papers WHERE id = ?", (identifier,)
                ).fetchone()
                if row is not None:
                    found[identifier] = _decode_paper(row[0])
        return found

    def added_days(self) -> dict[str, str]:
        """The day on which each paper first came (ISO date, or empty where none was given), by paper id."""
        with self._guard():
            return dict(self._connection.execute("SELECT id, added FROM papers"))

    def history(self, since: str = "") -> Iterator[FormerPaper]:
        """What papers were before they changed or went on that day or later, oldest change first."""
        query = "SELECT day, added, record, extraction FROM history WHERE day >= ? ORDER BY number"
        with self._guard():
            for day, added, paper, extraction in self._connection.execute(query, (since,)):
                yield FormerPaper(
                    day, added, _decode_paper(paper), _decode_extraction(extraction) if extraction else None
                )

    def facts(self) -> dict[str, LinkFact]:
        """What was seen behind links, by canonical address."""
        with self._guard():
            rows = self._connection.execute("SELECT url, record FROM facts ORDER BY url")
            return {url: _decode_fact(record) for url, record in rows}

    def lookups(self) -> dict[LookupKey, Lookup]:
        """What services knew of nodes, by service, type and key of the name."""
        with self._guard():
            try:
                rows = self._connection.execute(
                    "SELECT record FROM lookups ORDER BY service, type, key"
                ).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # an older directory that cannot be written
                    return {}
                raise
            return {lookup.place: lookup for lookup in (_decode_lookup(row[0]) for row in rows)}

    def extractions(self) -> Iterator[tuple[Paper, Extraction]]:
        """Every paper with what its text says, in the order in which the papers came.

        Raises:
            DirectoryError: where a paper has not been extracted.
        """
        query = """
            SELECT papers.id, papers.record, extractions.record FROM papers
            LEFT JOIN extractions ON extractions.content = papers.content AND extractions.extractor = ?
            ORDER BY papers.position, papers.id
        """
        with self._guard():
            for identifier, paper, extraction in self._connection.execute(query, (self.extractor,)):
                if extraction is None:
                    raise DirectoryError(
                        "a paper has not been extracted",
                        source=str(self.path),
                        paper=identifier,
                        hint="Build again",
                    )
                yield _decode_paper(paper), _decode_extraction(extraction)

    @property
    def extractor(self) -> str:
        """Name and version of the extractor whose results make the graph; empty before the first build."""
        return self.meta("extractor")

    def meta(self, key: str) -> str:
        """A remembered value, or the empty string."""
        with self._guard():
            row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    @property
    def merges_path(self) -> Path:
        """The file of merge decisions that people edit."""
        return self.path / MERGES

    def decisions(self) -> Decisions:
        """The merge decisions of people.

        Raises:
            ResolutionError: for a line that cannot be read, or that contradicts another.
        """
        return read_decisions(self.merges_path)

    @property
    def fingerprint(self) -> str:
        """Changes whenever the graph may have changed: papers, extractions, merge decisions or the code's version."""
        decisions = self.merges_path.read_bytes() if self.merges_path.exists() else b""
        digest = hashlib.sha256(decisions)
        digest.update(
            f"\n{self.meta('state')}\n{self.meta('facts')}\n{self.extractor}\n{__version__}".encode()
        )
        digest.update(self.meta("lookups").encode())
        return digest.hexdigest()[:32]

    def cached(self, name: str, key: str) -> bytes | None:
        """A derived record that was kept under this very key, or None."""
        try:
            row = self._connection.execute(
                "SELECT record FROM derived WHERE name = ? AND key = ?", (name, key)
            ).fetchone()
        except sqlite3.Error:
            return None  # an older directory that cannot be written has no such table
        return bytes(row[0]) if row else None

    def cache(self, name: str, key: str, record: bytes) -> None:
        """Keep a derived record instead of the last one of that name; the graph does not change by this.

        Where the directory cannot be written, nothing is kept.
        """
        with suppress(DirectoryError), self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO derived VALUES (?, ?, ?)", (name, key, record))

    def derived_path(self, name: str) -> Path:
        """Where a derived file or folder of this name lies; it may be deleted at any time."""
        return self.path / name

    def extracted(self, extractor: str, contents: Iterable[str]) -> set[str]:
        """Which of these content hashes an extractor has read already."""
        known: set[str] = set()
        wanted = list(contents)
        with self._guard():
            for at in range(0, len(wanted), 500):
                part = wanted[at : at + 500]
                marks = ",".join("?" * len(part))
                query = f"SELECT content FROM extractions WHERE extractor = ? AND content IN ({marks})"
                known.update(row[0] for row in self._connection.execute(query, (extractor, *part)))
        return known

    # ------------------------------------------------------------------ writing
    def store_extractions(self, extractor: str, results: Iterable[tuple[str, Extraction]]) -> None:
        """Remember what texts say, by content hash; the graph does not change by this."""
        rows = [(content, extractor, _encode(extraction)) for content, extraction in results]
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO extractions VALUES (?, ?, ?)", rows)

    def store_facts(self, facts: Iterable[LinkFact]) -> None:
        """Remember what was seen behind links; what was seen before of the same link is replaced."""
        with self._transaction():
            rows = [(fact.url, fact.seen, _encode(fact)) for fact in facts]
            self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)
            digest = hashlib.sha256()
            for row in self._connection.execute("SELECT url, record FROM facts ORDER BY url"):
                digest.update(row[0].encode() + row[1])
            self._remember("facts", digest.hexdigest())

    def store_lookups(self, lookups: Iterable[Lookup], *, forget: Iterable[LookupKey] = ()) -> None:
        """Remember what services knew of nodes, instead of what they knew before; forget what was asked to be forgotten."""
        with self._transaction():
            connection = self._connection
            connection.executemany(
                "DELETE FROM lookups WHERE service = ? AND type = ? AND key = ?", list(forget)
            )
            rows = [(*lookup.place, _encode(lookup)) for lookup in lookups]
            connection.executemany("INSERT OR REPLACE INTO lookups VALUES (?, ?, ?, ?)", rows)
            # Only links reach the graph: that nothing was found, and when, does not renew what is derived from it.
            found = (lookup for lookup in self.lookups().values() if lookup.link is not None)
            text = "\n".join(f"{lookup.place} {lookup.link}" for lookup in found)
            self._remember(
                "lookups", hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if text else ""
            )

    def remember(self, key: str, value: str) -> None:
        """Keep a value for ``meta``; nothing derived depends on it."""
        with self._transaction():
            self._remember(key, value)

    def replace_papers(self, papers: Iterable[Paper], *, extractor: str, today: str = "") -> None:
        """Make these the directory's papers, in one transaction; extractions that no paper needs any more go."""
        with self._transaction():
            kept = list(papers)
            added = dict(self._connection.execute("SELECT id, added FROM papers"))
            hashes = {paper.id: content_hash(paper) for paper in kept}
            present = self._connection.execute("SELECT id, content FROM papers").fetchall()
            self._log((i for i, content in present if hashes.get(i) != content), today)
            self._connection.execute("DELETE FROM papers")
            self._insert(kept, start=0, added=added, today=today)
            self._finish(extractor)

    def add_papers(self, papers: Iterable[Paper], *, extractor: str, today: str = "") -> None:
        """Add papers and replace those of the same id, in one transaction; the rest is not touched."""
        with self._transaction():
            kept = list(papers)
            added = dict(self._connection.execute("SELECT id, added FROM papers"))
            start = self._connection.execute("SELECT COALESCE(MAX(position) + 1, 0) FROM papers").fetchone()[
                0
            ]
            present = dict(self._connection.execute("SELECT id, content FROM papers"))
            self._log((p.id for p in kept if present.get(p.id) not in (None, content_hash(p))), today)
            self._insert(kept, start=start, added=added, today=today)
            self._finish(extractor)

    def remove_papers(self, identifiers: Iterable[str], *, today: str = "") -> int:
        """Take papers out, in one transaction.

        Returns:
            How many there were.
        """
        with self._transaction():
            going = list(identifiers)
            self._log(going, today)
            before = self._connection.total_changes
            self._connection.executemany("DELETE FROM papers WHERE id = ?", [(i,) for i in going])
            gone = self._connection.total_changes - before
            self._finish(self.extractor)
        return gone

    def _insert(self, papers: Iterable[Paper], *, start: int, added: dict[str, str], today: str) -> None:
        positions = dict(self._connection.execute("SELECT id, position FROM papers"))
        for offset, paper in enumerate(papers):
            content = content_hash(paper)
            position = positions.get(paper.id, start + offset)
            first = added.get(paper.id, today)
            self._connection.execute(
                "INSERT OR REPLACE INTO papers VALUES (?, ?, ?, ?, ?)",
                (paper.id, position, content, _encode(paper), first),
            )

    def _log(self, identifiers: Iterable[str], today: str) -> None:
        """Keep what papers are now, because they are about to change or go."""
        self._connection.executemany(
            """
            INSERT INTO history (day, paper, added, record, extraction)
            SELECT ?, papers.id, papers.added, papers.record, extractions.record FROM papers
            LEFT JOIN extractions ON extractions.content = papers.content AND extractions.extractor = ?
            WHERE papers.id = ?
            """,
            [(today, self.extractor, identifier) for identifier in identifiers],
        )

    def _remember(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _finish(self, extractor: str) -> None:
        self._connection.execute(
            "DELETE FROM extractions WHERE extractor <> ? OR content NOT IN (SELECT content FROM papers)",
            (extractor,),
        )
        digest = hashlib.sha256()
        for row in self._connection.execute("SELECT id, position, record FROM papers ORDER BY id"):
            digest.update(repr(row[:2]).encode() + row[2])
        for key, value in (("extractor", extractor), ("state", digest.hexdigest())):
            self._remember(key, value)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._guard():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:  # a full disk ends it without being told to
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, msgspec.DecodeError) as error:
            raise DirectoryError(
                f"cannot be read or written: {error}",
                source=str(self.path / DATABASE),
                hint="Is the disk full, or the file damaged? The state before this command is kept",
            ) from error


def _remove_new(folder: Path) -> None:
    """Remove a directory that was just made, with its database alone; one that holds anything else stays."""
    with suppress(OSError):
        for suffix in ("", "-journal"):
            (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
        folder.rmdir()
