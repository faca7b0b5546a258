"""What comes back from a server: an answer read whole, or an error that says why not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from kg.errors import FetchError


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer.

    Attributes:
        url: where it came from in the end, without secrets.
        status: 200 to 299.
        headers: names in lower case.
        body: the content, unpacked.
        cached: true where the body is the one kept from an earlier time.
        moved: every address that redirected on the way, first to last.
    """

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    cached: bool = False
    moved: tuple[str, ...] = ()

    def json(self) -> object:
        """The body as JSON.

        Raises:
            FetchError: where it is none.
        """
        try:
            return cast(object, json.loads(self.body))
        except (ValueError, RecursionError) as error:
            reason = (
                "nested too deeply" if isinstance(error, RecursionError) else str(error).partition(":")[0]
            )
            raise FetchError(f"the answer is not JSON ({reason.lower()})", source=self.url) from error

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            FetchError: where it is none.
        """
        value = self.json()
        if not isinstance(value, dict):
            raise FetchError("the answer is no object", source=self.url)
        return value


class StatusError(FetchError):
    """The server answered, and said no.

    Attributes:
        status: the HTTP status, 300 to 599.
        asked: seconds that it asks to wait, or None.
    """

    def __init__(
        self, what: str, *, status: int, source: str, asked: float | None = None, hint: str | None = None
    ) -> None:
        super().__init__(what, source=source, hint=hint)
        self.status = status
        self.asked = asked


class TransportError(FetchError):
    """No whole answer came: no connection, a broken one, or none in time."""


class OfflineError(FetchError):
    """Asked to stay offline, and nothing was kept from before."""


class RefusedError(FetchError):
    """The address is not one that this client may talk to."""


class TooLargeError(RefusedError):
    """The body is larger than this client reads."""
