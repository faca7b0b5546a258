"""Addresses in text: found whole, cleaned, sorted; and their canonical forms."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.links import find_links
from kg.links import canonical_url, link_kind, resource_name
from kg.model import LinkKind, LinkRole


def urls(text: str) -> list[str]:
    return [link.url for link in find_links(text)]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://github.com/ada/engine.", "https://github.com/ada/engine"),
        ("http://github.com/ada/engine.git,", "https://github.com/ada/engine"),
        ("https://www.github.com/ada/engine/", "https://github.com/ada/engine"),
        ("github.com/ada/engine.", "https://github.com/ada/engine"),
        ("https://github.com/ada/engine/tree/main.", "https://github.com/ada/engine/tree/main"),
        ("(https://engine.example.org),", "https://engine.example.org"),
        ("https://ada.github.io/engine/.", "https://ada.github.io/engine/"),
        ("ada-engine.github.io.", "https://ada-engine.github.io"),
        ("engines.org.", "https://engines.org"),
        ("www.engines.org.", "https://www.engines.org"),
        ("aka.ms/engine.", "https://aka.ms/engine"),
        ("https://hf.co/ada/engine-7b.", "https://huggingface.co/ada/engine-7b"),
        ("huggingface.co/datasets/ada/cards", "https://huggingface.co/datasets/ada/cards"),
        ("https://hf.mirror.top/datasets/ada/cards,", "https://huggingface.co/datasets/ada/cards"),
        ("https://show.pages.dev/spaces/ada/loom", "https://huggingface.co/spaces/ada/loom"),
        ("https://loom.pages.dev", "https://loom.pages.dev"),
        ("https://anonymous.4open.science/r/engine-1A2B/", "https://anonymous.4open.science/r/engine-1A2B/"),
        ("https://ada.org/notes_(draft).", "https://ada.org/notes_(draft)"),
        ("https://ada.org/a?b=c&d=e.", "https://ada.org/a?b=c&d=e"),
        ("http://10.1.2.3:8080/x", "https://10.1.2.3:8080/x"),
    ],
)
def test_address_is_found_and_cleaned(written: str, url: str) -> None:
    """An address in any of its usual spellings is found whole and brought into one form."""
    assert urls(f"Looms\n\nOur code is available at {written}") == [url]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https: //github.com/ada/engine.", "https://github.com/ada/engine"),
        ("https:// github.com/ada/engine.", "https://github.com/ada/engine"),
        ("https:/github.com/ada/engine.", "https://github.com/ada/engine"),
        ("https://github.com/\nada/engine.", "https://github.com/ada/engine"),
        ("https://github.com/ ada/engine.", "https://github.com/ada/engine"),
        ("https://github.com/ada/ engine-two and more", "https://github.com/ada/engine-two"),
        ("https://github.com/ada/engine- two.", "https://github.com/ada/engine-two"),
        ("https://github. com/ada/engine.", "https://github.com/ada/engine"),
        ("https://loom- bench.github.io.", "https://loom-bench.github.io"),
        ("https://www.looms. ch/paper", "https://www.looms.ch/paper"),
        ("https: // github. com/ ada/ engine2 .", "https://github.com/ada/engine2"),
        ("https://ada.github.io/ Code: later", "https://ada.github.io/"),
        ("https://github.com/ada/ soon.", "https://github.com/ada"),
        ("https://ada.org. The rest", "https://ada.org"),
    ],
)
def test_broken_address_is_joined(written: str, url: str) -> None:
    """A gap inside an address is closed, and the sentence behind a whole address is left alone."""
    assert urls(f"Looms\n\nThe code is at {written}") == [url]


@pytest.mark.parametrize(
    "written",
    [
        r"\url{https://github.com/ada/my\_engine}.",
        r"\href{https://github.com/ada/my_engine}{here}.",
        r"\href{https://github.com/ada/my_engine}{\textcolor{blue}{https://github.com/ada/my\_engine}}.",
        "https://github.com/ada/my_engine{https://github.com/ada/my_engine}.",
        "https://github.com/ada/my_engine}{https://github.com/ada/my_engine",
        "[https://github.com/ada/my_engine](https://github.com/ada/my_engine).",
        "[code](https://github.com/ada/my_engine).",
        "<https://github.com/ada/my_engine>.",
        '"https://github.com/ada/my_engine".',
        r"\verb+github.com/ada/my_engine+.",
        r"https://github$.$com/ada/my_engine.",
        "https://github.com/ada/my_engine{GitHub repository}, and",
        "https://github.com/ada/my_engine.The rest is",
        "here:https://github.com/ada/my_engine;",
    ],
)
def test_mark_up_leaves_one_address(written: str) -> None:
    """LaTeX and Markdown around an address, or its repetition, give that one address."""
    assert urls(f"Looms\n\nThe code is at {written}") == ["https://github.com/ada/my_engine"]


@pytest.mark.parametrize(
    "text",
    [
        "Tools such as Node.js, ASP.NET and llama.cpp, e.g. with config.yaml or model.py, run on U.S. sites.",
        "We compare systems, i.e. ours vs. theirs (Ada et al.), in v2.0.1 and at 3.5.in total.",
        "Records of ClinicalTrials.gov and Booking.com were used; write to ada@looms.org or see cs.AI.",
        "It scales.In addition, torch.nn and torch.compile are fast.to be sure, results.we think.",
        "The code is on GitHub and will be available on github.com soon.",
        "Broken: http:// and https://, www. and http://... are nothing.",
    ],
)
def test_ordinary_tokens_are_no_addresses(text: str) -> None:
    """File names, abbreviations, products, mail addresses and missing spaces are not taken for addresses."""
    assert urls(text) == []


def test_two_addresses_in_a_row_stay_two() -> None:
    """A comma or slash between two addresses does not melt them into one."""
    text = (
        "Code: https://github.com/ada/a,https://github.com/ada/b and https://ada.github.io/chttps://ada.org/d"
    )
    assert urls(text) == [
        "https://github.com/ada/a",
        "https://github.com/ada/b",
        "https://ada.github.io/c",
        "https://ada.org/d",
    ]


@pytest.mark.parametrize(
    ("before", "address", "role"),
    [
        ("Code is available at", "https://github.com/ada/engine", LinkRole.CODE),
        ("Code and data are released at", "https://github.com/ada/engine", LinkRole.CODE),
        ("The dataset is available at", "https://github.com/ada/cards", LinkRole.DATASET),
        ("A list of papers is kept at", "https://github.com/ada/awesome-looms", LinkRole.LIST),
        ("Project page:", "https://ada.github.io/loom", LinkRole.PROJECT),
        ("Project page:", "https://github.com/ada/loom", LinkRole.PROJECT),
        ("Our code is available at", "https://ada.github.io/loom", LinkRole.CODE),
        ("A live demo can be tried at", "https://loom.org/try", LinkRole.DEMO),
        ("The public leaderboard is at", "https://loom.org/board", LinkRole.LEADERBOARD),
        ("More videos can be found at", "https://ada.github.io/loom", LinkRole.VIDEO),
        ("See", "https://youtu.be/abcdefghijk", LinkRole.VIDEO),
        ("Weights are at", "https://huggingface.co/ada/loom-7b", LinkRole.MODEL),
        ("We release it at", "https://huggingface.co/datasets/ada/cards", LinkRole.DATASET),
        ("Try it at", "https://huggingface.co/spaces/ada/loom", LinkRole.DEMO),
        ("The ranking is the", "https://huggingface.co/spaces/ada/loom-leaderboard", LinkRole.LEADERBOARD),
        ("See", "https://arxiv.org/abs/2401.00001", LinkRole.PAPER),
        ("The recordings and data are at", "https://zenodo.org/records/1", LinkRole.DATASET),
    ],
)
def test_role_follows_words_and_site(before: str, address: str, role: LinkRole) -> None:
    """The words of the clause before an address and the site say what it leads to."""
    (link,) = find_links(f"Looms\n\nWe weave well. {before} {address}.")
    assert link.role is role


def test_words_of_the_last_address_do_not_count_for_the_next() -> None:
    """Each address is judged by the words since the one before it."""
    text = (
        "Code: https://github.com/ada/engine. Demo: https://loom.org and videos: https://ada.github.io/loom."
    )
    assert [link.role for link in find_links(text)] == [LinkRole.CODE, LinkRole.DEMO, LinkRole.VIDEO]


def test_shown_text_says_the_role() -> None:
    """The text shown for a link is stronger than the words before it."""
    (link,) = find_links(r"Code is on our \href{https://ada.github.io/loom}{project page}.")
    assert link.role is LinkRole.PROJECT


def test_words_say_what_a_collection_holds() -> None:
    """A collection of the Hub is other by its address, and models where the text says so."""
    (models,) = find_links("Our models are at https://huggingface.co/collections/ada/looms-1.")
    (cards,) = find_links("Our dataset is at https://huggingface.co/collections/ada/cards-1.")
    assert (models.kind, cards.kind) == (LinkKind.HUGGINGFACE_MODEL, LinkKind.OTHER)


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("https://github.com/ada/engine/tree/main", LinkKind.GITHUB, "ada/engine"),
        ("https://gitlab.com/ada/group/engine/-/tree/x", LinkKind.GITLAB, "ada/group/engine"),
        ("https://gitlab.looms.edu/ada/engine", LinkKind.GITLAB, "ada/engine"),
        ("https://huggingface.co/ada/engine-7b", LinkKind.HUGGINGFACE_MODEL, "ada/engine-7b"),
        ("https://huggingface.co/datasets/ada/cards", LinkKind.HUGGINGFACE_DATASET, "ada/cards"),
        ("https://huggingface.co/spaces/ada/loom", LinkKind.HUGGINGFACE_SPACE, "ada/loom"),
        ("https://ada-loom.hf.space", LinkKind.HUGGINGFACE_SPACE, "ada-loom.hf.space"),
        ("https://huggingface.co/collections/ada/x-1", LinkKind.OTHER, "ada/x-1"),
        ("https://huggingface.co/ada", LinkKind.OTHER, "ada"),
        ("https://ada.github.io/loom/", LinkKind.PROJECT_PAGE, "ada.github.io/loom"),
        ("https://sites.google.com/view/loom", LinkKind.PROJECT_PAGE, "sites.google.com/view/loom"),
        ("https://drive.google.com/file/d/1", LinkKind.OTHER, "drive.google.com/file/d/1"),
        ("https://anonymous.4open.science/r/x", LinkKind.ANONYMOUS_REPO, "anonymous.4open.science/r/x"),
        ("https://zenodo.org/records/1", LinkKind.ZENODO, "zenodo.org/records/1"),
        ("https://doi.org/10.5281/zenodo.1", LinkKind.ZENODO, "doi.org/10.5281/zenodo.1"),
        ("https://doi.org/10.1000/1", LinkKind.DOI, "doi.org/10.1000/1"),
        ("https://arxiv.org/abs/2401.00001", LinkKind.ARXIV, "arxiv.org/abs/2401.00001"),
        ("https://youtu.be/abc", LinkKind.VIDEO, "youtu.be/abc"),
        ("https://ada.org/loom.mp4", LinkKind.VIDEO, "ada.org/loom.mp4"),
        ("https://aka.ms/loom", LinkKind.OTHER, "aka.ms/loom"),
        ("https://www.ada.org", LinkKind.PROJECT_PAGE, "ada.org"),
    ],
)
def test_kind_and_name_of_a_site(url: str, kind: LinkKind, name: str) -> None:
    """The address alone tells the sort of site and a short label."""
    assert (link_kind(url), resource_name(url)) == (kind, name)


@given(st.text(max_size=60))
def test_canonical_form_is_stable(tail: str) -> None:
    """Canonical form is made once: applying it again changes nothing, and only URL characters remain."""
    for start in ("https://github.com/", "http://www.ada.org", "hf.co/", ""):
        once = canonical_url(start + tail)
        assert canonical_url(once) == once
        assert once.isascii() and once.isprintable() and " " not in once
        assert once.startswith("https://")
        assert link_kind(once) in LinkKind and isinstance(resource_name(once), str)


_PIECES = [
    "https://",
    "http:",
    "www.",
    "github.com/",
    ".",
    "a",
    "b-",
    " ",
    "\n",
    "/",
    "{",
    "}",
    "](",
    ")",
    "\\_",
    ".io",
]


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)))
def test_spans_hold_in_any_text(text: str) -> None:
    """Whatever the text, spans are valid, in order, do not overlap, and hold the surface."""
    at = 0
    for link in find_links(text):
        assert at <= link.start < link.end <= len(text)
        assert text[link.start : link.end] == link.surface
        assert link.url.startswith("https://") and 0 < link.confidence <= 1
        at = link.end


@pytest.mark.parametrize(
    "piece",
    [
        "http://",
        "a.",
        "a.com",
        "a.com.",
        "http://a.bc/((",
        "http://a.bc/{{",
        "http://a.bc](",
        "http://a- ",
        "data.ai ",
        "[",
        "https://github.com/a- ",
        "\\allowbreak",
        "www.",
        "http : / ",
    ],
)
def test_time_grows_with_length_only(piece: str) -> None:
    """Hostile repetition costs time in proportion to its length."""
    short, long = piece * (40_000 // len(piece)), piece * (160_000 // len(piece))
    start = time.perf_counter()
    find_links(short)
    middle = time.perf_counter()
    find_links(long)
    end = time.perf_counter()
    assert end - middle < 12 * (middle - start) + 0.3
