"""What the cases of `openai` ask, and what the model answers."""

from typing import Any

from pydantic import BaseModel

from simulator import end, stream, text, thinking, tool_use

MODEL = "claude-sonnet-5"
#: Upstream keeps no limit of tokens for it.
UNLIMITED = "claude-sonnet-4-5"
ASKED = "Is it warm in Oslo?"
CHAT: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": ASKED}]}
RESPONSE: dict[str, Any] = {"model": MODEL, "input": ASKED}

PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = {"name": "get_weather", "description": "Current weather for a city.", "parameters": PARAMETERS}
CHAT_TOOL = {"type": "function", "function": WEATHER}
RESPONSE_TOOL = {"type": "function", "strict": True, **WEATHER}

COLD = stream(text("It is "), text("not – naïvely 日本 🙂."), end())
COLD_TEXT = "It is not – naïvely 日本 🙂."

#: Two calls at once, then one, then the answer.
TURNS = (
    stream(
        text("I look."),
        tool_use("tooluse_1", "get_weather", '{"city":', '"Oslo"}'),
        tool_use("tooluse_2", "get_weather", '{"ci', 'ty":"Bergen"}'),
        end("TOOL_USE"),
    ),
    stream(tool_use("tooluse_3", "get_weather", '{"city":"Bodø"}'), end("TOOL_USE")),
    stream(text("Oslo 4, "), text("Bergen 9, Bodø 1."), end()),
)
TURNS_TEXT = "Oslo 4, Bergen 9, Bodø 1."
#: The ids of the calls as a client sees them, by turn.
RESULTS = [[], ["call_1", "call_2"], ["call_3"]]

THOUGHTFUL = stream(
    thinking("I look ", "first.", signature="c2ln"),
    text("Looking."),
    tool_use("tooluse_1", "get_weather", '{"ci', 'ty":"Os', 'lo"}'),
    end("TOOL_USE"),
)


class Weather(BaseModel):
    city: str
    degrees: int


FENCED = stream(text('```json\n{"city":"Os'), text('lo","degrees":4}\n```'), end())
ENDLESS = stream(text("It "), {"pause": 600_000}, text("never ends."))
BROKEN = stream(text("Half"), {"pause": 100}, {"reset": True})
