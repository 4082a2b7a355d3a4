import time
from collections.abc import Callable
from typing import Any

import openai

from case import Stage, case, equal, holds, raises
from simulator import end, failure, stream, text

from .openai_questions import CHAT, RESPONSE

HELLO = stream(text("Hello."), end())
TOO_LONG = failure(400, "ValidationException", "Input is too long.", reason="CONTENT_LENGTH_EXCEEDS_THRESHOLD")
NO_CAPACITY = failure(429, "ThrottlingException", "x", reason="INSUFFICIENT_MODEL_CAPACITY")
QUOTA = failure(402, "ServiceQuotaExceededException", "x", reason="MONTHLY_REQUEST_COUNT")
FAULT = failure(500, "InternalServerException", "secret words")

#: Both ways to ask: the name of the field with the conversation, and the call.
WAYS: list[tuple[str, Callable[..., Any]]] = [
    ("messages", lambda client, **changes: client.chat.completions.create(**{**CHAT, **changes})),
    ("input", lambda client, **changes: client.responses.create(**{**RESPONSE, **changes})),
]


def throttled(seconds: int) -> dict:
    return failure(429, "ThrottlingException", "slow", headers={"retry-after": str(seconds)})


def thrown(kind: type[openai.APIStatusError], action: Callable[[], object]) -> Any:
    """The error, with what every error must carry."""
    error = raises(kind, action)
    holds(error.request_id, "there is no request id")
    equal(sorted(error.body), ["code", "message", "param", "type"])
    return error


@case("openai 400: a wrong field, named by code and param")
def openai_bad_request(stage: Stage) -> None:
    client = stage.openai()
    for field, ask in WAYS:
        for value, code in ((None, "missing_required_parameter"), (7, "invalid_type")):
            error = thrown(openai.BadRequestError, lambda: ask(client, **{field: value}))
            equal((error.type, error.code, error.param), ("invalid_request_error", code, field))
        error = thrown(openai.BadRequestError, lambda: ask(client, tool_choice="sometimes"))
        equal((error.code, error.param), ("invalid_value", "tool_choice"))
    equal(stage.simulator.turns(), [])


@case("openai 400: the prompt is too long")
def openai_too_long(stage: Stage) -> None:
    for field, ask in WAYS:
        stage.simulator.reset()
        stage.simulator.enqueue(*[TOO_LONG] * 3)
        error = thrown(openai.BadRequestError, lambda: ask(stage.openai()))
        equal((error.code, error.param), ("context_length_exceeded", field))


@case("openai 400: an image that is none")
def openai_bad_image(stage: Stage) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA!"}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]}]
    error = thrown(openai.BadRequestError, lambda: stage.openai().chat.completions.create(**{**CHAT, "messages": messages}))
    equal(error.code, "invalid_base64_image")
    holds((error.param or "").startswith("messages[0].content[1]"), error.param)


@case("openai 401: a wrong key, not tried again")
def openai_wrong_key(stage: Stage) -> None:
    for _, ask in WAYS:
        stage.sent.clear()
        error = thrown(openai.AuthenticationError, lambda: ask(stage.openai(api_key="wrong", max_retries=2)))
        equal((error.type, error.code, len(stage.sent)), ("invalid_request_error", "invalid_api_key", 1))


@case("openai 404: an unknown model, and what this gateway does not have")
def openai_not_found(stage: Stage) -> None:
    client = stage.openai()
    for _, ask in WAYS:
        error = thrown(openai.NotFoundError, lambda: ask(client, model="no-such-model"))
        equal((error.type, error.code, error.param), ("invalid_request_error", "model_not_found", "model"))
    for missing in (
        lambda: client.embeddings.create(model="x", input="y"),
        client.files.list,
        lambda: client.chat.completions.retrieve("chatcmpl-1"),
    ):
        equal(thrown(openai.NotFoundError, missing).type, "invalid_request_error")


@case("openai 429: retry-after is passed on; the SDK waits as long, and succeeds")
def openai_throttled(stage: Stage) -> None:
    for _, ask in WAYS:
        stage.sent.clear()
        stage.simulator.reset()
        stage.simulator.enqueue(throttled(7))
        error = thrown(openai.RateLimitError, lambda: ask(stage.openai()))
        equal((error.code, error.response.headers["retry-after"]), ("rate_limit_exceeded", "7"))
        stage.simulator.enqueue(throttled(1), HELLO)
        started = time.monotonic()
        holds(ask(stage.openai(max_retries=2)).id, "there is no answer")
        equal([request.headers["x-stainless-retry-count"] for request in stage.sent], ["0", "0", "1"])
        holds(time.monotonic() - started >= 1, "it came again too early")


@case("openai 429: a spent quota is not tried again")
def openai_spent_quota(stage: Stage) -> None:
    for _, ask in WAYS:
        stage.sent.clear()
        stage.bring_accounts_back()
        stage.simulator.enqueue(QUOTA)
        error = thrown(openai.RateLimitError, lambda: ask(stage.openai(max_retries=2)))
        equal((error.type, error.code), ("insufficient_quota", "insufficient_quota"))
        equal((len(stage.sent), "retry-after" in error.response.headers), (1, False))


@case("openai 502: a fault of upstream, whose words stay inside")
def openai_upstream_fault(stage: Stage) -> None:
    for _, ask in WAYS:
        # The gateway asks twice.
        stage.simulator.enqueue(FAULT, FAULT)
        error = thrown(openai.InternalServerError, lambda: ask(stage.openai()))
        equal((error.status_code, error.type, error.code), (502, "server_error", "upstream_error"))
        holds("secret" not in str(error.body), error.body)


@case("openai 503: no capacity, then the SDK comes again and succeeds")
def openai_overloaded(stage: Stage) -> None:
    for _, ask in WAYS:
        # The gateway asks three times.
        stage.simulator.enqueue(NO_CAPACITY, NO_CAPACITY, NO_CAPACITY)
        error = thrown(openai.InternalServerError, lambda: ask(stage.openai()))
        equal((error.status_code, error.code), (503, "server_is_overloaded"))
        stage.simulator.enqueue(NO_CAPACITY, NO_CAPACITY, NO_CAPACITY, HELLO)
        holds(ask(stage.openai(max_retries=1)).id, "there is no answer")
