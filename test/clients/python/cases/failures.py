import time

import anthropic
from case import QUESTION, Stage, case, equal, holds, raises
from simulator import end, failure, stream, text

HELLO = stream(text("Hello."), end())
NO_CAPACITY = failure(429, "ThrottlingException", "x", reason="INSUFFICIENT_MODEL_CAPACITY")


def throttled(seconds: int) -> dict:
    return failure(429, "ThrottlingException", "slow", headers={"retry-after": str(seconds)})


def thrown(stage: Stage, kind: type[anthropic.APIStatusError], client: anthropic.Anthropic | None = None, **changes):
    """The error of a message, with what every error must carry."""
    asked = client or stage.client()
    error = raises(kind, lambda: asked.messages.create(**{**QUESTION, **changes}))
    holds((error.request_id or "").startswith("req_"), error.request_id)
    equal(error.body["request_id"], error.request_id)
    return error


@case("400: a field is missing, and the message says which")
def bad_request(stage: Stage) -> None:
    error = thrown(stage, anthropic.BadRequestError, messages=[{"role": "user", "content": [{"type": "text"}]}])
    equal((error.status_code, error.type), (400, "invalid_request_error"))
    holds("messages.0.content.0.text" in error.message and "Field required" in error.message, error.message)
    equal(stage.simulator.turns(), [])


@case("400: the prompt is too long, in the words that clients know")
def prompt_too_long(stage: Stage) -> None:
    too_long = failure(400, "ValidationException", "Input is too long.", reason="CONTENT_LENGTH_EXCEEDS_THRESHOLD")
    stage.simulator.enqueue(too_long)
    error = thrown(stage, anthropic.BadRequestError)
    holds("prompt is too long" in error.message, error.message)


@case("401: a wrong key, not tried again")
def wrong_key(stage: Stage) -> None:
    error = thrown(stage, anthropic.AuthenticationError, stage.client(api_key="wrong", max_retries=2))
    equal((error.status_code, error.type), (401, "authentication_error"))
    equal((error.response.headers["x-should-retry"], len(stage.sent)), ("false", 1))


@case("404: an unknown model")
def unknown_model(stage: Stage) -> None:
    error = thrown(stage, anthropic.NotFoundError, model="no-such-model")
    equal((error.status_code, error.type), (404, "not_found_error"))
    holds("model: no-such-model" in error.message, error.message)


@case("404: batches and files, which this gateway does not have")
def missing_resources(stage: Stage) -> None:
    client = stage.client()
    for call in (client.messages.batches.list, client.files.list, client.beta.files.list):
        equal(raises(anthropic.NotFoundError, call).type, "not_found_error")


@case("429: retry-after is passed on")
def rate_limit(stage: Stage) -> None:
    stage.simulator.enqueue(throttled(7))
    error = thrown(stage, anthropic.RateLimitError)
    equal((error.status_code, error.type), (429, "rate_limit_error"))
    equal(error.response.headers["retry-after"], "7")


@case("429: the SDK waits as long as it is told, and succeeds")
def rate_limit_retried(stage: Stage) -> None:
    stage.simulator.enqueue(throttled(1), HELLO)
    started = time.monotonic()
    message = stage.client(max_retries=2).messages.create(**QUESTION)
    equal(message.content[0].text, "Hello.")
    equal([request.headers["x-stainless-retry-count"] for request in stage.sent], ["0", "1"])
    holds(time.monotonic() - started >= 1, "it came again too early")


@case("429: a spent quota is not tried again")
def spent_quota(stage: Stage) -> None:
    stage.simulator.enqueue(failure(402, "ServiceQuotaExceededException", "x", reason="MONTHLY_REQUEST_COUNT"))
    error = thrown(stage, anthropic.RateLimitError, stage.client(max_retries=2))
    holds("quota" in error.message, error.message)
    equal(len(stage.sent), 1)


@case("502: a fault of upstream, whose words stay inside")
def upstream_fault(stage: Stage) -> None:
    fault = failure(500, "InternalServerException", "secret words")
    # The gateway asks twice.
    stage.simulator.enqueue(fault, fault)
    error = thrown(stage, anthropic.InternalServerError)
    equal((error.status_code, error.type), (502, "api_error"))
    holds("secret" not in str(error.body), error.body)


@case("529: no capacity, then the SDK comes again and succeeds")
def overloaded(stage: Stage) -> None:
    # The gateway asks three times.
    stage.simulator.enqueue(NO_CAPACITY, NO_CAPACITY, NO_CAPACITY)
    error = thrown(stage, anthropic.OverloadedError)
    equal((error.status_code, error.type), (529, "overloaded_error"))
    stage.simulator.enqueue(NO_CAPACITY, NO_CAPACITY, NO_CAPACITY, HELLO)
    equal(stage.client(max_retries=1).messages.create(**QUESTION).content[0].text, "Hello.")


@case("a stream that breaks raises, after what came before")
def broken_stream(stage: Stage) -> None:
    stage.simulator.enqueue(stream(text("Half"), {"reset": True}))
    seen = []

    def read() -> None:
        with stage.client().messages.stream(**QUESTION) as streaming:
            seen.extend(streaming.text_stream)

    try:
        read()
    except anthropic.APIError as error:
        equal(error.body["error"]["type"], "api_error")
    else:
        raise AssertionError(f"nothing was raised after {seen}")
    equal(seen, ["Half"])
