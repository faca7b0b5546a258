"""One paper seen in several places."""

from __future__ import annotations

import random
from dataclasses import replace

from kg.model import Paper, PartialDate, Sighting
from kg.sources import merge_papers
from kg.sources.identity import title_id

ABSTRACT = (
    "Plans rarely survive contact with a changing world. We present TideBench, a benchmark of small puzzles."
)


def paper(
    id: str = "2511.01234", title: str = "TideBench", abstract: str = ABSTRACT, **fields: object
) -> Paper:
    return replace(Paper(id, title, abstract), **fields)  # type: ignore[arg-type]


def test_papers_of_one_id_become_one_with_all_sightings() -> None:
    """In the order of first appearance, equal sightings once."""
    one, two = Sighting("a.txt", "daily-papers-text", 3), Sighting("b.txt", "daily-papers-text", 1)
    merged = merge_papers(
        [paper(sightings=(one,)), paper(id="2511.00987"), paper(sightings=(two,)), paper(sightings=(one,))]
    )
    assert [found.id for found in merged] == ["2511.01234", "2511.00987"]
    assert merged[0].sightings == (one, two)


def test_the_best_of_each_field_is_kept() -> None:
    """The longest text, the most exact date, the longest list, whatever only one of them knows."""
    short = paper(
        abstract="Plans rarely survive.", date=PartialDate(None, 11, 3), author_count=2, venue="ICLR"
    )
    long = paper(
        authors=("Ines Falk", "Bo Adler"),
        date=PartialDate(2025, 11, 3),
        keywords=("planning",),
        record_id="r1",
    )
    for order in ([short, long], [long, short]):
        (merged,) = merge_papers(order)
        assert merged.abstract == ABSTRACT
        assert (merged.date, merged.authors, merged.author_count) == (
            PartialDate(2025, 11, 3), ("Ines Falk", "Bo Adler"), None
        )  # fmt: skip
        assert (merged.venue, merged.keywords, merged.record_id) == ("ICLR", ("planning",), "r1")


def test_undamaged_text_wins_over_longer_text() -> None:
    """A replacement character is damage."""
    (merged,) = merge_papers([paper(title="TideB\ufffdnch Extended"), paper(title="TideBench")])
    assert merged.title == "TideBench"


def test_the_order_of_inputs_does_not_change_what_is_kept() -> None:
    """Only the order of papers and of sightings follows the input."""
    seen = [
        paper(
            abstract=ABSTRACT + " " + "x" * (n % 3),
            links=(f"https://x.org/{n % 2}",),
            organisation=f"Lab {n % 2}",
        )
        for n in range(6)
    ]
    expected = merge_papers(seen)
    for seed in range(10):
        shuffled = seen[:]
        random.Random(seed).shuffle(shuffled)
        assert merge_papers(shuffled) == expected


def test_a_paper_known_by_title_joins_the_one_with_an_id() -> None:
    """Saved as text a page shows no ids; the same day from elsewhere does."""
    bare = paper(id=title_id("TideBench"))
    (merged,) = merge_papers([bare, paper(arxiv_id="2511.01234")])
    assert (merged.id, merged.arxiv_id) == ("2511.01234", "2511.01234")


def test_papers_that_only_share_a_title_stay_apart() -> None:
    """The abstracts must start alike, and there must be one such paper only."""
    bare = paper(id=title_id("TideBench"), abstract="Something else altogether is told here.")
    assert len(merge_papers([bare, paper()])) == 2
    assert len(merge_papers([paper(id=title_id("TideBench")), paper(), paper(id="2512.00001")])) == 3


def test_a_doi_joins_the_arxiv_paper_that_names_it() -> None:
    """The journal's record and the preprint's."""
    journal = paper(id="doi:10.1000/abc", doi="10.1000/abc")
    (merged,) = merge_papers([journal, paper(doi="10.1000/abc", arxiv_id="2511.01234")])
    assert merged.id == "2511.01234"
