"""Writes retry-vectors.json with urllib3 (Debian's python3-urllib3), the reference for back-off and Retry-After.

Run by hand when a case is added:  python3 test/unit/session/policy/make-retry-vectors.py
"""
import json
import pathlib
import time
from unittest import mock

import urllib3
from urllib3.util.retry import Retry, RequestHistory

NOW = 1_700_000_000  # Tue, 14 Nov 2023 22:13:20 GMT


def backoffs():
    for factor in (0, 0.1, 0.5, 1, 2.5, 30):
        for failures in range(0, 12):
            history = tuple(RequestHistory("GET", "/", None, 503, None) for _ in range(failures))
            retry = Retry(total=20, backoff_factor=factor, history=history)
            yield {"factorMs": factor * 1000, "failures": failures, "waitMs": retry.get_backoff_time() * 1000}


DATES = [
    "Tue, 14 Nov 2023 22:13:50 GMT", "Tuesday, 14-Nov-23 22:14:20 GMT", "Tue Nov 14 22:15:20 2023",
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    "Thu, 29 Feb 2024 00:00:00 GMT", "Wed, 15 Nov 2023 00:00:00 GMT", "Mon, 01 Jan 2024 12:34:56 GMT",
]
NUMBERS = ["0", "1", "7", "120", "3600", " 5 ", "007"]
INVALID = ["-1", "1.5", "soon", "", "1 2", "+3", "0x10", "Tue, 99 Nov 2023 22:13:50 GMT"]


def retry_afters():
    with mock.patch.object(time, "time", return_value=NOW):
        for text in NUMBERS + DATES:
            yield {"header": text, "waitMs": Retry().parse_retry_after(text) * 1000}
        for text in INVALID:
            try:
                Retry().parse_retry_after(text)
            except Exception:
                yield {"header": text, "waitMs": None}
            else:
                yield {"header": text, "waitMs": None, "urllib3": "accepts it"}


def main():
    vectors = {
        "source": f"urllib3 {urllib3.__version__}", "nowMs": NOW * 1000,
        "backoff": list(backoffs()), "retryAfter": list(retry_afters()),
    }
    path = pathlib.Path(__file__).with_name("retry-vectors.json")
    path.write_text(json.dumps(vectors, indent=1) + "\n")


main()
