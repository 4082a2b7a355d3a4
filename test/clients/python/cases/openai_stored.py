import openai
from openai.types.responses import Response, ResponseItem
from pydantic import TypeAdapter

from case import Stage, case, equal, holds, raises
from simulator import end, stream, text

from .openai_questions import ASKED, COLD, COLD_TEXT, ENDLESS, MODEL, RESPONSE

ITEM: TypeAdapter[ResponseItem] = TypeAdapter(ResponseItem)


@case("openai responses.retrieve: the response as it was, streamed or not")
def retrieve(stage: Stage) -> None:
    stage.simulator.enqueue(COLD, COLD)
    client = stage.openai()
    created = client.responses.create(**RESPONSE)
    with client.responses.stream(**RESPONSE) as streaming:
        streamed = streaming.get_final_response()
    for response in (created, streamed):
        stored = client.responses.retrieve(response.id)
        Response.model_validate(stored.to_dict())
        equal((stored.id, stored.status, stored.output_text), (response.id, "completed", COLD_TEXT))
        equal((stored.created_at, stored.usage), (response.created_at, response.usage))


@case("openai responses.input_items.list: what was asked, of every page")
def input_items(stage: Stage) -> None:
    client = stage.openai()
    items = [{"role": "user", "content": f"Question {number}"} for number in range(5)]
    response = client.responses.create(model=MODEL, input=items)
    listed = list(client.responses.input_items.list(response.id, order="asc", limit=2))
    for item in listed:
        ITEM.validate_python(item.to_dict())
    equal([item.content[0].text for item in listed], [f"Question {number}" for number in range(5)])
    latest = client.responses.input_items.list(response.id).data[0]
    equal(latest.content[0].text, "Question 4")


@case("openai responses.delete: it is gone, and nothing goes on from it")
def delete(stage: Stage) -> None:
    client = stage.openai()
    response = client.responses.create(**RESPONSE)
    client.responses.delete(response.id)
    raises(openai.NotFoundError, lambda: client.responses.retrieve(response.id))
    raises(openai.NotFoundError, lambda: client.responses.input_items.list(response.id))
    error = raises(
        openai.BadRequestError, lambda: client.responses.create(**RESPONSE, previous_response_id=response.id)
    )
    equal((error.code, error.param), ("previous_response_not_found", "previous_response_id"))


@case("openai responses.create: store=False keeps nothing")
def unstored(stage: Stage) -> None:
    client = stage.openai()
    response = client.responses.create(**RESPONSE, store=False)
    raises(openai.NotFoundError, lambda: client.responses.retrieve(response.id))


@case("openai responses.create: an item is known by its id alone")
def item_reference(stage: Stage) -> None:
    stage.simulator.enqueue(COLD, stream(text("Really."), end()))
    client = stage.openai()
    first = client.responses.create(**RESPONSE)
    reference = {"type": "item_reference", "id": first.output[0].id}
    again = {"role": "user", "content": "Really?"}
    second = client.responses.create(model=MODEL, input=[{"role": "user", "content": ASKED}, reference, again])
    equal(second.output_text, "Really.")
    state = stage.simulator.turns()[-1]["body"]["conversationState"]
    said = [turn["assistantResponseMessage"]["content"] for turn in state["history"] if "assistantResponseMessage" in turn]
    holds(COLD_TEXT in said, said)


@case("openai responses: tokens counted, a conversation compacted, nothing to cancel")
def other_calls(stage: Stage) -> None:
    client = stage.openai()
    plain = client.responses.input_tokens.count(**RESPONSE).input_tokens
    long = client.responses.input_tokens.count(**RESPONSE, instructions="Be brief and friendly. " * 100).input_tokens
    holds(plain > 0 and long > plain + 100, (plain, long))
    equal(stage.simulator.turns(), [])
    stage.simulator.enqueue(stream(text("They spoke of Oslo."), end()), COLD)
    compacted = client.responses.compact(**RESPONSE)
    equal((compacted.object, compacted.output[-1].type), ("response.compaction", "compaction"))
    # Without warnings: the SDK's type knows no messages of users there, its description does.
    question = [*compacted.model_dump(warnings=False)["output"], {"role": "user", "content": "And now?"}]
    equal(client.responses.create(model=MODEL, input=question).output_text, COLD_TEXT)
    holds("They spoke of Oslo." in str(stage.simulator.turns()[-1]["body"]), "the summary is missing")
    response = client.responses.create(**RESPONSE)
    raises(openai.BadRequestError, lambda: client.responses.cancel(response.id))


@case("openai responses: a stream that is left halfway is not there as a whole one")
def left_halfway(stage: Stage) -> None:
    stage.simulator.enqueue(ENDLESS)
    client = stage.openai()
    with client.responses.create(**RESPONSE, stream=True) as events:
        identifier = next(iter(events)).response.id
    stage.simulator.wait_until_idle()
    try:
        holds(client.responses.retrieve(identifier).status != "completed", "it is stored as completed")
    except openai.NotFoundError:
        pass
