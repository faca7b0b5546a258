"""The page “What is new”: one HTML file without scripts, to be read offline or sent by mail.

Input: ``kg.changes.Changes``. Output: headings, tables and the sentences that say it; every text of a paper escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from exports.pages.data import safe_text
from exports.pages.html import source_hash
from kg.atomic import atomic_write
from kg.changes import ChangedClaim, Changes, FirstSeen, Rise
from kg.model import Paper
from kg.schema import NODE_TYPES, RELATIONS

_MOST = 200
_NAMED = 3
_STYLE = """
:root { color-scheme: light dark; --ink: #1d2126; --soft: #5c6470; --line: #dedbd5; --ground: #faf9f7; --accent: #0b62a3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --soft: #a3abb6; --line: #363c44; --ground: #14171b; --accent: #7cc0f5; }
}
body { background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 56rem; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.4rem; }
a { color: var(--accent); overflow-wrap: anywhere; }
p.lead, .soft { color: var(--soft); }
ul, ol { padding-left: 1.2rem; } li { margin: .5rem 0; }
blockquote { border-left: 3px solid var(--line); color: var(--soft); margin: .3rem 0; padding-left: .8rem; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.kind { border: 1px solid var(--line); border-radius: 1rem; font-size: .8rem; padding: .05rem .5rem; white-space: nowrap; }
"""


def write_whats_new(changes: Changes, path: Path, *, title: str = "What is new") -> Path:
    """Write the page.

    Args:
        changes: what is new.
        path: the HTML file to write.
        title: heading and window title; any text.

    Returns:
        The path.

    Raises:
        ExportError: where it cannot be written.
    """
    text = render_whats_new(changes, title=title)
    with atomic_write(path) as stream:
        stream.write(text)
    return path


def render_whats_new(changes: Changes, *, title: str = "What is new") -> str:
    """The page as text; see ``write_whats_new``."""
    counts = (
        f"{_count(len(changes.new), 'new paper')}, {_count(len(changes.changed), 'changed')}, "
        f"{_count(len(changes.removed), 'removed')}; {changes.before:,} were there before."
    )
    parts = [
        f"<h1>{_text(title)}</h1>",
        f'<p class="lead">Since {_text(changes.since)}: {counts}</p>',
        *_section(
            "First seen", "Datasets and models that no older paper names.", map(_first, changes.first_seen)
        ),
        *_rises(changes.rising),
        *_section(
            "Changed claims",
            "What changed papers say now (＋) and no longer say (−).",
            map(_claim, changes.claims),
        ),
        *_section("New papers", "", map(_paper, changes.new)),
        *_section("Removed papers", "", map(_paper, changes.removed)),
    ]
    policy = f"default-src 'none'; style-src {source_hash(_STYLE)}; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _section(heading: str, lead: str, items: Iterable[str]) -> list[str]:
    found = list(items)
    if not found:
        return []
    shown = [f"<li>{item}</li>" for item in found[:_MOST]]
    rest = len(found) - _MOST
    more = [f'<p class="soft">… and {rest:,} more.</p>'] if rest > 0 else []
    intro = [f'<p class="soft">{lead}</p>'] if lead else []
    return [f"<h2>{heading} ({len(found):,})</h2>", *intro, "<ul>", *shown, "</ul>", *more]


def _rises(rises: tuple[Rise, ...]) -> list[str]:
    if not rises:
        return []
    rows = [
        f'<tr><td>{_text(r.entity.name)}</td><td class="number">{r.now:,}</td><td class="number">{r.share_now:.1%}</td>'
        f'<td class="number">{r.before:,}</td><td class="number">{r.share_before:.1%}</td></tr>'
        for r in rises[:_MOST]
    ]
    head = (
        '<tr><th scope="col">Method</th><th scope="col" class="number">New papers</th><th scope="col" class="number">Share</th>'
        '<th scope="col" class="number">Before</th><th scope="col" class="number">Share</th></tr>'
    )
    return [
        f"<h2>Methods on the rise ({len(rises):,})</h2>",
        '<p class="soft">Named by a larger share of the new papers than of the older ones.</p>',
        "<table>", f"<thead>{head}</thead>", "<tbody>", *rows, "</tbody>", "</table>",
    ]  # fmt: skip


def _first(found: FirstSeen) -> str:
    label = NODE_TYPES[found.entity.type].label
    parts = []
    if found.introduced_by:
        parts.append(f"introduced by {_papers(found.introduced_by)}")
    if found.named_by:
        parts.append(f"{'also ' if found.introduced_by else ''}named by {_papers(found.named_by)}")
    return (
        f'<b>{_text(found.entity.name)}</b> <span class="kind">{_text(label)}</span><br>{"; ".join(parts)}'
        f"<blockquote>{_text(found.quote)}</blockquote>"
    )


def _papers(papers: tuple[Paper, ...]) -> str:
    shown = ", ".join(_paper(paper) for paper in papers[:_NAMED])
    rest = len(papers) - _NAMED
    return shown + (f" and {rest:,} more" if rest > 0 else "")


def _claim(change: ChangedClaim) -> str:
    relation = RELATIONS[change.claim.relation].label
    mark = "＋" if change.kept else "−"
    said = f"<b>{_text(change.subject)}</b> {_text(relation)} <b>{_text(change.object)}</b>"
    return f"{mark} {said}<br>{_paper(change.paper)}<blockquote>{_text(change.claim.evidence.quote)}</blockquote>"


def _paper(paper: Paper) -> str:
    title = _text(paper.title)
    if paper.arxiv_id:
        return f'<a href="https://arxiv.org/abs/{escape(paper.arxiv_id)}">{title}</a>'
    if paper.doi:
        return f'<a href="https://doi.org/{escape(paper.doi)}">{title}</a>'
    return title


def _text(text: str) -> str:
    return escape(" ".join(safe_text(text).split()))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("s" if noun.endswith("paper") and number != 1 else "")
