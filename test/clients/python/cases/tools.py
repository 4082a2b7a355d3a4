import json

from anthropic import beta_tool
from case import QUESTION, Stage, case, equal
from simulator import end, stream, text, tool_use

from .streams import WEATHER

TURNS = (
    stream(text("I look."), tool_use("tooluse_1", "get_weather", '{"city":', '"Oslo"}'), end("TOOL_USE")),
    stream(tool_use("tooluse_2", "get_weather", '{"city":"Bergen"}'), end("TOOL_USE")),
    stream(text("Oslo 4, "), text("Bergen 9."), end()),
)


@case("a tool loop by hand, the last result an error")
def tool_loop(stage: Stage) -> None:
    stage.simulator.enqueue(*TURNS)
    client = stage.client()
    messages = [*QUESTION["messages"]]
    for failed in (False, True):
        message = client.messages.create(**{**QUESTION, "messages": messages}, tools=[WEATHER])
        equal(message.stop_reason, "tool_use")
        use = message.content[-1]
        result = {"type": "tool_result", "tool_use_id": use.id, "content": "4 degrees", "is_error": failed}
        messages += [{"role": "assistant", "content": message.content}, {"role": "user", "content": [result]}]
    message = client.messages.create(**{**QUESTION, "messages": messages}, tools=[WEATHER])
    equal((message.stop_reason, message.content[0].text), ("end_turn", "Oslo 4, Bergen 9."))
    equal(stage.simulator.tool_results(), [[], ["tooluse_1"], ["tooluse_2"]])


def play_runner(stage: Stage, *, streaming: bool) -> None:
    """The runner asks for a thread held by the server, is refused once, and goes on with the whole history."""
    cities = []

    @beta_tool
    def get_weather(city: str) -> str:
        """Current weather for a city.

        Args:
            city: its name
        """
        cities.append(city)
        return "4 degrees"

    stage.simulator.enqueue(*TURNS)
    runner = stage.client().beta.messages.tool_runner(**QUESTION, tools=[get_weather], stream=streaming)
    replies = [reply.get_final_message() if streaming else reply for reply in runner]
    equal([reply.stop_reason for reply in replies], ["tool_use", "tool_use", "end_turn"])
    equal(replies[-1].content[0].text, "Oslo 4, Bergen 9.")
    equal(cities, ["Oslo", "Bergen"])
    equal(["thread" in json.loads(request.content) for request in stage.sent], [True, False, False, False])
    equal(stage.simulator.tool_results(), [[], ["tooluse_1"], ["tooluse_2"]])


@case("beta.messages.tool_runner with @beta_tool")
def tool_runner(stage: Stage) -> None:
    play_runner(stage, streaming=False)


@case("beta.messages.tool_runner, streaming")
def tool_runner_streaming(stage: Stage) -> None:
    play_runner(stage, streaming=True)
