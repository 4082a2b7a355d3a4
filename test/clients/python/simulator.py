"""What stands in for Amazon Q, driven through its control endpoint (`simulator/control/`)."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterable
from typing import Any

Event = dict[str, Any]


class Simulator:
    def __init__(self, url: str) -> None:
        self.url = url

    def reset(self) -> None:
        self._ask("POST", "reset")

    def enqueue(self, *answers: dict[str, Any]) -> None:
        """What it answers to the next requests, one after the other."""
        self._ask("POST", "answers", {"answers": answers})

    def turns(self) -> list[dict[str, Any]]:
        """The requests for an answer of a model since the last reset, oldest first."""
        requests = self._ask("GET", "requests")["requests"]
        return [request for request in requests if request["operation"] == "GenerateAssistantResponse"]

    def tool_results(self) -> list[list[str]]:
        """Of each turn, the ids of the tool results that came in it."""
        messages = [turn["body"]["conversationState"]["currentMessage"]["userInputMessage"] for turn in self.turns()]
        contexts = [message.get("userInputMessageContext", {}) for message in messages]
        return [[result["toolUseId"] for result in context.get("toolResults", [])] for context in contexts]

    def wait_until_idle(self, seconds: float = 5) -> None:
        """Until no answer is being sent any more."""
        deadline = time.monotonic() + seconds
        while self._ask("GET", "state")["openStreams"] > 0:
            if time.monotonic() > deadline:
                raise AssertionError(f"a stream is still open after {seconds} s")
            time.sleep(0.02)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/__simulator/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)


def stream(*events: Event | Iterable[Event]) -> dict[str, Any]:
    """A stream answer; lists of events are laid flat."""
    flat = [item for event in events for item in ([event] if isinstance(event, dict) else event)]
    return {"kind": "stream", "events": flat}


def failure(status: int, type: str, message: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "error", "status": status, "type": type, "message": message, **fields}


def text(content: str) -> Event:
    return {"type": "assistantResponseEvent", "payload": {"content": content}}


def thinking(*pieces: str, signature: str) -> list[Event]:
    payloads = [*({"text": piece} for piece in pieces), {"signature": signature}]
    return [{"type": "reasoningContentEvent", "payload": payload} for payload in payloads]


def tool_use(tool_use_id: str, name: str, *pieces: str) -> list[Event]:
    """A tool use in its usual frames: name, pieces of the input's JSON, stop."""
    use = {"toolUseId": tool_use_id, "name": name}
    payloads = [use, *({**use, "input": piece} for piece in pieces), {**use, "stop": True}]
    return [{"type": "toolUseEvent", "payload": payload} for payload in payloads]


def end(stop_reason: str = "END_TURN", input_tokens: int = 50, output_tokens: int = 9) -> list[Event]:
    """The events every complete answer ends with."""
    usage = {
        "uncachedInputTokens": input_tokens,
        "outputTokens": output_tokens,
        "totalTokens": input_tokens + output_tokens,
    }
    return [
        {"type": "metadataEvent", "payload": {"tokenUsage": usage, "stopReason": stop_reason}},
        {"type": "contextUsageEvent", "payload": {"contextUsagePercentage": 0.1}},
        {"type": "meteringEvent", "payload": {"usage": 0.01, "unit": "credit", "unitPlural": "credits"}},
    ]
