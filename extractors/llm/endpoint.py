"""The chat endpoint: where it is, how many may be asked at once, what was used."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from extractors.llm.answers import ChatAnswer, read_answer, read_usage
from extractors.llm.prompt import answer_schema, messages
from kg.errors import ExtractionError
from kg.http import Answer, HttpClient, ResponseCache, Service, StatusError
from kg.http.cache import cache_folder
from kg.http.limits import Pace

_HINT = "Set KG_LLM_URL (such as http://localhost:11434/v1) and KG_LLM_MODEL; KG_LLM_KEY where it needs a key"
_PATIENCE = 300.0
_STRICT, _LOOSE, _PLAIN = range(3)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the model is asked.

    Attributes:
        url: base of the endpoint, with ``/v1`` where it has one.
        model: its name there.
        workers: requests in flight, 1 or more.
        price: of a million prompt tokens and a million completion tokens, or None.
    """

    url: str
    model: str
    workers: int = 8
    price: tuple[float, float] | None = None


def read_settings(
    *,
    url: str | None = None,
    llm: str | None = None,
    workers: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Put the settings together from arguments and environment.

    Args:
        url: instead of ``KG_LLM_URL``.
        llm: name of the model, instead of ``KG_LLM_MODEL``.
        workers: instead of ``KG_LLM_WORKERS``.
        environment: the process's own by default.

    Raises:
        ExtractionError: where something is missing or is no number.
    """
    values = os.environ if environment is None else environment
    base = (url or values.get("KG_LLM_URL", "")).strip().rstrip("/")
    name = (llm or values.get("KG_LLM_MODEL", "")).strip()
    if not base.startswith(("http://", "https://")) or not name:
        what = "no language model is named" if not name else "no chat endpoint is named"
        raise ExtractionError(what, hint=_HINT)
    count = str(workers) if workers is not None else values.get("KG_LLM_WORKERS", "8")
    if not count.isdecimal() or not 1 <= int(count) <= 256:
        raise ExtractionError(f"KG_LLM_WORKERS is no number from 1 to 256: {count!r}")
    price: tuple[float, float] | None = None
    if values.get("KG_LLM_PRICE"):
        try:
            prompt, completion = (float(part) for part in values["KG_LLM_PRICE"].split(","))
            price = (prompt, completion)
        except ValueError as error:
            raise ExtractionError(
                f"KG_LLM_PRICE is not two numbers: {values['KG_LLM_PRICE']!r}",
                hint="The price of a million prompt tokens, a comma, that of a million completion tokens: 0.15,0.60",
            ) from error
    return Settings(base, name, int(count), price)


@dataclass(slots=True)
class Usage:
    """What was sent and what came of it; numbers that only grow.

    Attributes:
        papers: papers that were to be read.
        sent: papers about which the model was asked.
        cached: of these, answered from what was kept.
        failed: of these, without an answer of use; the local reading stands.
        prompt_tokens: that the server counted, of answers that were not kept, those of no use among them.
        completion_tokens: likewise.
        listed: surface forms that the model gave.
        invented: of these, thrown away because the text does not hold them.
        mended: of these, found in another spelling.
        malformed: items of the wrong shape.
        unfit: relations thrown away.
    """

    papers: int = 0
    sent: int = 0
    cached: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    listed: int = 0
    invented: int = 0
    mended: int = 0
    malformed: int = 0
    unfit: int = 0

    def cost(self, price: tuple[float, float] | None) -> float | None:
        """What the tokens cost, in the currency of the price."""
        if price is None:
            return None
        return (self.prompt_tokens * price[0] + self.completion_tokens * price[1]) / 1e6


@dataclass(slots=True)
class Endpoint:
    """Asks about one abstract at a time; safe to use from several threads.

    Attributes:
        settings: where and what.
        client: sends.
        prompt_tokens: sent so far, as the server counts, with those of answers of no use.
        completion_tokens: received so far, likewise.
    """

    settings: Settings
    client: HttpClient
    prompt_tokens: int = 0
    completion_tokens: int = 0
    _form: int = _STRICT
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, title: str, abstract: str) -> ChatAnswer:
        """Ask about a paper.

        Servers that do not know structured output by schema are asked for any JSON object, then without a word of it.

        Raises:
            FetchError: where no answer of use came.
        """
        while True:
            form = self._form
            try:
                return self.client.post(
                    f"{self.settings.url}/chat/completions",
                    json.dumps(self._body(title, abstract, form), ensure_ascii=False).encode(
                        "utf-8", "replace"
                    ),
                    parse=self._read,
                    reuse=True,
                )
            except StatusError as error:
                text = str(error).lower()
                refused = (
                    "response_format" in text
                    or "json_schema" in text
                    or "json_object" in text
                    or "schema" in text
                )
                if error.status not in (400, 404, 422, 501) or not refused or form == _PLAIN:
                    raise
                with self._lock:
                    self._form = max(self._form, form + 1)

    def _read(self, answer: Answer) -> ChatAnswer:
        there, back = read_usage(answer)
        with self._lock:
            self.prompt_tokens += there
            self.completion_tokens += back
        return read_answer(answer)

    def _body(self, title: str, abstract: str, form: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.settings.model,
            "messages": messages(title, abstract),
            "temperature": 0,
        }
        if form == _STRICT:
            shape = {"name": "extraction", "strict": True, "schema": answer_schema()}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
        elif form == _LOOSE:
            body["response_format"] = {"type": "json_object"}
        return body


def open_endpoint(settings: Settings, *, pace: Pace | None = None) -> Endpoint:
    """An endpoint with the cache of this user; answers are kept by content and model.

    Raises:
        FetchError: where the cache cannot be used.
    """
    tokens = ("KG_LLM_KEY", "OPENAI_API_KEY") if "://api.openai.com" in settings.url else ("KG_LLM_KEY",)
    row = Service(
        "llm", settings.url, 0.0, tokens=tokens, header="authorization", prefix="Bearer ", help="Set KG_LLM_KEY",
        patience=_PATIENCE,
    )  # fmt: skip
    client = HttpClient(cache=ResponseCache(cache_folder() / "llm"), extra=(row,), pace=pace)
    return Endpoint(settings, client)
