"""The cases, in the order in which they are written, and what each of them plays on."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anthropic
import openai

from simulator import Simulator


@dataclass
class Stage:
    """A running gateway, the simulator behind it, and clients as a user would make them."""

    base_url: str
    api_key: str
    admin_key: str
    simulator: Simulator
    #: What the clients of this case sent so far: every request, retries too.
    sent: list[Any] = field(default_factory=list)

    def client(self, **options: Any) -> anthropic.Anthropic:
        """Without retries, unless told otherwise."""
        http_client = anthropic.DefaultHttpxClient(event_hooks={"request": [self.sent.append]})
        return anthropic.Anthropic(**{**self._options(), "http_client": http_client, **options})

    def async_client(self, **options: Any) -> anthropic.AsyncAnthropic:
        http_client = anthropic.DefaultAsyncHttpxClient(event_hooks={"request": [self._record]})
        return anthropic.AsyncAnthropic(**{**self._options(), "http_client": http_client, **options})

    def openai(self, **options: Any) -> openai.OpenAI:
        """The client of the other API; without retries too."""
        http_client = openai.DefaultHttpxClient(event_hooks={"request": [self.sent.append]})
        return openai.OpenAI(**{**self._openai_options(), "http_client": http_client, **options})

    def async_openai(self, **options: Any) -> openai.AsyncOpenAI:
        http_client = openai.DefaultAsyncHttpxClient(event_hooks={"request": [self._record]})
        return openai.AsyncOpenAI(**{**self._openai_options(), "http_client": http_client, **options})

    def bring_accounts_back(self) -> None:
        """Accounts that a failure put out of use, such as a spent quota, can be chosen again."""
        for account in self._ask("GET", "/v2/accounts")["data"]:
            if account["status"] not in ("active", "refreshing"):
                self._ask("POST", f"/v2/accounts/{account['id']}/reset")

    def _ask(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self.base_url + path, headers={"x-api-key": self.admin_key}, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    async def _record(self, request: Any) -> None:
        self.sent.append(request)

    def _options(self) -> dict[str, Any]:
        return {"base_url": self.base_url, "api_key": self.api_key, "max_retries": 0}

    def _openai_options(self) -> dict[str, Any]:
        return {**self._options(), "base_url": f"{self.base_url}/v1"}


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    play: Callable[[Stage], None]


CASES: list[Case] = []


def case(title: str) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
    """Adds a function to the cases; its name, with dashes, is what `--case` takes."""

    def add(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
        CASES.append(Case(play.__name__.replace("_", "-"), title, play))
        return play

    return add


def equal(actual: object, expected: object) -> None:
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def holds(condition: object, otherwise: object) -> None:
    if not condition:
        raise AssertionError(str(otherwise))


def raises(kind: type[BaseException], action: Callable[[], object]) -> Any:
    """The error of exactly this class that the action ends with."""
    try:
        result = action()
    except BaseException as error:
        if type(error) is kind:
            return error
        raise
    raise AssertionError(f"expected {kind.__name__}, got {result!r}")


#: Any model that the simulator's accounts list.
QUESTION: dict[str, Any] = {
    "model": "claude-sonnet-5",
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": "Is it warm in Oslo?"}],
}
