"""The extractor: the local pipeline reads first, the language model about all papers or only where that is unsure.

Links, sentences and offsets always come from the local pipeline. In a chain (``best,llm``) what the local model is sure
of stands; what it is unsure of stands where the language model says the same, and what that adds comes on top.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from extractors.llm.answers import ChatAnswer
from extractors.llm.endpoint import Endpoint, Settings, Usage, open_endpoint, read_settings
from extractors.llm.grounding import Grounded, ground
from extractors.llm.prompt import estimate_tokens, messages, prompt_version
from extractors.llm.workers import Workers
from extractors.pipeline import SpacyExtractor, finish
from extractors.pipeline import make_extractor as make_local
from extractors.reading import Found, Reading
from kg.errors import ExtractionError, FetchError
from kg.http import StatusError
from kg.http.answers import OfflineError, RefusedError, TransportError
from kg.model import Extraction, Paper
from kg.version import __version__

UNSURE = 0.5
"""Local confidence, of a name or of its role, below which the language model is asked: worse than even odds."""

_AHEAD = 2
"""Papers read ahead for each request in flight."""

_ABOUT_ANSWER = 350
"""Tokens of a usual answer, for the estimate."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What reading some papers would take.

    Attributes:
        papers: to be read.
        asked: of these, those about which the language model would be asked.
        prompt_tokens: about.
        completion_tokens: about.
        cost: about, where prices are known.
    """

    papers: int
    asked: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None


class LlmExtractor:
    """Reads papers with a language model.

    Args:
        local: reads first.
        endpoint: is asked.
        before: name of the local reader in a chain, or empty where the language model reads all.
        unsure: local confidence below which the language model is asked.
    """

    def __init__(
        self, local: SpacyExtractor, endpoint: Endpoint, *, before: str = "", unsure: float = UNSURE
    ) -> None:
        self._local = local
        self._endpoint = endpoint
        self._before = before
        self._unsure = unsure
        self.usage = Usage()

    @property
    def settings(self) -> Settings:
        """Where and what is asked."""
        return self._endpoint.settings

    @property
    def name(self) -> str:
        """Name of the extractor, with that of the model."""
        model = re.sub(r"[^A-Za-z0-9._-]+", "_", self.settings.model)
        return f"{self._before}+llm-{model}" if self._before else f"llm-{model}"

    @property
    def version(self) -> str:
        """Version of code, local reader and prompt together."""
        local = f"{self._local.name}-{self._local.version}"
        return f"{__version__}-{prompt_version()}-{local}" + (f"-{self._unsure:g}" if self._before else "")

    def extract(self, papers: Iterable[Paper]) -> Iterator[Extraction]:
        """Read papers, several requests in flight, results in order.

        Raises:
            FetchError: where the endpoint cannot be reached or refuses for good; what was read before it is given out.
            ExtractionError: where the local pipeline fails.
        """
        label = f"{self.name}-{self.version}"
        stream = iter(papers)
        window = self.settings.workers * _AHEAD
        workers: Workers[ChatAnswer] = Workers(self.settings.workers)
        waiting: list[tuple[Reading, Future[ChatAnswer] | None]] = []
        try:
            while True:
                for paper in islice(stream, window - len(waiting)):
                    reading = self._local.read(paper)
                    self.usage.papers += 1
                    future = None
                    if self.wants(reading):
                        self.usage.sent += 1
                        future = workers.submit(partial(self._endpoint.ask, *_texts(reading)))
                    waiting.append((reading, future))
                if not waiting:
                    return
                reading, future = waiting.pop(0)
                yield self._finish(reading, future, label)
        finally:
            workers.close()
            self.usage.prompt_tokens = self._endpoint.prompt_tokens
            self.usage.completion_tokens = self._endpoint.completion_tokens

    def close(self) -> None:
        """Let go of the connections."""
        self._endpoint.client.close()

    def wants(self, reading: Reading) -> bool:
        """Whether the language model is to be asked about a paper."""
        return not self._before or not reading.found or any(self._is_unsure(found) for found in reading.found)

    def estimate(self, papers: Iterable[Paper]) -> Estimate:
        """What reading these papers would take; nobody is asked."""
        count = asked = prompt = 0
        for paper in papers:
            count += 1
            reading = self._local.read(paper)
            if self.wants(reading):
                asked += 1
                prompt += sum(estimate_tokens(message["content"]) for message in messages(*_texts(reading)))
        completion = asked * _ABOUT_ANSWER
        cost = Usage(prompt_tokens=prompt, completion_tokens=completion).cost(self.settings.price)
        return Estimate(count, asked, prompt, completion, cost)

    def _is_unsure(self, found: Found) -> bool:
        return min(found.confidence, found.role_confidence) < self._unsure

    def _finish(self, reading: Reading, future: Future[ChatAnswer] | None, label: str) -> Extraction:
        local = f"{self._local.name}-{self._local.version}"
        if future is None:
            return finish(reading, local)
        try:
            answer = future.result()
        except (TransportError, OfflineError, RefusedError):
            raise
        except StatusError as error:
            if error.status not in (400, 413, 422):
                raise
            answer = None  # this text is too long for it, or it will not speak about it
        except FetchError:
            answer = None
        if answer is None:
            self.usage.failed += 1
            return finish(reading, local)
        grounded = ground(answer, reading, extractor=label)
        self._count(answer, grounded)
        if self._before:
            return self._merge(reading, grounded, label)
        reading.found, reading.relations = grounded.found, grounded.relations
        return finish(reading, label)

    def _merge(self, reading: Reading, grounded: Grounded, label: str) -> Extraction:
        """What is sure stays, what is unsure needs the language model's word, what that adds comes on top."""
        kept: list[Found] = []
        confirmed: set[int] = set()
        for found in reading.found:
            match = next((n for n, g in enumerate(grounded.found) if _is_same(found, g)), None)
            if match is not None:
                confirmed.add(match)
            if not self._is_unsure(found):
                kept.append(found)
            elif match is not None:
                other = grounded.found[match]
                agreed = replace(
                    found, type=other.type, confidence=max(found.confidence, other.confidence),
                    because=(*found.because, *other.because),
                )  # fmt: skip
                if found.role_confidence < self._unsure:
                    agreed = replace(agreed, role=other.role, role_confidence=other.role_confidence)
                kept.append(agreed)
        taken = [span for found in kept for span in found.spans]
        for number, found in enumerate(grounded.found):
            if number in confirmed:
                continue
            spans = tuple(
                s for s in found.spans if not any(s.start < t.end and t.start < s.end for t in taken)
            )
            if spans and any(reading.text[s.start : s.end] == found.name for s in spans):
                kept.append(replace(found, spans=spans))
        kept.sort(key=lambda f: f.spans[0])
        names = {form for found in kept for form in _forms(reading, found)}
        relations = {(r.head, r.type, r.tail): r for r in (*grounded.relations, *reading.relations)}
        reading.found = kept
        reading.relations = sorted(
            (r for r in relations.values() if r.head in names and r.tail in names),
            key=lambda r: (r.evidence.start, r.head, r.type, r.tail),
        )
        return finish(reading, label)

    def _count(self, answer: ChatAnswer, grounded: Grounded) -> None:
        usage = self.usage
        usage.listed += sum(len(entity.surfaces) for entity in answer.entities)
        usage.invented += grounded.invented
        usage.mended += grounded.mended
        usage.unfit += grounded.unfit
        usage.malformed += answer.malformed
        usage.cached += answer.cached


