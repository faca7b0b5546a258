"""Which record elsewhere is a node: decided by tables, without any network."""

from __future__ import annotations

import itertools

import pytest
from lookup_case import item, repository, thing

from kg.lookup.judge import judge, plain_address
from kg.lookup.kinds import NONE, STRONG, WEAK, fit_of, heads_of, is_text
from kg.lookup.record import CLOSE, HUB, SAME, WIKIDATA
from kg.lookup.run import search_names
from kg.lookup.things import Source
from kg.model import EntityType

DATASET, MODEL, METHOD, TASK, METRIC = (
    EntityType.DATASET, EntityType.MODEL, EntityType.METHOD, EntityType.TASK, EntityType.METRIC,
)  # fmt: skip
PAPER = Source(
    "2401.00001", "2401.00001", "10.1234/sky", ("https://github.com/sky/bench", "https://sky.example/")
)


@pytest.mark.parametrize(
    ("kind", "description", "fit"),
    [
        (DATASET, "benchmark for evaluating language models", STRONG),
        (DATASET, "large image dataset", WEAK),
        (DATASET, "village in Sweden", NONE),
        (DATASET, "metric for machine learning datasets", NONE),
        (DATASET, "series of corpora of natural language", STRONG),
        (MODEL, "large language model by Example", STRONG),
        (MODEL, "family of language models developed by Example", STRONG),
        (MODEL, "electric car model", NONE),
        (MODEL, "language model benchmark", NONE),
        (MODEL, "company that develops large language models", NONE),
        (MODEL, "English fashion model", NONE),
        (METHOD, "type of artificial neural network", STRONG),
        (METHOD, "machine learning technique", STRONG),
        (METHOD, "algorithm for sorting data", WEAK),
        (METHOD, "method of cooking", NONE),
        (TASK, "subfield of computational linguistics", STRONG),
        (TASK, "problem in computer vision", STRONG),
        (TASK, "task", NONE),
        (METRIC, "algorithm for evaluating the quality of machine-translated text", STRONG),
        (METRIC, "measure of agreement in statistics", WEAK),
        (METRIC, "unit of length", NONE),
        (DATASET, "", NONE),
    ],
)
def test_descriptions_fit_types(kind: EntityType, description: str, fit: int) -> None:
    """The head has to end in a word for the type, and the field has to be ours."""
    assert fit_of(kind, description) == fit


def test_heads_end_at_the_first_preposition() -> None:
    """Containers are looked into, three deep at most."""
    assert heads_of("a dataset of images") == ["dataset"]
    assert heads_of("type of family of series of models") == ["type", "family", "series"]
    assert heads_of("") == [""]


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("scientific article published in 2024", True),
        ("2023 preprint", True),
        ("Wikimedia disambiguation page", True),
        ("dataset of articles", False),
        ("", False),
    ],
)
def test_texts_are_told_from_things(description: str, expected: bool) -> None:
    """An article about a benchmark is not the benchmark."""
    assert is_text(description) is expected


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ((("http://www.sky.example", "official website"),), "its official website equals a page that 2401.00001 links"),
        ((("https://github.com/Sky/bench.git", "source code repository"),), "its source code repository equals"),
    ],
)  # fmt: skip
def test_a_page_of_the_introducing_paper_is_an_identifier(
    pages: tuple[tuple[str, str], ...], reason: str
) -> None:
    """Whatever the description says; scheme, www, case and closing slash aside."""
    link = judge(
        thing(sources=(PAPER,)), WIKIDATA, [item(7, description="a thing", pages=pages), item(8, description="x")]
    )  # fmt: skip
    assert link is not None
    assert (link.id, link.relation, link.iri) == ("Q7", SAME, "http://www.wikidata.org/entity/Q7")
    assert link.reason.startswith(reason)


def test_other_identifiers() -> None:
    """The catalogue's home page, a Hub page that the node has already, the paper's arXiv id and DOI."""
    home = thing(homepage="https://sky.example/data")
    page = (("https://sky.example/data/", "official website"),)
    link = judge(home, WIKIDATA, [item(1, pages=page)])
    assert link is not None
    assert link.reason == "its official website equals the catalogue's home page"
    hub = "https://huggingface.co/datasets/sky/bench"
    assert (
        judge(thing(same_as=(hub,)), WIKIDATA, [item(1, pages=((hub, "official website"),))]).relation == SAME
    )
    for more in (
        {"arxiv": ("2401.00001",)},
        {"dois": ("10.1234/sky",)},
        {"dois": ("10.48550/arxiv.2401.00001",)},
    ):
        link = judge(thing(sources=(PAPER,)), WIKIDATA, [item(1, **more)])
        assert link is not None
        assert link.relation == SAME
        assert "2401.00001, which introduces it" in link.reason


