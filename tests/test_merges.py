"""Merge decisions: reading, writing, contradictions, and what they do to the nodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from resolution_case import introduced, node, paper, said

from kg.errors import ResolutionError
from kg.merges import (
    DIFFERENT,
    SAME,
    Decision,
    Reference,
    add_decision,
    parse_decisions,
    parse_reference,
    read_decisions,
)
from kg.resolution import resolve


class TestFile:
    def test_lines_are_decisions_and_the_rest_is_silent(self) -> None:
        """Comments and empty lines say nothing, a note is kept."""
        found = parse_decisions(
            "# note\n\nsame\tA 1\tB\tsee page 3\r\nDifferent\tC @ 2501.00001\tC @ 2502.00001\n"
        )
        assert [(d.verdict, str(d.left), str(d.right), d.note, d.line) for d in found.entries] == [
            ("same", "A 1", "B", "see page 3", 3),
            ("different", "C @ 2501.00001", "C @ 2502.00001", "", 4),
        ]

    def test_a_missing_file_decides_nothing(self, tmp_path: Path) -> None:
        """No merges.tsv, no decisions."""
        assert read_decisions(tmp_path / "merges.tsv").entries == ()

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("same\tA\n", 1),
            ("same\tA\tB\nsimilar\tA\tB\n", 2),
            ("different\tA\tA\n", 1),
            ("same\t\tB\n", 1),
        ],
    )
    def test_a_line_that_is_no_decision_is_named(self, text: str, line: int) -> None:
        """The error says which line."""
        with pytest.raises(ResolutionError) as caught:
            parse_decisions(text, source="merges.tsv")
        assert caught.value.line == line and caught.value.source == "merges.tsv" and caught.value.hint

    def test_a_file_that_is_no_text_is_refused(self, tmp_path: Path) -> None:
        """Bytes that are not UTF-8 are an error of the family, not a traceback."""
        path = tmp_path / "merges.tsv"
        path.write_bytes(b"same\tA\t\xff\xfe")
        with pytest.raises(ResolutionError, match="UTF-8"):
            read_decisions(path)

    def test_a_contradiction_through_others_is_found(self) -> None:
        """A is B, B is C, and yet A is not C: the last line is named, and the ones against it."""
        with pytest.raises(ResolutionError, match=r"line 1, 2") as caught:
            parse_decisions("same\tA\tB\nsame\tB\tC\ndifferent\tA\tC\n", source="m.tsv")
        assert caught.value.line == 3

    def test_adding_keeps_what_is_there(self, tmp_path: Path) -> None:
        """A decision goes behind the others; a contradicting one leaves the file as it was."""
        path = tmp_path / "merges.tsv"
        add_decision(path, Decision(SAME, Reference("A"), Reference("B"), "a  note"))
        add_decision(path, Decision(DIFFERENT, Reference("A"), Reference("C", "2501.00001")))
        before = path.read_text(encoding="utf-8")
        assert before.splitlines()[1:] == ["same\tA\tB\ta note", "different\tA\tC @ 2501.00001"]
        with pytest.raises(ResolutionError):
            add_decision(path, Decision(DIFFERENT, Reference("B"), Reference("A")))
        assert path.read_text(encoding="utf-8") == before

    @pytest.mark.parametrize(
        ("text", "name", "identifier"),
        [
            ("Apollo", "Apollo", ""),
            ("Apollo @ 2412.10360", "Apollo", "2412.10360"),
            ("top @ 5 accuracy", "top @ 5 accuracy", ""),
            ("pass@1", "pass@1", ""),
        ],
    )
    def test_a_name_may_point_to_a_paper(self, text: str, name: str, identifier: str) -> None:
        """Behind “ @ ” stands a paper's id; an @ of another sort belongs to the name."""
        assert parse_reference(text) == Reference(name, identifier)


class TestEffect:
    def test_same_merges_what_no_rule_would(self) -> None:
        """Even a version guard gives way to a person."""
        papers = [paper("p1", said("model", "Zorb-2")), paper("p2", said("model", "Zorb-3"))]
        found = resolve(papers, decisions=parse_decisions("same\tZorb 2\tZorb 3\n"))
        assert node(found, "p1") == node(found, "p2")
        assert {merge.reason for merge in found.merges} == {"decided (line 1)"}

    def test_different_parts_what_rules_would_merge(self) -> None:
        """Two spellings with one key are told apart by their letters."""
        papers = [
            paper("p1", said("model", "Zorb-2")),
            paper("p2", said("model", "ZORB 2")),
            paper("p3", said("model", "Zorb-2")),
        ]
        assert len(set(resolve(papers).nodes.values())) == 1
        found = resolve(papers, decisions=parse_decisions("different\tZORB 2\tZorb-2\n"))
        assert node(found, "p1") == node(found, "p3") != node(found, "p2")
        assert all(not entity.close_match for entity in found.entities)

    def test_different_holds_against_the_catalogue(self) -> None:
        """Names that the catalogue lists as one are parted where people say so."""
        papers = [paper("p1", said("model", "Llama 2")), paper("p2", said("model", "LLaMA-2"))]
        found = resolve(papers, decisions=parse_decisions("different\tLlama 2\tLLaMA-2\n"))
        assert node(found, "p1") != node(found, "p2")

    def test_different_holds_against_an_abbreviation(self) -> None:
        """Bare letters stay apart from the long form that most papers give them."""
        papers = [paper(f"p{i}", said("method", "Wobble Ball Optimization", "WBO")) for i in range(3)]
        papers.append(paper("q", said("method", "WBO")))
        assert node(resolve(papers), "q") == node(resolve(papers), "p1")
        found = resolve(papers, decisions=parse_decisions("different\tWBO\tWobble Ball Optimization\n"))
        assert node(found, "q") != node(found, "p1")

    def test_one_papers_thing_can_be_meant(self) -> None:
        """The third paper's ZORBA is the first one's."""
        papers = [
            paper("2501.00001", introduced("method", "ZORBA")),
            paper("2502.00001", introduced("method", "ZORBA")),
            paper("2506.00001", said("method", "ZORBA")),
        ]
        found = resolve(papers, decisions=parse_decisions("same\tZORBA @ 2506.00001\tZORBA @ 2501.00001\n"))
        assert node(found, "2506.00001") == node(found, "2501.00001") != node(found, "2502.00001")

    def test_a_node_id_can_be_meant(self) -> None:
        """What ``kg why`` prints can be written into the file."""
        papers = [paper("p1", said("model", "Zorb-2")), paper("p2", said("model", "Yarb"))]
        found = resolve(papers, decisions=parse_decisions("same\tmodel/zorb-2\tmodel/yarb\n"))
        assert node(found, "p1") == node(found, "p2")

    def test_names_that_no_paper_has_are_ignored(self) -> None:
        """Decisions outlive the papers that they were made for."""
        papers = [paper("p1", said("model", "Zorb-2"))]
        assert resolve(papers, decisions=parse_decisions("same\tA\tB\ndifferent\tC\tD\n")) == resolve(papers)
