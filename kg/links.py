"""Web addresses in one spelling: canonical form, sort of site, short name.

Input: an address without the text around it (``http://www.github.com/a/b.git``, ``hf.co/datasets/a/b``).
Output: ``https://github.com/a/b``, its ``LinkKind``, its label ``a/b``. Two addresses of one thing get one canonical
form as far as that can be told without asking the network.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.model import LinkKind

_PARTS = re.compile(r"(?:https?:/{0,2}|[a-z][a-z0-9+.-]*://)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.I | re.S)
_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
_MIRROR = re.compile(r"(?:^|[.-])(?:hf|huggingface)(?:[.-]|$)")
_NOT_MIRROR = re.compile(r"(?:\.huggingface\.co|\.hf\.space|\.(?:github|gitlab)\.(?:io|com))$")
_HUB_PATH = re.compile(r"/(?:datasets|spaces|collections)/[^/]+/[^/]+")
_HOME = (
    "/datasets",
    "/spaces",
    "/collections",
    "/papers",
    "/blog",
    "/docs",
    "/learn",
    "/models",
    "/organizations",
    "/tasks",
)
_TRACKING = re.compile(r"^(?:utm_[a-z]+|tab=readme|fbclid|gclid)\b", re.I)
_VIDEO_FILE = re.compile(r"\.(?:mp4|mov|webm|avi|mkv)$", re.I)
_WITHOUT_WWW = frozenset(("github.com", "gitlab.com", "huggingface.co", "arxiv.org", "doi.org", "zenodo.org"))
_REPOSITORY_HOSTS = frozenset(
    ("github.com", "gitlab.com", "huggingface.co", "bitbucket.org", "codeberg.org", "gitee.com")
)
_VIDEO_HOSTS = frozenset(
    ("youtube.com", "youtu.be", "vimeo.com", "bilibili.com", "b23.tv", "youtube-nocookie.com")
)

# Places that many share: what lies there is no page of the project's own. Each covers its subdomains.
_SHARED = """
    aka.ms bit.ly goo.gl goo.gle tinyurl.com t.co t.ly git.io cutt.ly rb.gy is.gd shorturl.at w3id.org purl.org
    handle.net url.cn dwz.cn
    drive.google.com docs.google.com colab.research.google.com colab.google forms.gle dropbox.com box.com 1drv.ms
    onedrive.live.com sharepoint.com pan.baidu.com mega.nz wetransfer.com amazonaws.com storage.googleapis.com
    kaggle.com figshare.com osf.io dataverse.org physionet.org ieee-dataport.org data.mendeley.com
    openml.org archive.ics.uci.edu datadryad.org dryad.org opendatalab.com modelscope.cn modelscope.ai openi.org.cn
    roboflow.com ngc.nvidia.com data.world archive.org academictorrents.com hub.docker.com
    bitbucket.org codeberg.org gitee.com sourceforge.net wandb.ai
    replicate.com paperswithcode.com codeocean.com softwareheritage.org overleaf.com
    openreview.net aclanthology.org semanticscholar.org researchgate.net biorxiv.org medrxiv.org ssrn.com nature.com
    springer.com acm.org ieee.org sciencedirect.com mdpi.com pubmed.ncbi.nlm.nih.gov thecvf.com jmlr.org mlr.press
    neurips.cc alphaxiv.org
    codabench.org codalab.org codalab.lisn.upsaclay.fr codalab.lisn.fr eval.ai synapse.org grand-challenge.org
    aicrowd.com drivendata.org
    twitter.com x.com linkedin.com facebook.com discord.gg discord.com t.me slack.com reddit.com medium.com
    wikipedia.org wikidata.org
