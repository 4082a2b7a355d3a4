import json

import openai
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from case import Stage, case, equal, holds, raises
from simulator import end, stream, text, tool_use

from .openai_questions import (
    BROKEN, COLD, COLD_TEXT, ENDLESS, FENCED, MODEL, RESPONSE, RESPONSE_TOOL, RESULTS, THOUGHTFUL, TURNS, TURNS_TEXT,
    UNLIMITED, Weather,
)

EVENT: TypeAdapter[ResponseStreamEvent] = TypeAdapter(ResponseStreamEvent)


@case("openai responses.create: output, usage, ids")
def response_create(stage: Stage) -> None:
    stage.simulator.enqueue(COLD)
    response = stage.openai().responses.create(**RESPONSE, instructions="Be brief.", metadata={"a": "b"})
    Response.model_validate(response.to_dict())
    equal((response.output_text, response.status, response.model), (COLD_TEXT, "completed", MODEL))
    equal((response.instructions, response.metadata, response.error), ("Be brief.", {"a": "b"}, None))
    usage = response.usage
    equal((usage.input_tokens, usage.output_tokens, usage.total_tokens), (50, 9, 59))
    holds(response.id.startswith("resp_") and response.output[0].id.startswith("msg_"), response.id)
    holds(response._request_id, "there is no request id")


@case("openai responses.create with stream=True: every event is one of the SDK's types, in order")
def response_events(stage: Stage) -> None:
    stage.simulator.enqueue(THOUGHTFUL)
    question = {**RESPONSE, "tools": [RESPONSE_TOOL], "reasoning": {"effort": "high", "summary": "auto"}}
    events = list(stage.openai().responses.create(**question, stream=True))
    for event in events:
        EVENT.validate_python(event.to_dict())
    equal([event.sequence_number for event in events], list(range(len(events))))
    kinds = [event.type.removeprefix("response.") for event in events]
    once = [kind for index, kind in enumerate(kinds) if index == 0 or kinds[index - 1] != kind]
    equal(once, [
        *("created", "in_progress"),
        *("output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta"),
        *("reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done"),
        *("output_item.added", "content_part.added", "output_text.delta", "output_text.done", "content_part.done"),
        "output_item.done",
        *("output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done"),
        "completed",
    ])
    final = events[-1].response
    equal([item.type for item in final.output], ["reasoning", "message", "function_call"])
    done = [event.item for event in events if event.type == "response.output_item.done"]
    equal([item.to_dict() for item in done], [item.to_dict() for item in final.output])


@case("openai responses.stream: text and a call, equal to what create gives")
def response_stream(stage: Stage) -> None:
    stage.simulator.enqueue(THOUGHTFUL, THOUGHTFUL)
    question = {**RESPONSE, "tools": [RESPONSE_TOOL]}
    created = stage.openai().responses.create(**question)
    with stage.openai().responses.stream(**question) as streaming:
        texts = [event.snapshot for event in streaming if event.type == "response.output_text.delta"]
        streamed = streaming.get_final_response()
    equal(texts[-1], "Looking.")
    call = streamed.output[-1]
    equal((call.type, call.call_id, call.parsed_arguments), ("function_call", "call_1", {"city": "Oslo"}))
    without_ids = [[{**item.to_dict(), "id": None} for item in each.output] for each in (created, streamed)]
    for item in without_ids[1]:
        item.pop("parsed_arguments", None)
        for part in item.get("content") or []:
            part.pop("parsed", None)
    equal(*without_ids)
    equal(streamed.usage, created.usage)


@case("openai responses.create: tools over several steps, by previous_response_id")
def response_tools(stage: Stage) -> None:
    stage.simulator.enqueue(*TURNS)
    client = stage.openai()
    question = {"model": MODEL, "tools": [RESPONSE_TOOL]}
    response = client.responses.create(**RESPONSE, tools=[RESPONSE_TOOL])
    for names in (["Oslo", "Bergen"], ["Bodø"]):
        calls = [item for item in response.output if item.type == "function_call"]
        equal([json.loads(call.arguments) for call in calls], [{"city": name} for name in names])
        results = [{"type": "function_call_output", "call_id": call.call_id, "output": "4 degrees"} for call in calls]
        response = client.responses.create(**question, input=results, previous_response_id=response.id)
    equal((response.status, response.output_text), ("completed", TURNS_TEXT))
    equal(stage.simulator.tool_results(), RESULTS)


