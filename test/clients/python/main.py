"""Plays the cases of the official Python SDKs: one JSON line for each on standard output.

Starts nothing: `test/clients/python-sdk.mjs` starts simulator and gateway, and says where they are in the environment.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
import warnings

import cases  # noqa: F401  (fills CASES)
from case import CASES, Case, Stage
from simulator import Simulator


def play(each: Case, simulator: Simulator) -> dict[str, object]:
    started = time.monotonic()
    detail = None
    try:
        simulator.reset()
        keys = os.environ["AMQ_API_KEY"], os.environ["AMQ_ADMIN_KEY"]
        stage = Stage(os.environ["AMQ_BASE_URL"], *keys, simulator)
        stage.bring_accounts_back()
        each.play(stage)
        simulator.wait_until_idle()
    except Exception:
        detail = traceback.format_exc()
    duration = round((time.monotonic() - started) * 1000)
    result = {"name": each.name, "title": each.title, "passed": detail is None, "durationMs": duration}
    return result if detail is None else {**result, "detail": detail}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", action="append", dest="names", default=[])
    names = parser.parse_args().names
    unknown = set(names) - {each.name for each in CASES}
    if unknown:
        print(f"There is no case {', '.join(sorted(unknown))}. There are:", file=sys.stderr)
        print(*(each.name for each in CASES), sep="\n", file=sys.stderr)
        return 2
    # What an SDK warns of, it warns of because of us.
    warnings.simplefilter("error")
    simulator = Simulator(os.environ["AMQ_SIMULATOR_URL"])
    chosen = [each for each in CASES if not names or each.name in names]
    for each in chosen:
        print(json.dumps(play(each, simulator)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