def test_an_identifier_needs_the_name() -> None:
    """The repository of a paper may hold several things."""
    other = item(1, "CloudNet", pages=(("https://github.com/sky/bench", "source code repository"),))
    assert judge(thing(sources=(PAPER,)), WIKIDATA, [other]) is None


def test_the_paper_is_not_the_thing() -> None:
    """Articles and pages about names are left out, by class and by description."""
    for wrong in (
        item(1, arxiv=("2401.00001",), classes=("Q13442814",)),
        item(1, arxiv=("2401.00001",), description="scientific article published in 2024"),
        item(1, description="benchmark for language models", classes=("Q4167410",)),
    ):
        assert judge(thing(sources=(PAPER,)), WIKIDATA, [wrong]) is None


def test_two_identifiers_contradict_each_other() -> None:
    """Neither is taken."""
    page = (("https://github.com/sky/bench", "source code repository"),)
    assert judge(thing(sources=(PAPER,)), WIKIDATA, [item(1, pages=page), item(2, pages=page)]) is None


def test_hosts_of_repositories_identify_nothing() -> None:
    """An owner's page is not a repository."""
    assert plain_address("https://github.com/sky") == ""
    assert plain_address("https://github.com/sky/bench/") == "github.com/sky/bench"
    assert plain_address("https://www.Sky.example/#top") == "sky.example"


@pytest.mark.parametrize(
    ("name", "kind", "description", "score"),
    [
        ("Sky-Bench 2", DATASET, "dataset of videos", 0.7),
        ("SkyBench", DATASET, "benchmark for language models", 0.8),
        ("Sky", DATASET, "dataset of videos", None),
        ("Sky", DATASET, "benchmark for language models", 0.8),
        ("SKY", MODEL, "large language model", 0.8),
        ("SKY", MODEL, "model of a computer", None),
        ("sky segmentation", TASK, "problem in computer vision", 0.8),
    ],
)
def test_names_with_a_fitting_description_are_close(
    name: str, kind: EntityType, description: str, score: float | None
) -> None:
    """A plain word needs our field by name."""
    link = judge(thing(name, kind), WIKIDATA, [item(1, name, description), item(2, name, "town in Norway")])
    assert (link.score if link else None) == score
    assert link is None or link.relation == CLOSE


def test_ambiguous_names_need_more() -> None:
    """What the catalogue says of the name counts."""
    weak = [item(1, "Sky-Bench 2", "dataset of videos")]
    assert judge(thing("Sky-Bench 2", ambiguous=True), WIKIDATA, weak) is None


def test_versions_and_sizes_agree_exactly() -> None:
    """Neither another version nor the family."""
    for other in ("Sky 1", "Sky-20", "Sky", "Sky 2 7B", "Sky 2.5"):
        assert judge(thing("Sky 2", MODEL), WIKIDATA, [item(1, other, "large language model")]) is None
    assert judge(thing("Sky 2", MODEL), WIKIDATA, [item(1, "Sky-2", "large language model")]) is not None


def test_several_that_would_do_are_none() -> None:
    """Unless one has the name and the other only an alias."""
    two = [item(1, "SkyBench", "benchmark for language models"), item(2, "Sky-Bench", "dataset of text")]
    assert judge(thing(), WIKIDATA, two) is None
    node = thing("SkyBench", aliases=("Cloud and Sky Benchmark",))
    found = [two[0], item(2, "Cloud and Sky Benchmark", "benchmark for language models")]
    link = judge(node, WIKIDATA, found)
    assert link is not None
    assert link.id == "Q1"
    link = judge(node, WIKIDATA, found[1:])
    assert link is not None
    assert (link.id, link.score) == ("Q2", 0.75)
    assert "alias" in link.reason


def test_short_acronyms_do_not_count_as_aliases() -> None:
    """Three letters stand for too much."""
    node = thing("Sky Learning Algorithm", METHOD, aliases=("SLA",))
    assert judge(node, WIKIDATA, [item(1, "SLA", "machine learning algorithm")]) is None
    assert judge(thing("SLA", METHOD), WIKIDATA, [item(1, "SLA", "machine learning algorithm")]) is not None