def make_extractor(
    *,
    before: str = "",
    model: str = "auto",
    lexicons: Iterable[str] = (),
    url: str | None = None,
    llm: str | None = None,
    workers: int | None = None,
    unsure: float | None = None,
    endpoint: Endpoint | None = None,
) -> LlmExtractor:
    """The entry point of the group ``kg.extractors``.

    Args:
        before: the reader before it in a chain: a model name such as ``best``, or ``default``.
        model: the local reader where there is none before it (for links and sentences).
        lexicons: users' own name lists for the local reader.
        url: base of the chat endpoint, instead of ``KG_LLM_URL``.
        llm: name of the language model, instead of ``KG_LLM_MODEL``.
        workers: requests in flight, instead of ``KG_LLM_WORKERS``.
        unsure: local confidence below which a chain asks, instead of ``KG_LLM_UNSURE`` (0.5 where it is not set).
        endpoint: asked instead of one made from the settings.

    Raises:
        ExtractionError: where no endpoint is named, or the local model cannot be read.
    """
    chosen = model if before in ("", "default") else before
    asked = endpoint or open_endpoint(read_settings(url=url, llm=llm, workers=workers))
    local = make_local(model=chosen, lexicons=tuple(lexicons))
    return LlmExtractor(local, asked, before=before, unsure=read_unsure() if unsure is None else unsure)


def read_unsure(environment: Mapping[str, str] | None = None) -> float:
    """The threshold as the environment has it.

    Raises:
        ExtractionError: for what is no number from 0 to 1.
    """
    text = (os.environ if environment is None else environment).get("KG_LLM_UNSURE", "").strip()
    try:
        value = float(text) if text else UNSURE
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise ExtractionError(f"KG_LLM_UNSURE is no number from 0 to 1: {text!r}")
    return value


def _texts(reading: Reading) -> tuple[str, str]:
    return reading.title.text, reading.abstract.text


def _is_same(left: Found, right: Found) -> bool:
    """Two findings that share a stretch of text, or of which one lies in the other."""
    return any(a.start < b.end and b.start < a.end for a in left.spans for b in right.spans)


def _forms(reading: Reading, found: Found) -> Iterator[str]:
    for span in found.spans:
        start, end = reading.original(span.start, span.end)
        yield reading.paper.text[start:end]