@case("openai responses.create: tools without a store, the thinking goes along")
def response_tools_unstored(stage: Stage) -> None:
    stage.simulator.enqueue(THOUGHTFUL, COLD)
    client = stage.openai()
    question = {
        **{"model": MODEL, "tools": [RESPONSE_TOOL], "store": False},
        **{"include": ["reasoning.encrypted_content"], "reasoning": {"effort": "high", "summary": "auto"}},
    }
    history = [{"role": "user", "content": "Is it warm in Oslo?"}]
    first = client.responses.create(**question, input=history)
    reasoning, _, call = first.output
    holds(reasoning.encrypted_content, reasoning)
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "4 degrees"}
    second = client.responses.create(**question, input=[*history, *first.output, result])
    equal(second.output_text, COLD_TEXT)
    sent = json.dumps(stage.simulator.turns()[-1]["body"])
    holds("I look first." in sent and "c2ln" in sent, sent)


@case("openai responses.create: a custom tool gets plain text")
def response_custom_tool(stage: Stage) -> None:
    patch = '*** "patch" \\n\nsecond line'
    stage.simulator.enqueue(
        stream(tool_use("tooluse_1", "apply", json.dumps({"input": patch})), end("TOOL_USE")), COLD
    )
    client = stage.openai()
    tools = [{"type": "custom", "name": "apply", "description": "Applies a patch."}]
    call = client.responses.create(**RESPONSE, tools=tools).output[-1]
    equal((call.type, call.name, call.input), ("custom_tool_call", "apply", patch))
    result = {"type": "custom_tool_call_output", "call_id": call.call_id, "output": "Applied."}
    second = client.responses.create(**{**RESPONSE, "input": [call, result]}, tools=tools)
    equal(second.output_text, COLD_TEXT)


@case("openai responses.parse and responses.stream: a pydantic model, though the answer was fenced")
def response_parse(stage: Stage) -> None:
    stage.simulator.enqueue(FENCED, FENCED)
    client = stage.openai()
    parsed = client.responses.parse(**RESPONSE, text_format=Weather)
    equal(parsed.output_parsed, Weather(city="Oslo", degrees=4))
    with client.responses.stream(**RESPONSE, text_format=Weather) as streaming:
        equal(streaming.get_final_response().output_parsed, Weather(city="Oslo", degrees=4))


@case("openai responses.create: an answer cut at its limit is incomplete")
def response_incomplete(stage: Stage) -> None:
    stage.simulator.enqueue(*[stream(text("word " * 500), end(output_tokens=500))] * 2)
    client = stage.openai()
    question = {**RESPONSE, "model": UNLIMITED, "max_output_tokens": 20}
    response = client.responses.create(**question)
    equal((response.status, response.incomplete_details.reason), ("incomplete", "max_output_tokens"))
    holds(0 < len(response.output_text) < 200, response.output_text)
    events = list(client.responses.create(**question, stream=True))
    EVENT.validate_python(events[-1].to_dict())
    equal((events[-1].type, events[-1].response.status), ("response.incomplete", "incomplete"))


@case("openai responses.stream: leaving in the middle lets upstream go")
def response_leaving(stage: Stage) -> None:
    stage.simulator.enqueue(ENDLESS)
    with stage.openai().responses.stream(**RESPONSE) as streaming:
        equal(next(event.delta for event in streaming if event.type == "response.output_text.delta"), "It ")
    stage.simulator.wait_until_idle()
    asked = stage.simulator.turns()[-1]
    equal((asked["aborted"], asked["finished"]), (True, False))


@case("openai responses.stream: one that breaks raises, after what came before")
def response_broken(stage: Stage) -> None:
    stage.simulator.enqueue(BROKEN)
    seen = []

    def read() -> None:
        with stage.openai().responses.stream(**RESPONSE) as streaming:
            seen.extend(event.delta for event in streaming if event.type == "response.output_text.delta")

    error = raises(openai.APIError, read)
    equal((seen, error.type, error.code), (["Half"], "server_error", "server_error"))
