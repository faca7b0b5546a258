"""The packaged catalogue and the normal form that it is looked up by."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from kg.catalogue import (
    AMBIGUOUS,
    COLUMNS,
    FLAGS,
    Catalogue,
    CatalogueEntry,
    load_catalogue,
    read_entries,
    shared_catalogue,
)
from kg.errors import ResolutionError
from kg.model import EntityType
from kg.names import normal_form

HEADER = "\t".join(COLUMNS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LLaMA-2", "Llama 2"),
        ("Vision Transformers", "vision-transformer"),
        ("GANs", "GAN"),
        ("ViTs", "ViT"),
        (r"$\tau$-bench", "τ-Bench"),
        (r"$\pi_{0.5}$", "π0.5"),
        (r"\textbf{Mamba}", "Mamba"),
        ("Fréchet Inception Distance", "Frechet inception distance"),
        ("Humanity’s Last Exam", "Humanity's Last Exam"),
        ("ＢＥＲＴ", "bert"),
        ("policies", "policy"),
    ],
)
def test_spellings_of_one_name_share_a_normal_form(one: str, other: str) -> None:
    """Case, hyphens, plural, mark-up, Greek letters and diacritics make no difference."""
    assert normal_form(one) == normal_form(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Llama-2", "Llama-3"),
        ("GPT-4", "GPT-4o"),
        ("Qwen2.5-7B", "Qwen2-57B"),
        ("Gemma 2 7B", "Gemma 27B"),
        ("RefCOCO", "RefCOCO+"),
        ("YOLOv8", "YOLOv8s"),
        ("Swin", "Swin-S"),
        ("ImageNet-1k", "ImageNet-21k"),
        ("C", "C++"),
        ("R1", "R@1"),
    ],
)
def test_versions_and_sizes_stay_apart(one: str, other: str) -> None:
    """What tells two artefacts apart survives."""
    assert normal_form(one) != normal_form(other)


def test_normal_form_is_its_own_normal_form() -> None:
    """Applying it twice changes nothing, for every name of the catalogue."""
    names = [name for entry in load_catalogue() for name in entry.names]
    assert [name for name in names if normal_form(normal_form(name)) != normal_form(name)] == []


def test_normal_form_keeps_other_scripts() -> None:
    """Letters of other scripts count as letters, signs vanish."""
    assert normal_form("数据集 A") == "数据集a"
    assert normal_form(" — ") == ""


def test_no_two_entries_of_a_type_share_a_name() -> None:
    """Within a type a normal form belongs to one entry."""
    owners: dict[tuple[str, str], set[str]] = {}
    for entry in load_catalogue():
        for name in entry.names:
            owners.setdefault((entry.type, normal_form(name)), set()).add(entry.name)
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def test_a_name_of_two_types_is_marked() -> None:
    """Where entries of two types share a name, at least one of them is flagged as ambiguous."""
    owners: dict[str, list[CatalogueEntry]] = {}
    for entry in load_catalogue():
        for key in {normal_form(name) for name in entry.names}:
            owners.setdefault(key, []).append(entry)
    silent = [
        [(entry.type.value, entry.name) for entry in entries]
        for entries in owners.values()
        if len(entries) > 1 and not any(AMBIGUOUS in entry.flags for entry in entries)
    ]
    assert silent == []


def test_rows_are_sane() -> None:
    """Names are clean and sorted, families exist and have no cycle, identifiers have their shape."""
    entries = load_catalogue()
    by_name = {(entry.type, entry.name): entry for entry in entries}
    assert len(by_name) == len(entries)
    for entry in entries:
        assert entry.flags <= FLAGS
        for name in entry.names:
            assert normal_form(name), entry
            assert name == " ".join(name.split()) and "|" not in name, entry
        assert not entry.hub or re.fullmatch(r"(datasets/)?[\w.-]+/[\w.-]+", entry.hub), entry
        assert not entry.hub or entry.hub.startswith("datasets/") == (entry.type is EntityType.DATASET), entry
        assert not entry.homepage or entry.homepage.startswith("https://"), entry
        assert not entry.wikidata or re.fullmatch(r"Q[1-9]\d*", entry.wikidata), entry
        seen = {entry.name}
        family = entry.family
        while family:
            assert family not in seen, entry
            seen.add(family)
            family = by_name[entry.type, family].family
    for kind in EntityType:
        names = [entry.name for entry in entries if entry.type is kind]
        assert names == sorted(names, key=lambda name: (name.casefold(), name)) and names


def test_identifiers_are_not_shared() -> None:
    """Two entries never claim one repository: a family is none of its members."""
    hubs = [entry.hub for entry in load_catalogue() if entry.hub]
    assert len(hubs) == len(set(hubs))


@pytest.mark.parametrize(
    ("surface", "kind", "name"),
    [
        ("Direct Preference Optimization", "method", "Direct Preference Optimization"),
        ("DPO", "method", "Direct Preference Optimization"),
        ("llama2", "model", "Llama 2"),
        ("Resnet50", "model", "ResNet-50"),
        ("VQA", "task", "visual question answering"),
        ("SWE-Bench-Verified", "dataset", "SWE-bench Verified"),
        ("F1 scores", "metric", "F1"),
    ],
)
def test_find_knows_any_spelling(surface: str, kind: str, name: str) -> None:
    """A name, an alias and their spellings lead to the entry."""
    found = shared_catalogue().find(surface)
    assert found is not None and (found.type, found.name) == (kind, name)


def test_find_minds_the_case_of_flagged_names() -> None:
    """An entry flagged ``case`` is found in its own case alone, its long form in any."""
    catalogue = shared_catalogue()
    assert catalogue.find("SAM") == catalogue.find("SAMs") == catalogue.find("segment anything model")
    assert catalogue.find("sam") is None
    assert catalogue.find("complex") is None


def test_find_prefers_the_type_asked_for() -> None:
    """With a type only entries of that type count; without one the unflagged entry wins."""
    plain = CatalogueEntry(EntityType.METHOD, "Orbit")
    vague = CatalogueEntry(EntityType.DATASET, "ORBIT", flags=frozenset({AMBIGUOUS}))
    catalogue = Catalogue([vague, plain])
    assert catalogue.find("orbit") is plain
    assert catalogue.find("orbit", EntityType.DATASET) is vague
    assert catalogue.find("orbit", "metric") is None
    assert catalogue.find_all("Orbits") == (vague, plain)


def test_sizes_are_members_of_a_family() -> None:
    """A size leads to its version, a version to its family."""
    catalogue = shared_catalogue()
    size = catalogue.find("Llama-2-7B")
    assert size is not None and size.family == "Llama 2"
    version = catalogue.find(size.family)
    assert version is not None and version.family == "Llama"
    omni, four = catalogue.find("GPT-4o"), catalogue.find("GPT-4")
    assert omni is not None and four is not None and omni != four and omni.family != four.name


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("3D Gaussian Splatting", "Gaussian splatting"),
        ("4DGS", "Gaussian splatting"),
        ("Restricted Boltzmann Machine", "Boltzmann machine"),
        ("UltraChat-200k", "UltraChat"),
        ("GPQA Diamond", "GPQA"),
        ("ILSVRC", "ImageNet"),
        ("Janus-Pro-7B", "Janus-Pro"),
        ("Cohen's d", "effect size"),
    ],
)
def test_a_wider_name_is_a_family_not_an_alias(narrow: str, wide: str) -> None:
    """A version, size, dimension or special case is an entry of its own, whose family is the wider one."""
    entry, family = shared_catalogue().find(narrow), shared_catalogue().find(wide)
    assert entry is not None and family is not None
    assert entry.family == family.name != entry.name


def test_identifiers_belong_to_the_thing_itself() -> None:
    """A family with several sizes or versions has no repository; its members have their own."""
    catalogue = shared_catalogue()
    for name in ("Llama 3", "Qwen2.5", "Janus-Pro", "UltraChat", "NuminaMath", "DINOv2"):
        family = catalogue.find(name)
        assert family is not None and not family.hub, name
    wikidata = [entry.wikidata for entry in catalogue if entry.wikidata]
    assert len(wikidata) == len(set(wikidata)) > 90


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name\taliases\nA\t\n", 1),
        (f"{HEADER}\nA\tB\n", 2),
        (f"{HEADER}\nA\t\t\t\t\t\t\n\t\t\t\t\t\t\n", 3),
        (f"{HEADER}\nA\t\t\t\t\t\tshiny\n", 2),
    ],
)
def test_a_damaged_file_is_refused(text: str, line: int) -> None:
    """Wrong header, wrong number of columns, missing name and unknown flag are told with their line."""
    with pytest.raises(ResolutionError) as caught:
        read_entries(text, EntityType.TASK, source="tasks.tsv")
    assert (caught.value.source, caught.value.line) == ("tasks.tsv", line)


def test_loading_is_quick() -> None:
    """All files are read in under 60 milliseconds (the best of five, in a fresh interpreter)."""
    code = (
        "import json, time\n"
        "from kg.catalogue import load_catalogue\n"
        "times = []\n"
        "for _ in range(5):\n"
        "    load_catalogue.cache_clear(); start = time.perf_counter(); load_catalogue()\n"
        "    times.append(time.perf_counter() - start)\n"
        "print(json.dumps(min(times)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) < 0.06
