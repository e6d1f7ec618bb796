"""A reading in the text format of Prometheus."""

import re
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from spindrift.metrics.reading import Reading

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "spindrift_"
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_]")
_COUNTERS = frozenset({"fetcher_counter", "counters", "Indexer", "JSoupParserBolt"})
"""Those of StormCrawler's metrics that only grow."""


def prometheus_text(reading: Reading) -> bytes:
    """All metrics: those of the runner as `spindrift_emitted_total{component, stream}` and so on, those that components
    report under their own names, their scopes as the label `scope`; of hosts with the label `host`.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(reading))
    return generate_latest(registry)


class _Once(Collector):
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def collect(self) -> Iterator[Metric]:
        reading = self._reading
        yield GaugeMetricFamily(_PREFIX + "uptime_seconds", "Since the topology was started.", reading.uptime)
        yield GaugeMetricFamily(_PREFIX + "in_flight", "Spout tuples that are not acked yet.", reading.in_flight)
        yield from _runner(reading)
        yield from _reported(reading)
        yield from _hosts(reading)
        if reading.statuses:
            family = GaugeMetricFamily(_PREFIX + "status_count", "URLs of the store.", labels=["status"])
            for status, count in reading.statuses.items():
                family.add_metric([status], count)
            yield family


def _runner(reading: Reading) -> Iterator[Metric]:
    emitted = CounterMetricFamily(_PREFIX + "emitted", "Tuples emitted.", labels=["component", "stream"])
    for name, component in reading.components.items():
        for stream, count in component.emitted.items():
            emitted.add_metric([name, stream], count)
    yield emitted
    for attribute, meaning in (
        ("transferred", "Tuples handed over to other tasks."),
        ("acked", "Tuples acked; of a spout, trees."),
        ("failed", "Tuples failed; of a spout, trees."),
        ("errors", "Exceptions and errors reported."),
    ):
        counter = CounterMetricFamily(_PREFIX + attribute, meaning, labels=["component"])
        for name, component in reading.components.items():
            counter.add_metric([name], getattr(component, attribute))
        yield counter
    for attribute, meaning in (
        ("tasks", "Tasks of the component."),
        ("latency_ms", "Milliseconds from process to ack; of a spout, until the tree is acked. Sampled."),
        ("queue_length", "Tuples that wait."),
    ):
        gauge = GaugeMetricFamily(_PREFIX + attribute, meaning, labels=["component"])
        for name, component in reading.components.items():
            gauge.add_metric([name], getattr(component, attribute))
        yield gauge


def _reported(reading: Reading) -> Iterator[Metric]:
    names = dict.fromkeys(name for component in reading.components.values() for name in component.metrics)
    families: dict[str, Metric] = {}
    for name in names:
        values = {key: component.metrics.get(name) for key, component in reading.components.items()}
        scoped = any(isinstance(value, dict) for value in values.values())
        labels = ["component", "scope"] if scoped else ["component"]
        full = _PREFIX + _NOT_IN_NAMES.sub("_", name)
        if full in families:
            continue
        kind = CounterMetricFamily if name in _COUNTERS else GaugeMetricFamily
        family = families[full] = kind(full, f"{name}, as the component reports it.", labels=labels)
        for component, value in values.items():
            if isinstance(value, dict):
                for scope, number in value.items():
                    family.add_metric([component, scope], number)
            elif value is not None:
                family.add_metric([component, ""] if scoped else [component], value)
    yield from families.values()


def _hosts(reading: Reading) -> Iterator[Metric]:
    for attribute, growing, meaning in (
        ("fetched", True, "Answers of the host."),
        ("bytes_fetched", True, "Bytes of its answers, decoded."),
        ("unanswered", True, "URLs that got no answer."),
        ("fetch_time", False, "Mean milliseconds of an answer."),
        ("in_queues", False, "URLs that wait for the host."),
    ):
        kind = CounterMetricFamily if growing else GaugeMetricFamily
        family = kind(_PREFIX + "host_" + attribute, meaning, labels=["host"])
        for host, counted in reading.hosts.items():
            family.add_metric([host], getattr(counted, attribute))
        if reading.hosts:
            yield family
