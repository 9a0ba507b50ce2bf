"""Reads OpenMetrics text from stdin by the reference parser and prints its samples as JSON."""

import io
import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="\n").read()
samples = [
    {"family": family.name, "type": family.type, "unit": family.unit, "name": s.name, "labels": s.labels, "value": s.value}
    for family in text_string_to_metric_families(text)
    for s in family.samples
]
json.dump(samples, sys.stdout)
