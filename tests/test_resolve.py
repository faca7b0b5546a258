"""Resolution: what becomes one node, what stays apart, and why."""

from __future__ import annotations

import pytest
from resolution_case import introduced, node, paper, said

from kg.claims import graph_from_extractions
from kg.model import EntityType, Evidence, ExtractedLink, Extraction, LinkKind, LinkRole, Paper
from kg.resolution import resolve


def together(kind: str, left: str, right: str) -> bool:
    """True where two papers that use these names use one thing."""
    found = resolve([paper("p1", said(kind, left)), paper("p2", said(kind, right))])
    return node(found, "p1") == node(found, "p2")


class TestSpelling:
    @pytest.mark.parametrize(
        ("kind", "left", "right"),
        [
            ("model", "LLaMA-2", "Llama 2"),
            ("model", "LLaMA2", "Llama 2"),
            ("model", "Zorbnet-3.0 Pro", "Zorbnet 3 Pro"),
            ("model", "7B Zorbo2", "Zorbo2-7B"),
            ("model", "ZORBv2", "Zorb 2"),
            ("model", "Zorb-v1.5", "Zorb-1.5"),
            ("method", "frobnicated optimisation", "Frobnicated Optimization"),
            ("method", "wobble modelling", "wobble modeling"),
            ("method", "mixtures of wobblers", "Mixture-of-Wobblers"),
            ("method", "Wobble Transformers", "wobble transformer"),
            ("dataset", r"$\tau$-Wobble", "τ-wobble"),
            ("dataset", "ＺｏｒｂＳｅｔ", "ZorbSet"),
            ("method", "Zörb search", "Zorb Search"),
            ("metric", "Zorbach's alpha", "Zorbach alpha"),
            ("metric", "zorbU@50", "zorbU-50"),
            ("dataset", "EPIC-ZORBLETS-100", "Epic-Zorblets-100"),
            ("dataset", "ZorTS2018", "ZORTS-2018"),
        ],
    )
    def test_spellings_of_one_name_are_one_node(self, kind: str, left: str, right: str) -> None:
        """Case, hyphens, plural, British spelling, Unicode, LaTeX and the order of size and name do not matter."""
        assert together(kind, left, right)

    @pytest.mark.parametrize(
        ("kind", "left", "right"),
        [
            ("model", "Llama-2", "Llama-3"),
            ("model", "Llama-2-7B", "Llama-2-70B"),
            ("model", "Llama-2-7B", "Llama-2"),
            ("model", "GPT-4", "GPT-4o"),
            ("model", "GPT-4o", "GPT-4o-mini"),
            ("dataset", "ImageNet-1k", "ImageNet-21k"),
            ("model", "Qwen2.5", "Qwen2.5-VL"),
            ("model", "Zorb2.5-7B", "Zorb2-57B"),
            ("model", "Zorb 2.1", "Zorb 21"),
            ("dataset", "ZorbSet-2019", "ZorbSet-2020"),
            ("model", "ZORBS", "Zorb"),
            ("method", "a CTR", "ACT-R"),
            ("method", "graph wobbling", "graph wobbling network"),
            ("model", "world model", "World"),
            ("method", "l1 regularization", "l2 regularization"),
        ],
    )
    def test_versions_sizes_and_kin_stay_apart(self, kind: str, left: str, right: str) -> None:
        """Numbers and words that make another thing keep names apart."""
        assert not together(kind, left, right)


