"""Every case, in the order of this list: those of `anthropic`, then those of `openai`, then what operators read."""

from . import messages, streams, tools, failures, models, asynchronous  # noqa: F401
from . import openai_chat, openai_responses, openai_stored, openai_failures, openai_models, openai_asynchronous  # noqa: F401
from . import operations  # noqa: F401