"""
_SHARED_HOSTS = frozenset(_SHARED.split())
_CONSOLE = re.compile(r"^(?:console|cloud|marketplace|appstore|apps|play)\.")


@lru_cache(maxsize=1 << 14)
def canonical_url(url: str) -> str:
    """Bring an address into the one form under which it is kept.

    The scheme is https, the host lower case and without port 443 or 80; mirrors of the Hugging Face Hub (``hf.co``,
    ``hf-mirror.com``, ``hf.….top``, ``….pages.dev/datasets/…``) become the Hub, ``dx.doi.org`` ``doi.org``. On hosts of repositories ``www.``, ``.git``, a closing slash and tracking parameters go.
    Elsewhere ``www.`` and a closing slash stay, as a server may need them. Characters that no URL may hold are
    percent-encoded. Applying it twice changes nothing.

    Args:
        url: an address, with or without scheme, without punctuation of the text around it.

    Returns:
        The canonical address, always with ``https://``.
    """
    host, path, query, fragment = _split(url)
    bare = host.removeprefix("www.")
    if bare in _WITHOUT_WWW:
        host = bare
    if host in ("dx.doi.org", "www.doi.org"):
        host = "doi.org"
    if _is_hub_mirror(host, path):
        host = "huggingface.co"
    if host == "huggingface.co" and path.startswith("/models/") and path.count("/") >= 3:
        path = path.removeprefix("/models")
    if host in _REPOSITORY_HOSTS or host == "gist.github.com":
        path = path.rstrip("/")
        while path.casefold().endswith(".git"):
            path = path[:-4].rstrip("/")
        query = _without_tracking(query)
    elif host == "doi.org":
        path = _UNSAFE.sub(_percent_encode, path).rstrip("/").lower()
    return _UNSAFE.sub(_percent_encode, f"https://{host}{path}{query}{fragment}")


@lru_cache(maxsize=1 << 14)
def link_kind(url: str) -> LinkKind:
    """Tell the sort of site from an address alone.

    A page of its own, on a personal, institutional or hosted domain, is a project page; what lies on a platform that
    many share (short links, drives, data archives, publishers, challenge sites) and has no kind of its own is other.

    Args:
        url: any address; it is brought into canonical form first.

    Returns:
        The kind. Owner pages and collections of the Hub are other, since they may hold anything.
    """
    host, path, _, _ = _split(canonical_url(url))
    bare = host.removeprefix("www.")
    if bare in ("github.com", "gist.github.com", "raw.githubusercontent.com"):
        return LinkKind.GITHUB
    if bare.startswith("gitlab.") or (".gitlab." in bare and not bare.endswith(".gitlab.io")):
        return LinkKind.GITLAB
    if bare == "huggingface.co":
        return _hub_kind(path)
    if bare.endswith(".hf.space"):
        return LinkKind.HUGGINGFACE_SPACE
    if bare == "anonymous.4open.science" or bare.endswith(".4open.science"):
        return LinkKind.ANONYMOUS_REPO
    if bare == "zenodo.org" or bare.endswith(".zenodo.org"):
        return LinkKind.ZENODO
    if bare == "arxiv.org" or bare.endswith(".arxiv.org"):
        return LinkKind.ARXIV
    if bare == "doi.org":
        if path.startswith("/10.5281/zenodo"):
            return LinkKind.ZENODO
        return LinkKind.ARXIV if path.startswith("/10.48550/arxiv") else LinkKind.DOI
    if _covers(_VIDEO_HOSTS, bare) or _VIDEO_FILE.search(path):
        return LinkKind.VIDEO
    if (
        _covers(_SHARED_HOSTS, bare)
        or bare.endswith((".huggingface.co", ".github.com"))
        or _CONSOLE.match(bare)
    ):
        return LinkKind.OTHER
    return LinkKind.PROJECT_PAGE


@lru_cache(maxsize=1 << 14)
def resource_name(url: str) -> str:
    """Label an address: ``owner/name`` for a repository, model, dataset or space, else host and path.

    Args:
        url: any address.

    Returns:
        The label; ``www.``, scheme, query, fragment and closing slash are left out.
    """
    host, path, _, _ = _split(canonical_url(url))
    segments = [segment for segment in path.split("/") if segment]
    kind = link_kind(url)
    if host == "huggingface.co" and f"/{segments[0] if segments else ''}" in _HOME:
        segments = segments[1:]
    if kind is LinkKind.GITLAB:
        segments = segments[: segments.index("-")] if "-" in segments else segments
        return "/".join(segments) or host
    if host in _REPOSITORY_HOSTS and segments:
        return "/".join(segments[:2])
    return "/".join([host.removeprefix("www."), *segments])


def _split(url: str) -> tuple[str, str, str, str]:
    """Host in lower case, path, query with ``?``, fragment with ``#``; each may be empty."""
    match = _PARTS.fullmatch(url.strip())
    host, path, query, fragment = match.groups("") if match else (url, "", "", "")
    host = _UNSAFE.sub(_percent_encode, host.rpartition("@")[2]).lower()
    while host.endswith((".", ":443", ":80")):
        host = host.rstrip(".").removesuffix(":443").removesuffix(":80")
    return host, path, query if query != "?" else "", fragment if fragment != "#" else ""


def _is_hub_mirror(host: str, path: str) -> bool:
    """True for the Hub's short host and for hosts that show the Hub's pages under another name."""
    if host in ("hf.co", "hf-mirror.com"):
        return True
    if host == "huggingface.co" or _NOT_MIRROR.search(host):
        return False
    if host.endswith(".pages.dev"):
        return bool(_HUB_PATH.match(path))
    return bool(_MIRROR.search(host)) and path.count("/") >= 2


def _hub_kind(path: str) -> LinkKind:
    """The kind of a page of the Hub, from its path."""
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        return LinkKind.OTHER
    if segments[0] == "datasets" and len(segments) > 1:
        return LinkKind.HUGGINGFACE_DATASET
    if segments[0] == "spaces" and len(segments) > 1:
        return LinkKind.HUGGINGFACE_SPACE
    if f"/{segments[0]}" in _HOME or len(segments) < 2:
        return LinkKind.OTHER
    return LinkKind.HUGGINGFACE_MODEL


def _covers(hosts: frozenset[str], host: str) -> bool:
    """True where the host or a domain above it is among the hosts."""
    while host:
        if host in hosts:
            return True
        host = host.partition(".")[2]
    return False


def _without_tracking(query: str) -> str:
    """The query without parameters that only say where a visitor came from."""
    kept = [part for part in query[1:].split("&") if part and not _TRACKING.match(part)]
    return "?" + "&".join(kept) if kept else ""


def _percent_encode(match: re.Match[str]) -> str:
    """UTF-8 bytes of a character as ``%XX``; lone surrogates become the replacement character first."""
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "replace"))