class TestGenericWords:
    @pytest.mark.parametrize(
        ("kind", "left", "right"),
        [
            ("dataset", "ZorbBench benchmark", "ZorbBench"),
            ("dataset", "Zorb-10 dataset", "Zorb-10"),
            ("dataset", "Zorb-10 data set", "Zorb-10"),
            ("method", "wobble ball algorithm", "wobble ball"),
            ("method", "wobbly attention mechanism", "wobbly attention"),
            ("model", "ZORB network", "ZORB"),
            ("model", "OpenAI zorb-1", "zorb-1"),
            ("metric", "WOBL score", "WOBL"),
            ("dataset", "ZORB25", "ZORB 2025"),
        ],
    )
    def test_a_generic_word_goes_where_the_rest_is_a_name(self, kind: str, left: str, right: str) -> None:
        """A word that says only what the type says, a maker, or half a year adds nothing."""
        assert together(kind, left, right)

    def test_a_generic_word_stays_where_one_paper_lists_both(self) -> None:
        """A paper that names both as two things knows better."""
        found = resolve([paper("p1", said("method", "wobble ball"), said("method", "wobble ball algorithm"))])
        assert node(found, "p1", 0) != node(found, "p1", 1)

    def test_an_abbreviation_inside_a_name_is_written_out(self) -> None:
        """“frugal RL” is “frugal reinforcement learning”."""
        papers = [
            paper("p1", said("method", "reinforcement learning", "RL")),
            paper("p2", said("method", "Reinforcement Learning", "RL")),
            paper("p3", said("method", "frugal RL")),
            paper("p4", said("method", "frugal reinforcement learning")),
        ]
        found = resolve(papers)
        assert node(found, "p3") == node(found, "p4")


class TestTasksInOtherWords:
    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("detecting zorb leaks", "zorb leak detection"),
            ("diagnosis of zorb fever", "zorb fever diagnosis"),
            ("Summarising zorb diaries", "zorb diary summarization"),
        ],
    )
    def test_verb_and_noun_are_one_task(self, left: str, right: str) -> None:
        """A task said with a verb, or with "of", is the task in its usual words."""
        found = resolve([paper("p1", said("task", left)), paper("p2", said("task", right))])
        assert node(found, "p1") == node(found, "p2")
        assert any("usual order" in merge.reason for merge in found.merges)

    @pytest.mark.parametrize(
        ("kind", "left", "right"),
        [
            ("task", "generation of zorbs from wobbles", "zorbs from wobbles generation"),
            ("method", "detecting zorb leaks", "zorb leak detection"),
            ("task", "quality of zorbs", "zorb quality"),
            ("task", "ranking", "rankings of zorbs"),
        ],
    )
    def test_what_is_in_doubt_stays(self, kind: str, left: str, right: str) -> None:
        """Longer phrases, other types and nouns of no doing are left as they are."""
        found = resolve([paper("p1", said(kind, left)), paper("p2", said(kind, right))])
        assert node(found, "p1") != node(found, "p2")


