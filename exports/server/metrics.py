"""Numbers about the server in the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from exports.server.pool import WorkerPool
from exports.server.renewal import Renewal

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(slots=True)
class Metrics:
    """What has been counted since the start."""

    responses: Counter[tuple[str, int]] = field(default_factory=Counter)
    buckets: Counter[float] = field(default_factory=Counter)
    seconds: float = 0.0
    count: int = 0

    def observe(self, operation: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.responses[operation, status] += 1
        self.count += 1
        self.seconds += seconds
        for bound in _BOUNDS:
            if seconds <= bound:
                self.buckets[bound] += 1

    def write(self, pool: WorkerPool, renewal: Renewal | None = None) -> str:
        """All numbers as text."""
        lines = [
            "# HELP kg_requests_total Requests by operation and status.",
            "# TYPE kg_requests_total counter",
        ]
        for (operation, status), number in sorted(self.responses.items()):
            lines.append(f'kg_requests_total{{operation="{operation}",status="{status}"}} {number}')
        lines += [
            "# HELP kg_request_seconds Time to the answer's first bytes.",
            "# TYPE kg_request_seconds histogram",
        ]
        lines += [f'kg_request_seconds_bucket{{le="{bound}"}} {self.buckets[bound]}' for bound in _BOUNDS]
        lines.append(f'kg_request_seconds_bucket{{le="+Inf"}} {self.count}')
        lines += [f"kg_request_seconds_sum {self.seconds:.6f}", f"kg_request_seconds_count {self.count}"]
        stats = pool.stats
        rows = [
            ("workers", "gauge", "Worker processes.", pool.size),
            ("workers_idle", "gauge", "Workers that wait for a query.", pool.idle),
            ("waiting", "gauge", "Queries that wait for a worker.", pool.waiting),
            ("queries_total", "counter", "Queries that a worker took.", stats.jobs),
            ("timeouts_total", "counter", "Queries stopped for taking too long.", stats.timeouts),
            (
                "deaths_total",
                "counter",
                "Workers that ended by themselves, for want of memory mostly.",
                stats.deaths,
            ),
            ("refused_total", "counter", "Queries turned away because too many waited.", stats.refused),
            ("worker_restarts_total", "counter", "Workers replaced.", stats.restarts),
            ("statements", "gauge", "Statements in the store.", pool.now.data.statements),
        ]
        if renewal is not None:
            rows += [
                ("renewals_total", "counter", "Times that a changed graph was taken over.", renewal.done),
                ("renewal_failures_total", "counter", "Times that this failed.", renewal.failures),
                (
                    "stale",
                    "gauge",
                    "1 while the graph has changed and a former state is served.",
                    int(renewal.stale),
                ),
            ]
        for name, kind, meaning, value in rows:
            lines += [f"# HELP kg_{name} {meaning}", f"# TYPE kg_{name} {kind}", f"kg_{name} {value}"]
        return "\n".join(lines) + "\n"
