"""IRIs: every node, claim, text and graph gets one, valid whatever its name holds, derived from content alone.

Input: node ids and other ids of ``kg.model``. Output: absolute IRIs below one base. Invariants: the mapping is
injective, no IRI is longer than a few hundred characters beyond the base, and every local part made of plain
letters and digits can be written as a prefixed name in Turtle and SPARQL.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import quote

import pyoxigraph

from kg.errors import ExportError
from kg.schema import DEFAULT_BASE_IRI, NODE_TYPES, ONTOLOGY_PATH, PREFIXES

LONGEST_PATH = 400
OWN_SPACES: tuple[str, ...] = (*NODE_TYPES, "activity", "claim", "extractor", "graph", "text")
"""First path segments below the base; each is a prefix of the same name."""

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/-]*")
_DOT_SEGMENT = re.compile(r"(?<![^/])(\.{1,2})(?![^/])")
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:(?:[A-Za-z0-9_.:-]|%[0-9A-F]{2})*(?:[A-Za-z0-9_:-]|%[0-9A-F]{2}))?")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@lru_cache(maxsize=1 << 12)
def encode_path(path: str) -> str:
    """Percent-encode an id so that it can stand behind a base IRI.

    Letters, digits and ``- . _ : /`` stay, everything else becomes its UTF-8 bytes in percent notation (RFC 3986,
    section 2.1); ``.`` and ``..`` segments are encoded too, since resolvers would take them out. What is longer than
    400 characters keeps its beginning and ends in ``~`` and 32 hex digits of SHA-256; ``~`` occurs nowhere else.

    Args:
        path: any text; lone surrogates count as U+FFFD.

    Returns:
        ASCII text, valid as an IRI's path; the empty id becomes ``~``.
    """
    plain = _PLAIN.fullmatch(path) is not None
    if plain and "/." not in path and len(path) <= LONGEST_PATH:
        return path
    encoded = path
    if not plain:
        clean = path.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        encoded = quote(clean, safe="/:").replace("~", "%7E") or "~"
    if "/." in encoded or encoded.startswith("."):
        encoded = _DOT_SEGMENT.sub(lambda m: "%2E" * len(m.group(1)), encoded)
    if len(encoded) > LONGEST_PATH:
        digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        head = re.sub(r"%[0-9A-F]?$", "", encoded[: LONGEST_PATH - 33])
        return f"{head}~{digest}"
    return encoded


_encode_path = encode_path.__wrapped__


def external_iri(url: str) -> str | None:
    """A valid absolute IRI for a URL from outside, or None where there is no way to make one.

    Characters that no IRI may hold, and everything beyond ASCII, are percent-encoded; nothing else is changed.
    """
    if not _SCHEME.match(url):
        return None
    clean = url.encode("utf-8", "surrogatepass").decode("utf-8", "replace").strip()
    encoded = quote(_STRAY_PERCENT.sub("%25", clean), safe="%/:?#[]@!$&'()*+,;=-._~")
    head, mark, tail = encoded.partition("#")
    encoded = head + mark + tail.replace("#", "%23")
    for candidate in (encoded, encoded.replace("[", "%5B").replace("]", "%5D")):
        try:
            return pyoxigraph.NamedNode(candidate).value
        except ValueError:
            continue
    return None


class Iris:
    """The IRIs below one base.

    Args:
        base: absolute IRI; where it does not end in ``/``, that is added.

    Raises:
        ExportError: where the base is no absolute IRI.
    """

    def __init__(self, base: str = DEFAULT_BASE_IRI) -> None:
        if not base.endswith("/"):
            base += "/"
        try:
            pyoxigraph.NamedNode(base)
            usable = not re.search(r"[\s<>\"{}|\\^`#?]", base)
        except ValueError:
            usable = False
        if not usable:
            raise ExportError(
                f"the base IRI {base!r} is no absolute IRI",
                hint="It should look like https://example.org/graph/",
            )
        self.base = base
        self.ontology = base + ONTOLOGY_PATH
        own = {"kg": self.ontology} | {space: f"{base}{space}/" for space in OWN_SPACES}
        self.prefixes: dict[str, str] = dict(sorted((dict(PREFIXES) | own).items()))

    def __repr__(self) -> str:
        return f"Iris({self.base!r})"

    def node(self, node_id: str) -> str:
        """IRI of a node: ``<base>dataset/mmlu``."""
        return self.base + encode_path(node_id)

    def claim(self, claim_id: str) -> str:
        """IRI of the assertion that states a claim."""
        # Each is asked for once: none of them should take the place of a node's path in the cache.
        return f"{self.base}claim/{_encode_path(claim_id.removeprefix('claim/'))}"

    def text(self, paper_id: str) -> str:
        """IRI of the text that all offsets of a paper count in."""
        return f"{self.base}text/{encode_path(paper_id)}"

    def graph(self, paper_id: str) -> str:
        """IRI of the named graph that holds a paper's claims."""
        return f"{self.base}graph/paper/{encode_path(paper_id)}"

    def extractor(self, name: str) -> str:
        """IRI of an extractor, version included."""
        return f"{self.base}extractor/{encode_path(name)}"

    def activity(self, paper_id: str, extractor: str) -> str:
        """IRI of one extractor's run over one paper."""
        run = encode_path(extractor).replace(":", "%3A")
        return f"{self.base}activity/{encode_path(paper_id)}:{run}"

    def expand(self, name: str) -> str:
        """The IRI behind a prefixed name of the schema.

        Raises:
            KeyError: for an unknown prefix.
        """
        prefix, _, local = name.partition(":")
        return self.prefixes[prefix] + local

    def shorten(self, iri: str) -> str | None:
        """The prefixed name of an IRI as Turtle and SPARQL have it, or None where it has none."""
        if iri.startswith(self.base):
            rest = iri[len(self.base) :]
            space, _, local = rest.partition("/")
            if local and space in OWN_SPACES and _LOCAL_NAME.fullmatch(local):
                return f"{space}:{local}"
            if iri.startswith(self.ontology) and _LOCAL_NAME.fullmatch(iri[len(self.ontology) :]):
                return f"kg:{iri[len(self.ontology) :]}"
            return None
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = _by_namespace(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix and _LOCAL_NAME.fullmatch(iri[cut:]) else None


_NAMESPACES = {namespace: prefix for prefix, namespace in PREFIXES.items()}


def _by_namespace(namespace: str) -> str | None:
    return _NAMESPACES.get(namespace)