class TestAbbreviations:
    def test_the_majority_of_definitions_decides_what_a_bare_abbreviation_means(self) -> None:
        """Two papers define WBO as one thing, a third as another: a fourth means the first."""
        papers = [
            paper("p1", said("method", "Wobble Ball Optimization", "WBO")),
            paper("p2", said("method", "wobble-ball optimisation", "WBO")),
            paper("p3", introduced("method", "Wide Bilinear Oracle", "WBO")),
            paper("p4", said("method", "WBO")),
        ]
        found = resolve(papers)
        assert node(found, "p1") == node(found, "p2") == node(found, "p4") != node(found, "p3")

    def test_the_papers_own_definition_wins(self) -> None:
        """However many papers mean something else by it."""
        papers = [paper(f"p{i}", said("method", "Wobble Ball Optimization", "WBO")) for i in range(5)]
        own = paper("q", said("method", "Wide Bilinear Oracle", "WBO"), said("model", "WBO"))
        found = resolve([*papers, own])
        assert node(found, "q", 0) == node(found, "q", 1) != node(found, "p1")

    def test_long_forms_of_one_abbreviation_that_differ_elsewhere_stay_apart(self) -> None:
        """Self- and semi-supervised zorbing share letters, nothing else."""
        found = resolve(
            [
                paper("p1", said("method", "self-supervised zorbing", "SSZ")),
                paper("p2", said("method", "semi-supervised zorbing", "SSZ")),
            ]
        )
        assert node(found, "p1") != node(found, "p2")

    def test_long_forms_that_differ_in_an_ending_are_one(self) -> None:
        """Prediction and predictive are the same word in two dresses."""
        found = resolve(
            [
                paper("p1", said("method", "Wobble Prediction Architecture", "WoPA")),
                paper("p2", said("method", "wobble predictive architectures", "WoPA")),
            ]
        )
        assert node(found, "p1") == node(found, "p2")

    def test_an_abbreviation_without_definition_is_not_forced(self) -> None:
        """One paper's three letters are no reason to read everybody's so: a guess, not a merge."""
        found = resolve(
            [paper("p1", said("method", "Wide Bilinear Oracle", "WBO")), paper("p2", said("method", "WBO"))]
        )
        assert node(found, "p1") != node(found, "p2")
        (entity,) = [e for e in found.entities if e.id == node(found, "p2")]
        assert entity.close_match == (node(found, "p1"),)

    def test_the_type_decides_between_meanings(self) -> None:
        """A metric is not read as the method of the same letters."""
        papers = [
            paper("p1", said("method", "wobble state analysis", "WSA")),
            paper("p2", said("method", "wobble state analysis", "WSA")),
            paper("p3", said("metric", "wide success average", "WSA")),
            paper("p4", said("metric", "wide success average", "WSA")),
            paper("p5", said("metric", "WSA")),
            paper("p6", said("method", "WSA")),
        ]
        found = resolve(papers)
        assert node(found, "p5") == node(found, "p3") and node(found, "p6") == node(found, "p1")

    def test_a_dataset_is_not_the_task_that_it_is_named_after(self) -> None:
        """Where most speak of the long form as a task, the known dataset of that abbreviation stays apart from it."""
        tasks = [paper(f"2401.0000{n}", said("task", "medical question answering")) for n in range(1, 6)]
        makers = [
            paper(f"2402.0000{n}", said("dataset", "medical question answering", "MedQA")) for n in (1, 2)
        ]
        found = resolve([*tasks, *makers, paper("2403.00001", said("dataset", "MedQA"))])
        assert node(found, "2403.00001") == "dataset/medqa"
        assert node(found, "2401.00001") == "task/medical-question-answering"

    def test_words_that_begin_alike_are_no_variants(self) -> None:
        """Generative and general question answering share letters and an abbreviation, and no more."""
        found = resolve([
            paper("p1", said("task", "general zorb answering", "GZA")),
            paper("p2", said("task", "generative zorb answering", "GZA")),
        ])  # fmt: skip
        assert node(found, "p1") != node(found, "p2")

    def test_a_coined_name_of_abbreviations_is_not_written_out(self) -> None:
        """Hyphens make ``XQ-VAE-2`` one name, whatever XQ stands for by itself; ``VAE-based`` is words."""
        definers = [paper(f"d{n}", said("method", "variational autoencoder", "VAE")) for n in range(3)]
        found = resolve([
            *definers,
            paper("p1", said("model", "XQ-VAE-2")), paper("p2", said("method", "XQ-VAE2")),
            paper("p3", said("method", "VAE-based folding")),
            paper("p4", said("method", "variational autoencoder-based folding")),
        ])  # fmt: skip
        assert node(found, "p1") == node(found, "p2")
        assert node(found, "p3") == node(found, "p4")

    def test_a_paper_that_lists_both_wordings_does_not_part_them(self) -> None:
        """An abbreviation written out is the same thing even where one paper names it twice."""
        definers = [paper(f"d{n}", said("task", "question answering", "QA")) for n in range(3)]
        found = resolve([
            *definers, paper("p", said("task", "zorb question answering"), said("task", "zorb QA")),
        ])  # fmt: skip
        assert node(found, "p", 0) == node(found, "p", 1)

    def test_a_name_with_its_abbreviation_in_brackets_is_split(self) -> None:
        """“Wobbled Autoencoder (WAE)” is the autoencoder, and defines WAE."""
        found = resolve(
            [
                paper("p1", said("method", "Wobbled Autoencoder (WAE)"), said("method", "WAE")),
                paper("p2", said("method", "wobbled autoencoders")),
            ]
        )
        assert node(found, "p1", 0) == node(found, "p1", 1) == node(found, "p2")


