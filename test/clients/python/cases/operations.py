import urllib.request

from case import QUESTION, Stage, case, equal, holds
from prometheus_client.parser import text_string_to_metric_families


@case("/metrics: Prometheus' own parser reads every family of it")
def read_metrics(stage: Stage) -> None:
    before = _samples(stage)
    stage.client().messages.create(**QUESTION)
    after = _samples(stage)
    ended = ("amq_gateway_requests_total", (("outcome", "success"), ("protocol", "anthropic")))
    equal(after[ended] - before[ended], 1)
    first_tokens = ("amq_gateway_time_to_first_token_seconds_bucket", (("le", "+Inf"), ("protocol", "anthropic")))
    equal(after[first_tokens] - before[first_tokens], 1)
    ours = {name for name, _ in after if name.startswith(("amazonq_", "amq_gateway_"))}
    holds(len(ours) > 30, ours)


def _samples(stage: Stage) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    request = urllib.request.Request(f"{stage.base_url}/metrics", headers={"x-api-key": stage.admin_key})
    with urllib.request.urlopen(request, timeout=10) as response:
        page = response.read().decode()
    samples = {}
    for family in text_string_to_metric_families(page):
        holds(family.documentation, f"{family.name} says nothing of itself")
        holds(family.type in ("counter", "gauge", "histogram"), f"{family.name} is {family.type}")
        for sample in family.samples:
            series = sample.name, tuple(sorted(sample.labels.items()))
            holds(series not in samples, f"{series} is there twice")
            samples[series] = sample.value
    return samples