def test_the_order_of_candidates_does_not_matter() -> None:
    """Nor do repetitions."""
    page = (("https://github.com/sky/bench", "source code repository"),)
    offered = [item(1, description="benchmark for language models"), item(2, pages=page), item(3), item(2, pages=page)]  # fmt: skip
    links = {judge(thing(sources=(PAPER,)), WIKIDATA, order) for order in itertools.permutations(offered)}
    assert len(links) == 1


def test_what_people_refused_is_not_offered_again() -> None:
    """The next best may be."""
    found = [item(1, description="benchmark for language models")]
    assert judge(thing(), WIKIDATA, found, refused=("Q1",)) is None
    assert judge(thing(), WIKIDATA, [*found, item(2, description="dataset")], refused=("Q2",)) is not None


# ---------------------------------------------------------------------------------------------- the Hub
def test_a_tag_is_close_and_never_the_same() -> None:
    """Copies bear it, too."""
    node = thing(sources=(PAPER,))
    link = judge(
        node, HUB, [repository("datasets/a/SkyBench", 5, "2401.00001"), repository("datasets/b/SkyBench", 9)]
    )
    assert link is not None
    assert (link.id, link.relation, link.score) == ("datasets/a/SkyBench", CLOSE, 0.85)
    assert "tag of 2401.00001" in link.reason


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ([("a/SkyBench", 900, True), ("b/SkyBench", 100, True)], "a/SkyBench"),
        ([("a/SkyBench", 200, True), ("b/SkyBench", 100, True)], None),
        ([("a/SkyBench", 9, True), ("b/SkyBench", 1, True)], None),
        ([("sky/SkyBench", 9, True), ("b/SkyBench", 900, True)], "sky/SkyBench"),
        ([("a/SkyBench-gguf", 900, True)], None),
        ([("a/SkyBench", 900_000, False)], None),
        ([("sky/SkyBench", 900, False), ("b/SkyBench", 300, False)], "sky/SkyBench"),
        ([("sky/SkyBench", 800, False), ("b/SkyBench", 300, False)], None),
        ([("sky/SkyBench", 50, False)], None),
        ([("skybench/SkyBench", 900, False)], "skybench/SkyBench"),
        ([("SkyBench", 900, False)], None),
        ([], None),
    ],
)  # fmt: skip
def test_of_several_repositories_the_one_that_stands_out(
    offered: list[tuple[str, int, bool]], expected: str | None
) -> None:
    """By its owner, or by three times the downloads of the next; otherwise none."""
    found = [repository(name, n, *(["2401.00001"] if tagged else [])) for name, n, tagged in offered]
    link = judge(thing(sources=(PAPER,)), HUB, found)
    assert (link.id if link else None) == expected
    assert link is None or link.relation == CLOSE


def test_a_namesake_counts_for_versions() -> None:
    """``skyai/Sky-2`` belongs to its namesake; an ambiguous name needs the tag."""
    found = [repository("skylabai/Skylab-2-7B", 5000), repository("x/Skylab-2-7B", 10)]
    link = judge(thing("Skylab 2 7B", MODEL), HUB, found)
    assert link is not None
    assert "belongs to its namesake skylabai" in link.reason
    assert judge(thing("Skylab 2 7B", MODEL, ambiguous=True), HUB, found) is None


def test_a_repository_that_the_paper_links_is_the_same() -> None:
    """Under the very name."""
    source = Source("2401.00001", links=("https://huggingface.co/datasets/Sky/SkyBench",))
    link = judge(thing(sources=(source,)), HUB, [repository("datasets/sky/SkyBench")])
    assert link is not None
    assert link.relation == SAME


# ---------------------------------------------------------------------------------------------- what is searched for
def test_acronyms_are_searched_for_by_their_long_form_too() -> None:
    """Names that tell enough are searched for once."""
    assert search_names(thing("SkyBench", aliases=("Sky Benchmark of Clouds",))) == ("SkyBench",)
    assert search_names(thing("SBC", aliases=("Sky Benchmark of Clouds", "S.B.C."))) == (
        "SBC",
        "Sky Benchmark of Clouds",
    )
    assert search_names(thing("Sky")) == ("Sky",)
    assert len(search_names(thing("x1 " * 500))[0]) == 200