class TestHomonyms:
    def test_two_papers_own_things_of_one_name_are_two_nodes(self) -> None:
        """Each introduces its ZORBA."""
        found = resolve(
            [
                paper("2501.00001", introduced("method", "ZORBA")),
                paper("2503.00001", introduced("method", "ZORBA")),
            ]
        )
        assert node(found, "2501.00001") != node(found, "2503.00001")

    def test_a_mention_goes_to_the_only_thing_of_its_name(self) -> None:
        """One paper introduces Zorba, another compares with it."""
        found = resolve(
            [
                paper("2501.00001", introduced("method", "Zorba")),
                paper("2503.00001", said("method", "Zorba", role="compares_with")),
            ]
        )
        assert node(found, "2501.00001") == node(found, "2503.00001")

    def test_a_paper_cannot_mean_what_is_introduced_later(self) -> None:
        """A mention two years before is of something else."""
        found = resolve(
            [
                paper("2501.00001", introduced("method", "Zorba")),
                paper("2301.00001", said("method", "Zorba", role="compares_with")),
            ]
        )
        assert node(found, "2501.00001") != node(found, "2301.00001")

    def test_context_decides_between_two_things_of_one_name(self) -> None:
        """The paper that speaks of the same things as one of the two means that one."""
        papers = [
            paper(
                "2501.00001",
                introduced("method", "ZORBA"),
                said("dataset", "WobbleVision"),
                said("task", "optical wobbling"),
            ),
            paper(
                "2501.00002",
                introduced("method", "ZORBA"),
                said("dataset", "SpeechZap"),
                said("task", "zapping"),
            ),
            paper(
                "2506.00003", said("method", "ZORBA"), said("dataset", "SpeechZap"), said("task", "zapping")
            ),
        ]
        found = resolve(papers)
        assert node(found, "2506.00003") == node(found, "2501.00002")

    def test_a_word_of_the_language_is_not_the_method_of_that_name(self) -> None:
        """“probe” in lower case is no mention of PROBEX's cousin PROBE."""
        found = resolve(
            [
                paper("2501.00001", introduced("method", "WOBBLE")),
                paper("2502.00001", said("method", "wobble")),
            ]
        )
        assert node(found, "2501.00001") != node(found, "2502.00001")

    def test_a_papers_own_capitals_are_not_the_known_word_in_lower_case(self) -> None:
        """A paper's PROBE is a thing of its own, whatever the catalogue knows of probing."""
        found = resolve([
            paper("2401.00001", introduced("method", "PROBE")), paper("2402.00001", said("method", "probe")),
        ])  # fmt: skip
        assert node(found, "2401.00001") != node(found, "2402.00001") == "method/probing"

    def test_within_a_paper_the_name_of_its_own_thing_means_that_thing(self) -> None:
        """Said twice under one type, it is one node, the abbreviation of another paper's thing or not."""
        found = resolve([
            paper("2401.00001", introduced("method", "ZWX", "Zorb Wave Crossing"), said("model", "ZWX")),
            paper("2402.00001", said("method", "zero-width extraction", "ZWX")),
        ])  # fmt: skip
        assert node(found, "2401.00001", 0) == node(found, "2401.00001", 1) != node(found, "2402.00001")

    def test_case_tells_some_known_names_apart(self) -> None:
        """MIMO is no MiMo, and VLLMs are not vLLM; nobody minds the capitals of a data set."""
        found = resolve([
            paper("p1", said("model", "MiMo")), paper("p2", said("method", "MIMO")),
            paper("p3", said("method", "vLLM")), paper("p4", said("model", "VLLMs")),
            paper("p5", said("dataset", "HoVer")), paper("p6", said("dataset", "HOVER")),
        ])  # fmt: skip
        assert node(found, "p1") != node(found, "p2")
        assert node(found, "p3") != node(found, "p4")
        assert node(found, "p5") == node(found, "p6")

    def test_two_papers_own_phrases_are_two_nodes(self) -> None:
        """Words of the language name two papers' own methods, too, where hardly anybody else uses them."""
        found = resolve([
            paper("2401.00001", introduced("method", "Gentle Zorb Alignment")),
            paper("2506.00001", introduced("method", "gentle zorb alignment")),
        ])  # fmt: skip
        assert node(found, "2401.00001") != node(found, "2506.00001")

    def test_a_phrase_that_others_use_is_one_thing(self) -> None:
        """Two papers that seem to introduce what many use do not part it."""
        users = [paper(f"2507.0000{n}", said("method", "gentle zorb alignment")) for n in range(1, 6)]
        found = resolve([
            paper("2401.00001", introduced("method", "Gentle Zorb Alignment")),
            paper("2506.00001", introduced("method", "gentle zorb alignment")), *users,
        ])  # fmt: skip
        assert len({*found.nodes.values()}) == 1

    def test_one_paper_under_two_ids_is_no_homonym(self) -> None:
        """The same sentence introduces the same thing."""
        quote = "We present ZORBA, a way to wobble."
        found = resolve(
            [
                paper("2501.00001", introduced("method", "ZORBA", quote=quote)),
                paper("doi:10.1/x", introduced("method", "ZORBA", quote=quote)),
            ]
        )
        assert node(found, "2501.00001") == node(found, "doi:10.1/x")


