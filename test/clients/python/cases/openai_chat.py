import json

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel

from case import Stage, case, equal, holds, raises
from simulator import end, stream, text

from .openai_questions import (
    BROKEN, CHAT, CHAT_TOOL, COLD, COLD_TEXT, ENDLESS, FENCED, MODEL, RESULTS, THOUGHTFUL, TURNS, TURNS_TEXT, UNLIMITED,
    Weather,
)


@case("openai chat.completions.create: content, usage, ids")
def chat_create(stage: Stage) -> None:
    stage.simulator.enqueue(COLD)
    completion = stage.openai().chat.completions.create(**CHAT)
    ChatCompletion.model_validate(completion.to_dict())
    choice = completion.choices[0]
    equal((choice.message.content, choice.message.role, choice.message.tool_calls), (COLD_TEXT, "assistant", None))
    equal((choice.finish_reason, len(completion.choices), completion.model), ("stop", 1, MODEL))
    usage = completion.usage
    equal((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (50, 9, 59))
    holds(completion.id.startswith("chatcmpl-"), completion.id)
    holds(completion._request_id, "there is no request id")


@case("openai chat.completions.create: every kind of message before the question")
def chat_messages(stage: Stage) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}}
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Is it warm?"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "4 degrees"},
        {"role": "assistant", "content": "No."},
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Thank you."},
    ]
    stage.simulator.enqueue(COLD)
    completion = stage.openai().chat.completions.create(model=MODEL, messages=messages)
    equal(completion.choices[0].finish_reason, "stop")
    sent = json.dumps(stage.simulator.turns()[-1]["body"])
    equal([word in sent for word in ("Be brief.", "Be kind.", "4 degrees", "Thank you.")], [True] * 4)


@case("openai chat.completions.create: stop texts and token limits")
def chat_limits(stage: Stage) -> None:
    stage.simulator.enqueue(stream(text("One, two, ST"), text("OP, three"), end()), stream(text("word " * 500), end(output_tokens=500)))
    client = stage.openai()
    stopped = client.chat.completions.create(**CHAT, stop=["STOP"]).choices[0]
    equal((stopped.message.content, stopped.finish_reason), ("One, two, ", "stop"))
    cut = client.chat.completions.create(**{**CHAT, "model": UNLIMITED}, max_completion_tokens=10).choices[0]
    equal(cut.finish_reason, "length")
    holds(0 < len(cut.message.content) < 100, cut.message.content)


@case("openai chat.completions.create with stream=True: every chunk is one of the SDK's types")
def chat_chunks(stage: Stage) -> None:
    stage.simulator.enqueue(THOUGHTFUL, COLD)
    client = stage.openai()
    options = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = list(client.chat.completions.create(**CHAT, tools=[CHAT_TOOL], reasoning_effort="high", **options))
    for chunk in chunks:
        ChatCompletionChunk.model_validate(chunk.to_dict())
    equal(len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}), 1)
    equal(chunks[0].choices[0].delta.role, "assistant")
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    equal("".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas), "I look first.")
    equal("".join(delta.content or "" for delta in deltas), "Looking.")
    first, *more = [call for delta in deltas for call in delta.tool_calls or []]
    equal((first.index, first.id, first.type, first.function.name), (0, "call_1", "function", "get_weather"))
    equal({(call.index, call.id, call.type, call.function.name) for call in more}, {(0, None, None, None)})
    equal(first.function.arguments + "".join(call.function.arguments for call in more), '{"city":"Oslo"}')
    equal((chunks[-2].choices[0].finish_reason, chunks[-1].choices, chunks[-1].usage.total_tokens), ("tool_calls", [], 59))
    plain = list(client.chat.completions.create(**CHAT, stream=True))
    equal([chunk.usage for chunk in plain], [None] * len(plain))


