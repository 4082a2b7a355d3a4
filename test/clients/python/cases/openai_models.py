import openai
from openai.types import Model

from case import Stage, case, equal, holds, raises


@case("openai models.list: every model at once")
def list_openai_models(stage: Stage) -> None:
    models = list(stage.openai().models.list())
    for model in models:
        Model.model_validate(model.to_dict())
    ids = [model.id for model in models]
    equal((len(stage.sent), len(ids)), (1, len(set(ids))))
    holds("claude-sonnet-5" in ids, ids)


@case("openai models.retrieve: by id, and one that there is not, with a slash")
def retrieve_openai_model(stage: Stage) -> None:
    client = stage.openai()
    model = client.models.retrieve("claude-opus-5-5")
    equal((model.object, model.id), ("model", "claude-opus-5-5"))
    error = raises(openai.NotFoundError, lambda: client.models.retrieve("no/such model"))
    equal((error.code, "no/such model" in error.message), ("model_not_found", True))