class TestLabels:
    def test_the_capital_of_a_sentence_is_not_part_of_a_name(self) -> None:
        """Of two spellings as frequent as each other, the one in lower case names the node."""
        found = resolve(
            [paper("p1", said("metric", "Zorb-likeness")), paper("p2", said("metric", "zorb-likeness"))]
        )
        assert [entity.name for entity in found.entities] == ["zorb-likeness"]


class TestNamesSideBySide:
    def test_three_papers_are_enough_for_rare_names(self) -> None:
        """Names that every paper gives side by side are one thing."""
        papers = [paper(f"p{n}", said("method", "zorb crossing", "wave folding")) for n in range(3)]
        found = resolve([*papers, paper("q", said("method", "wave folding"))])
        assert node(found, "q") == node(found, "p0")

    def test_three_papers_are_not_enough_for_frequent_names(self) -> None:
        """Where many papers know both as two things, the three that mix them up do not decide."""
        mixed = [paper(f"p{n}", said("method", "zorb crossing", "wave folding")) for n in range(3)]
        plain = [
            paper(f"{name[0]}{n}", said("method", name))
            for name in ("zorb crossing", "wave folding")
            for n in range(40)
        ]
        found = resolve([*mixed, *plain])
        assert node(found, "z0") != node(found, "w0")


class TestTypes:
    def test_the_type_settles_and_the_dissent_is_kept(self) -> None:
        """Two call it a dataset, one a method: a dataset, and the third's view is remembered."""
        found = resolve(
            [
                paper("p1", said("dataset", "wobble suite of zorbs")),
                paper("p2", said("dataset", "wobble suite of zorbs")),
                paper("p3", said("method", "wobble suite of zorbs")),
            ]
        )
        assert node(found, "p3") == node(found, "p1") == "dataset/wobble-suite-of-zorbs"
        assert found.dissent == {("p3", 0): EntityType.METHOD}


class TestFamilies:
    def test_a_size_is_part_of_its_family(self) -> None:
        """Llama-2-7B is no spelling of Llama 2, but a part of it."""
        found = resolve([paper("p1", said("model", "Zorb-2-7B"), said("model", "Zorb 2"))])
        assert found.families == {node(found, "p1", 0): node(found, "p1", 1)}

    def test_the_nearest_family_is_taken(self) -> None:
        """An instructed size belongs to the size where that is there."""
        found = resolve(
            [
                paper(
                    "p1",
                    said("model", "Zorb-2-7B-Instruct"),
                    said("model", "Zorb-2-7B"),
                    said("model", "Zorb 2"),
                )
            ]
        )
        assert found.families[node(found, "p1", 0)] == node(found, "p1", 1)

    def test_the_catalogue_tells_the_families_of_other_types(self) -> None:
        """CIFAR-10 is part of CIFAR; a paper's own thing of such a name is not."""
        found = resolve([
            paper("p1", said("dataset", "CIFAR-10"), said("dataset", "CIFAR")),
            paper("p2", introduced("method", "CIFAR-10")),
        ])  # fmt: skip
        assert found.families == {"dataset/cifar-10": "dataset/cifar"}


