import asyncio
import json
from collections.abc import Awaitable, Callable

import openai

from case import Stage, case, equal

from .openai_questions import (
    CHAT, CHAT_TOOL, COLD, COLD_TEXT, ENDLESS, FENCED, MODEL, RESPONSE, RESPONSE_TOOL, RESULTS, TURNS, TURNS_TEXT, Weather,
)


def play(stage: Stage, action: Callable[[openai.AsyncOpenAI], Awaitable[None]]) -> None:
    async def with_client() -> None:
        async with stage.async_openai() as client:
            await action(client)

    asyncio.run(with_client())


@case("AsyncOpenAI: many completions, responses and streams at once")
def async_openai_at_once(stage: Stage) -> None:
    async def action(client: openai.AsyncOpenAI) -> None:
        async def completion(question: str) -> str:
            messages = [{"role": "user", "content": question}]
            return (await client.chat.completions.create(model=MODEL, messages=messages)).choices[0].message.content or ""

        async def streamed_completion(question: str) -> str:
            messages = [{"role": "user", "content": question}]
            async with client.chat.completions.stream(model=MODEL, messages=messages) as streaming:
                return (await streaming.get_final_completion()).choices[0].message.content or ""

        async def response(question: str) -> str:
            return (await client.responses.create(model=MODEL, input=question)).output_text

        async def streamed_response(question: str) -> str:
            async with client.responses.stream(model=MODEL, input=question) as streaming:
                return (await streaming.get_final_response()).output_text

        ways = (completion, streamed_completion, response, streamed_response)
        questions = [f"This is question {number}." for number in range(5)]
        answers = await asyncio.gather(*(way(question) for question in questions for way in ways))
        equal([question in answers[4 * index + way] for index, question in enumerate(questions) for way in range(4)],
              [True] * 20)

    play(stage, action)


@case("AsyncOpenAI: cancelling a stream lets upstream go")
def async_openai_cancel(stage: Stage) -> None:
    stage.simulator.enqueue(ENDLESS)

    async def action(client: openai.AsyncOpenAI) -> None:
        began = asyncio.Event()

        async def read() -> None:
            async with client.responses.stream(**RESPONSE) as streaming:
                async for event in streaming:
                    if event.type == "response.output_text.delta":
                        began.set()

        reading = asyncio.create_task(read())
        await asyncio.wait_for(began.wait(), 10)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

    play(stage, action)
    stage.simulator.wait_until_idle()
    equal(stage.simulator.turns()[-1]["aborted"], True)


@case("AsyncOpenAI: chat tools over several steps, streamed")
def async_openai_chat_tools(stage: Stage) -> None:
    stage.simulator.enqueue(*TURNS)

    async def action(client: openai.AsyncOpenAI) -> None:
        messages = [*CHAT["messages"]]
        for _ in range(3):
            async with client.chat.completions.stream(model=MODEL, messages=messages, tools=[CHAT_TOOL]) as streaming:
                message = (await streaming.get_final_completion()).choices[0].message
            calls = message.tool_calls or []
            results = [{"role": "tool", "tool_call_id": call.id, "content": "4 degrees"} for call in calls]
            messages += [message, *results]
        equal(message.content, TURNS_TEXT)

    play(stage, action)
    equal(stage.simulator.tool_results(), RESULTS)


@case("AsyncOpenAI: response tools over several steps, streamed")
def async_openai_response_tools(stage: Stage) -> None:
    stage.simulator.enqueue(*TURNS)

    async def action(client: openai.AsyncOpenAI) -> None:
        question = {**RESPONSE, "tools": [RESPONSE_TOOL]}
        for _ in range(3):
            async with client.responses.stream(**question) as streaming:
                response = await streaming.get_final_response()
            calls = [item for item in response.output if item.type == "function_call"]
            results = [{"type": "function_call_output", "call_id": call.call_id, "output": json.dumps(4)} for call in calls]
            question = {**question, "input": results, "previous_response_id": response.id}
        equal(response.output_text, TURNS_TEXT)

    play(stage, action)
    equal(stage.simulator.tool_results(), RESULTS)


@case("AsyncOpenAI: parse, the store, models, errors")
def async_openai_surface(stage: Stage) -> None:
    stage.simulator.enqueue(FENCED, FENCED, COLD)

    async def action(client: openai.AsyncOpenAI) -> None:
        completion = await client.chat.completions.parse(**CHAT, response_format=Weather)
        equal(completion.choices[0].message.parsed, Weather(city="Oslo", degrees=4))
        parsed = await client.responses.parse(**RESPONSE, text_format=Weather)
        equal(parsed.output_parsed, Weather(city="Oslo", degrees=4))
        response = await client.responses.create(**RESPONSE)
        equal((await client.responses.retrieve(response.id)).output_text, COLD_TEXT)
        items = [item async for item in client.responses.input_items.list(response.id)]
        equal([item.content[0].text for item in items], [RESPONSE["input"]])
        await client.responses.delete(response.id)
        ids = [model.id async for model in client.models.list()]
        equal((await client.models.retrieve(MODEL)).id in ids, True)
        for question in (client.responses.retrieve(response.id), client.responses.create(**{**RESPONSE, "model": "x"})):
            try:
                await question
            except openai.NotFoundError as error:
                equal(error.type, "invalid_request_error")
            else:
                raise AssertionError("it was found")

    play(stage, action)
