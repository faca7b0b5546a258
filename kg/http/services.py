"""Who is asked: base address, manners and credentials of each service, all from one table.

Credentials come from environment variables alone, and go to the service's own host alone. The base address of each
can be set by ``KG_<NAME>_URL`` (a mirror, or a server in a test).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from kg.errors import FetchError


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Attributes:
        name: short name, as in source names.
        base: base address without a closing slash.
        interval: least seconds between two requests to it.
        group: services of one group share the interval.
        tokens: environment variables that may hold a credential, the first that is set wins.
        header: header that carries the credential, or empty.
        prefix: put before the credential in the header.
        parameter: query parameter that carries the credential, or empty.
        help: what to do where the service says that a credential is needed.
        patience: seconds to wait for the next bytes of an answer.
    """

    name: str
    base: str
    interval: float
    group: str = ""
    tokens: tuple[str, ...] = ()
    header: str = ""
    prefix: str = ""
    parameter: str = ""
    help: str = ""
    patience: float = 30.0

    def token(self, environment: Mapping[str, str]) -> str:
        """The credential, or the empty string."""
        return next(
            (environment[name].strip() for name in self.tokens if environment.get(name, "").strip()), ""
        )


# Intervals: arXiv's is its rule (one request in three seconds, one connection, over all its interfaces together,
# https://info.arxiv.org/help/api/tou.html); Semantic Scholar grants one a second to holders of a key; the Hub counts
# in windows of five minutes; arXiv's bulk interface takes a minute and more to its first byte; the others state generous limits, which a small pause keeps us far below.
_TABLE = (
    Service("hf", "https://huggingface.co", 0.2, tokens=("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"),
            header="authorization", prefix="Bearer ", help="Set HF_TOKEN"),
    Service("arxiv", "https://export.arxiv.org", 3.0, group="arxiv"),
    Service("arxiv_oai", "https://oaipmh.arxiv.org", 3.0, group="arxiv", patience=180.0),
    Service("openalex", "https://api.openalex.org", 0.15, tokens=("OPENALEX_API_KEY",), parameter="api_key",
            help="Set OPENALEX_API_KEY (free from openalex.org/settings/api)"),
    Service("s2", "https://api.semanticscholar.org", 1.1, tokens=("S2_API_KEY", "SEMANTIC_SCHOLAR_API_KEY"),
            header="x-api-key", help="Set S2_API_KEY; without a key all users share one small allowance"),
    Service("acl", "https://aclanthology.org", 1.0),
    Service("openreview", "https://api2.openreview.net", 1.0, tokens=("OPENREVIEW_TOKEN",),
            header="authorization", prefix="Bearer ",
            help="Set OPENREVIEW_TOKEN, or save the notes as a file with openreview-py and build from that"),
    Service("zotero", "https://api.zotero.org", 0.5, tokens=("ZOTERO_API_KEY",), header="zotero-api-key",
            help="Set ZOTERO_API_KEY"),
    Service("github", "https://api.github.com", 0.1, tokens=("GITHUB_TOKEN", "GH_TOKEN"),
            header="authorization", prefix="Bearer ",
            help="Set GITHUB_TOKEN; without one GitHub answers 60 requests an hour"),
    Service("gitlab", "https://gitlab.com", 0.3, tokens=("GITLAB_TOKEN",), header="private-token",
            help="Set GITLAB_TOKEN"),
    Service("wikidata", "https://www.wikidata.org", 1.0, help="Set KG_CONTACT to a mail address, and wait an hour"),
)  # fmt: skip

SERVICES: MappingProxyType[str, Service] = MappingProxyType({row.name: row for row in _TABLE})
"""All services by name."""


def service(name: str, *, environment: Mapping[str, str] | None = None) -> Service:
    """A service, with its base address as the environment has it.

    Raises:
        FetchError: for an unknown name, or a base address that is no web address.
    """
    values = os.environ if environment is None else environment
    row = SERVICES.get(name)
    if row is None:
        raise FetchError(f"there is no service {name!r}", hint=f"Known: {', '.join(SERVICES)}")
    variable = f"KG_{name.upper()}_URL"
    base = values.get(variable) or (values.get("HF_ENDPOINT") if name == "hf" else None)
    if not base:
        return row
    if not base.startswith(("http://", "https://")):
        raise FetchError(f"{variable} is not a web address: {base!r}", hint="It begins with https://")
    return replace(row, base=base.rstrip("/"))