class TestIdentifiers:
    def test_a_hub_page_under_the_very_name_identifies(self) -> None:
        """A link to o/Zorb-2-7B in a paper that names Zorb-2-7B is an identifier, no guess."""
        url = "https://huggingface.co/o/Zorb-2-7B"
        link = ExtractedLink(
            url, url, LinkKind.HUGGINGFACE_MODEL, LinkRole.MODEL, 0, 1, Evidence(0, 1, "x"), 1.0, "test"
        )
        found = resolve([Extraction("p1", (said("model", "Zorb 2 7B"), said("model", "Zorb 2")), (link,))])
        by_id = {e.id: e for e in found.entities}
        assert by_id[node(found, "p1", 0)].same_as == (url,)
        assert by_id[node(found, "p1", 1)].same_as == ()


class TestExplanation:
    def test_every_other_spelling_has_a_reason_and_a_score(self) -> None:
        """What is not the node's own name says why it is there."""
        papers = [
            paper("p1", said("method", "Wobble Ball Optimization", "WBO")),
            paper("p2", said("method", "Wobble Ball Optimization", "WBO")),
            paper("p3", said("method", "wobble-ball optimisation")),
            paper("p4", said("method", "WBO")),
        ]
        found = resolve(papers)
        reasons = {merge.name: merge.reason for merge in found.merges}
        assert set(reasons) == {"wobble-ball optimisation", "WBO"}
        assert "spelling" in reasons["wobble-ball optimisation"] and "2 of 2 papers" in reasons["WBO"]
        assert all(0 < merge.score <= 1 and merge.example for merge in found.merges)


class TestClaims:
    def test_the_graph_has_the_family_as_an_edge_with_evidence(self) -> None:
        """The sentence that names the size says that it is part of the family."""
        quote = "We tune Zorb-2-7B."
        pairs = [
            (Paper("p1", "", quote), paper("p1", said("model", "Zorb-2-7B", quote=quote))),
            (Paper("p2", "", "x"), paper("p2", said("model", "Zorb 2", quote="x"))),
        ]
        (claim,) = graph_from_extractions(pairs).claims(relation="part_of")
        assert (claim.subject, claim.object) == ("model/zorb-2-7b", "model/zorb-2")
        assert claim.evidence.quote == quote and claim.paper_id == "p1" and claim.extractor == "families-1"

    def test_the_claim_keeps_the_type_that_its_paper_gives(self) -> None:
        """Where the node settled on another type, the claim still says what its paper said."""
        kinds = {"p1": "dataset", "p2": "dataset", "p3": "method"}
        pairs = [
            (Paper(i, "", "x"), paper(i, said(kind, "wobble suite of zorbs", quote="x")))
            for i, kind in kinds.items()
        ]
        claims = graph_from_extractions(pairs).claims(relation="uses")
        assert {c.paper_id: c.stated_type for c in claims} == {"p1": "", "p2": "", "p3": "method"}


class TestDefinitionsInTheText:
    def test_a_paper_that_defines_its_abbreviation_means_what_it_says(self) -> None:
        """Most mean the first thing by it; this paper's text says otherwise, though it never names the long form again."""
        most = [paper(f"d{n}", said("task", "autonomous folding", "AF")) for n in range(6)]
        other = paper("q", said("task", "angular fever"))
        text = Extraction("p", (said("task", "AF"),), definitions=(("AF", "angular fever"),))
        found = resolve([*most, other, text])
        assert node(found, "p") == node(found, "q") != node(found, "d0")
        assert any("defines the abbreviation" in merge.reason for merge in found.merges)

    def test_a_long_form_that_nobody_else_has_stays_apart(self) -> None:
        """Better a node of its own than the wrong one."""
        most = [paper(f"d{n}", said("task", "autonomous folding", "AF")) for n in range(6)]
        text = Extraction("p", (said("task", "AF"),), definitions=(("AF", "angular fever"),))
        found = resolve([*most, text])
        assert node(found, "p") != node(found, "d0")

    def test_another_wording_of_the_same_long_form_parts_nothing(self) -> None:
        """A text that cuts the long form short, or words it slightly differently, means the usual thing."""
        most = [paper(f"d{n}", said("task", "autonomous folding", "AF")) for n in range(6)]
        text = Extraction("p", (said("task", "AF"),), definitions=(("AF", "autonomously folding"),))
        found = resolve([*most, text])
        assert node(found, "p") == node(found, "d0")