@case("openai chat.completions.stream: its events and its completion, equal to what create gives")
def chat_stream(stage: Stage) -> None:
    stage.simulator.enqueue(THOUGHTFUL, THOUGHTFUL)
    question = {**CHAT, "tools": [{"type": "function", "function": {**CHAT_TOOL["function"], "strict": True}}]}
    created = stage.openai().chat.completions.create(**question)
    kinds = []
    with stage.openai().chat.completions.stream(**question, stream_options={"include_usage": True}) as streaming:
        for event in streaming:
            if event.type not in kinds:
                kinds.append(event.type)
        streamed = streaming.get_final_completion()
    equal(kinds, [
        *("chunk", "content.delta", "tool_calls.function.arguments.delta"),
        *("content.done", "tool_calls.function.arguments.done"),
    ])
    choice, expected = streamed.choices[0], created.choices[0]
    equal((choice.message.content, choice.finish_reason), ("Looking.", "tool_calls"))
    equal(choice.message.tool_calls[0].function.parsed_arguments, {"city": "Oslo"})
    calls = [[(call.id, call.type, call.function.name, call.function.arguments) for call in each.message.tool_calls]
             for each in (choice, expected)]
    equal(*calls)
    equal((expected.message.content, expected.finish_reason), (choice.message.content, choice.finish_reason))
    equal(streamed.usage, created.usage)


@case("openai chat.completions.create: tools over several steps, two calls at once")
def chat_tools(stage: Stage) -> None:
    stage.simulator.enqueue(*TURNS)
    client = stage.openai()
    messages = [*CHAT["messages"]]
    for names in (["Oslo", "Bergen"], ["Bodø"]):
        choice = client.chat.completions.create(model=MODEL, messages=messages, tools=[CHAT_TOOL]).choices[0]
        equal(choice.finish_reason, "tool_calls")
        calls = choice.message.tool_calls
        equal([json.loads(call.function.arguments) for call in calls], [{"city": name} for name in names])
        results = [{"role": "tool", "tool_call_id": call.id, "content": "4 degrees"} for call in calls]
        messages += [choice.message, *results]
    choice = client.chat.completions.create(model=MODEL, messages=messages, tools=[CHAT_TOOL]).choices[0]
    equal((choice.finish_reason, choice.message.content), ("stop", TURNS_TEXT))
    equal(stage.simulator.tool_results(), RESULTS)


class GetWeather(BaseModel):
    """Current weather for a city."""

    city: str


@case("openai chat.completions.parse: a pydantic model, though the answer was fenced")
def chat_parse(stage: Stage) -> None:
    stage.simulator.enqueue(FENCED, FENCED)
    client = stage.openai()
    completion = client.chat.completions.parse(**CHAT, response_format=Weather)
    equal(completion.choices[0].message.parsed, Weather(city="Oslo", degrees=4))
    with client.chat.completions.stream(**CHAT, response_format=Weather) as streaming:
        streamed = streaming.get_final_completion()
    equal(streamed.choices[0].message.parsed, Weather(city="Oslo", degrees=4))


@case("openai chat.completions.parse: a pydantic model as a tool")
def chat_parse_tool(stage: Stage) -> None:
    tool = openai.pydantic_function_tool(GetWeather, name="get_weather")
    stage.simulator.enqueue(THOUGHTFUL)
    message = stage.openai().chat.completions.parse(**CHAT, tools=[tool]).choices[0].message
    equal(message.tool_calls[0].function.parsed_arguments, GetWeather(city="Oslo"))


@case("openai chat.completions.parse: an answer cut at its limit is no JSON, and raises")
def chat_parse_cut(stage: Stage) -> None:
    stage.simulator.enqueue(stream(text('{"city":"' + "Oslo " * 500), end(output_tokens=500)))
    client = stage.openai()
    question = {**CHAT, "model": UNLIMITED, "max_completion_tokens": 20}
    error = raises(
        openai.LengthFinishReasonError, lambda: client.chat.completions.parse(**question, response_format=Weather)
    )
    equal(error.completion.choices[0].finish_reason, "length")


@case("openai chat.completions.stream: leaving in the middle lets upstream go")
def chat_leaving(stage: Stage) -> None:
    stage.simulator.enqueue(ENDLESS)
    with stage.openai().chat.completions.stream(**CHAT) as streaming:
        equal(next(event.delta for event in streaming if event.type == "content.delta" and event.delta), "It ")
    stage.simulator.wait_until_idle()
    asked = stage.simulator.turns()[-1]
    equal((asked["aborted"], asked["finished"]), (True, False))


@case("openai chat.completions.stream: one that breaks raises, after what came before")
def chat_broken(stage: Stage) -> None:
    stage.simulator.enqueue(BROKEN)
    seen = []

    def read() -> None:
        with stage.openai().chat.completions.stream(**CHAT) as streaming:
            seen.extend(event.delta for event in streaming if event.type == "content.delta")

    error = raises(openai.APIError, read)
    equal(("".join(seen), error.type, error.code), ("Half", "server_error", "upstream_error"))
