import asyncio
from collections.abc import Awaitable, Callable

import anthropic
from anthropic import beta_async_tool
from case import QUESTION, Stage, case, equal
from simulator import end, stream, text

from .tools import TURNS


def play(stage: Stage, action: Callable[[anthropic.AsyncAnthropic], Awaitable[None]]) -> None:
    async def with_client() -> None:
        async with stage.async_client() as client:
            await action(client)

    asyncio.run(with_client())


@case("AsyncAnthropic: many messages and streams at once")
def async_at_once(stage: Stage) -> None:
    async def action(client: anthropic.AsyncAnthropic) -> None:
        async def create(number: int) -> str:
            question = [{"role": "user", "content": f"This is question {number}."}]
            return (await client.messages.create(**{**QUESTION, "messages": question})).content[0].text

        async def streamed(number: int) -> str:
            question = [{"role": "user", "content": f"This is question {number}."}]
            async with client.messages.stream(**{**QUESTION, "messages": question}) as streaming:
                return "".join([piece async for piece in streaming.text_stream])

        answers = await asyncio.gather(*(work(number) for number in range(10) for work in (create, streamed)))
        quoted = [f"This is question {number}." in answers[2 * number + way] for number in range(10) for way in (0, 1)]
        equal(quoted, [True] * 20)

    play(stage, action)


@case("AsyncAnthropic: cancelling a stream lets upstream go")
def async_cancel(stage: Stage) -> None:
    stage.simulator.enqueue(stream(text("It "), {"pause": 600_000}, text("never ends.")))

    async def action(client: anthropic.AsyncAnthropic) -> None:
        began = asyncio.Event()

        async def read() -> None:
            async with client.messages.stream(**QUESTION) as streaming:
                async for _ in streaming.text_stream:
                    began.set()

        reading = asyncio.create_task(read())
        await asyncio.wait_for(began.wait(), 10)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

    play(stage, action)
    stage.simulator.wait_until_idle()
    equal(stage.simulator.turns()[-1]["aborted"], True)


@case("AsyncAnthropic: tool_runner, models, count_tokens, errors")
def async_surface(stage: Stage) -> None:
    cities = []

    @beta_async_tool
    async def get_weather(city: str) -> str:
        """Current weather for a city."""
        cities.append(city)
        return "4 degrees"

    async def action(client: anthropic.AsyncAnthropic) -> None:
        stage.simulator.enqueue(*TURNS)
        runner = client.beta.messages.tool_runner(**QUESTION, tools=[get_weather])
        equal((await runner.until_done()).content[0].text, "Oslo 4, Bergen 9.")
        equal(cities, ["Oslo", "Bergen"])
        equal(stage.simulator.tool_results(), [[], ["tooluse_1"], ["tooluse_2"]])
        ids = [model.id async for model in client.models.list(limit=5)]
        equal(len(ids), len(set(ids)))
        counted = await client.messages.count_tokens(model=QUESTION["model"], messages=QUESTION["messages"])
        equal(counted.input_tokens > 0, True)
        stage.simulator.enqueue(stream(text("Cold."), end()))
        equal((await client.messages.create(**QUESTION)).content[0].text, "Cold.")
        try:
            await client.messages.create(**{**QUESTION, "model": "no-such-model"})
        except anthropic.NotFoundError as error:
            equal(error.type, "not_found_error")
        else:
            raise AssertionError("an unknown model was taken")

    play(stage, action)
