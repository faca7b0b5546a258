"""Graphs of any size made of invented words, for measuring the pages: ``python tests/pages_synthetic.py``."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from kg.graph import KnowledgeGraph
from kg.model import Claim, Entity, EntityType, Evidence, Paper, PartialDate, Role, Span

_SYLLABLES = [
    a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "or", "us")
]


def make_synthetic(nodes: int, *, claims_per_node: float = 2.3, seed: int = 0) -> KnowledgeGraph:
    """A graph with communities and a few things that many papers name, about 15 % of its nodes papers."""
    rng = np.random.default_rng(seed)
    count = max(2, int(nodes * 0.15))
    things = nodes - count
    words = ["".join(rng.choice(_SYLLABLES, rng.integers(1, 4))) for _ in range(4000)]
    types = list(EntityType)
    names = [
        f"{words[i % 4000].capitalize()}{words[(i * 7 + 3) % 4000].capitalize()}-{i}" for i in range(things)
    ]
    entities = [
        Entity(f"{types[i % 5]}/e{i}", types[i % 5], names[i], (names[i], names[i].upper()))
        for i in range(things)
    ]
    groups = max(4, nodes // 400)
    group_of = rng.integers(0, groups, things)
    members = [np.flatnonzero(group_of == g) for g in range(groups)]
    popular = 1.0 / np.arange(1, things + 1) ** 0.9
    popular = rng.permutation(popular)
    everywhere = np.cumsum(popular / popular.sum())
    within = [np.cumsum(popular[m] / popular[m].sum()) if len(m) else np.array([]) for m in members]
    papers, claims = [], []
    each = nodes * claims_per_node / count
    for p in range(count):
        group = int(rng.integers(0, groups))
        chosen: list[int] = []
        for _ in range(max(1, int(rng.poisson(each)))):
            if rng.random() < 0.75 and len(members[group]):
                chosen.append(
                    int(
                        members[group][
                            min(np.searchsorted(within[group], rng.random()), len(members[group]) - 1)
                        ]
                    )
                )
            else:
                chosen.append(int(min(np.searchsorted(everywhere, rng.random()), things - 1)))
        sentences = []
        for thing in dict.fromkeys(chosen):
            picked = [words[i] for i in rng.integers(0, 4000, 9)]
            sentences.append(
                (thing, f"{' '.join(picked[:5])} {names[thing]} {' '.join(picked[5:])}.".capitalize())
            )
        title = " ".join(words[i] for i in rng.integers(0, 4000, 8)).capitalize()
        abstract = " ".join(text for _, text in sentences)
        paper = Paper(
            f"24{p % 12 + 1:02d}.{p:05d}", title, abstract, authors=("A. Nobody", "B. Someone"),
            date=PartialDate(2015 + p % 11, p % 12 + 1), arxiv_id=f"24{p % 12 + 1:02d}.{p:05d}",
        )  # fmt: skip
        papers.append(paper)
        at = paper.abstract_start
        for number, (thing, text) in enumerate(sentences):
            focus = at + text.lower().index(names[thing].lower())
            claims.append(
                Claim(
                    f"c{p}-{number}",
                    paper.id,
                    paper.node_id,
                    list(Role)[number % 5],
                    entities[thing].id,
                    Evidence(
                        at,
                        at + len(text),
                        paper.text[at : at + len(text)],
                        (Span(focus, focus + len(names[thing])),),
                    ),
                    "made/1",
                    0.5 + (number % 50) / 100,
                    names[thing],
                )
            )
            at += len(text) + 1
    return KnowledgeGraph(papers=papers, entities=entities, claims=claims)


def measure(browser: Any, path: Path, *, fragment: str = "") -> dict[str, float]:
    """Size in MB, milliseconds to the first paint of the graph and of the longest task, frames a second of a zoom."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.add_init_script(
        "window.tasks = [];"
        "new PerformanceObserver((list) => { for (const e of list.getEntries()) window.tasks.push([e.startTime, e.duration]); })"
        ".observe({ type: 'longtask', buffered: true });"
    )
    page.goto(path.resolve().as_uri() + fragment)
    page.wait_for_selector("html[data-ready=true]", timeout=120_000)
    page.wait_for_timeout(1500)
    ready = float(page.evaluate("document.documentElement.dataset.readyMs"))
    longest = page.evaluate("Math.max(0, ...window.tasks.map((t) => t[1]))")
    page.mouse.move(850, 450)
    page.evaluate(
        "window.frames_ = 0; (function count() { window.frames_++; requestAnimationFrame(count); })()"
    )
    began, frames = time.perf_counter(), page.evaluate("window.frames_")
    for i in range(24):
        page.mouse.wheel(0, -120 if i < 12 else 120)
        page.wait_for_timeout(60)
    seconds = time.perf_counter() - began
    frames = page.evaluate("window.frames_") - frames
    page.click("#search")
    keys: list[float] = []
    for text in ("a", "an", "anu", "ban", "s", "so", "ket", "1", "12"):
        page.fill("#search", text)
        keys.append(float(page.evaluate("document.documentElement.dataset.searchMs")))
    page.context.close()
    return {
        "megabytes": round(path.stat().st_size / 1e6, 2), "paint_ms": ready, "longest_task_ms": longest,
        "zoom_fps": round(frames / seconds, 1), "search_ms": max(keys),
    }  # fmt: skip


def main() -> None:
    """Write and measure the explorer at the sizes given, 1000 and 20000 unless told."""
    from browser import open_browser

    from exports.pages.explorer import write_explorer

    sizes = [int(a) for a in sys.argv[1:]] or [1000, 20_000]
    with (
        tempfile.TemporaryDirectory() as folder,
        open_browser("--use-angle=swiftshader", "--enable-unsafe-swiftshader") as browser,
    ):
        for size in sizes:
            graph = make_synthetic(size)
            for sparql in (False, True):
                began = time.process_time()
                path = write_explorer(graph, Path(folder) / "page.html", sparql=sparql)
                seconds = round(time.process_time() - began, 1)
                about = {
                    "nodes": len(graph),
                    "claims": len(graph.claims()),
                    "sparql": sparql,
                    "write_cpu_s": seconds,
                }
                rows = [measure(browser, path) for _ in range(3)]
                best = {key: (max if key == "zoom_fps" else min)(row[key] for row in rows) for key in rows[0]}
                print(json.dumps(about | best), flush=True)
            if size <= 20_000:
                print(
                    json.dumps(
                        {"nodes": len(graph), "drawn": "all at once"}
                        | measure(browser, path, fragment="#detail=20000")
                    )
                )


if __name__ == "__main__":
    main()
