"""Run benchmarks by name and print one Markdown table."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module

from benchmarks.measure import Row

BENCHMARKS = "latency", "startup", "folder", "epoch", "server", "outsiders", "evidence"
"""Modules with a function ``rows``, imported when it is their turn: only some of them need torch."""


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark '{unknown[0]}'; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}\n")
    print("| what | measured | bar | |\n| --- | --: | --: | --- |")
    missed = False
    for name in names or BENCHMARKS:
        rows: list[Row] = import_module(f"benchmarks.{name}").rows()
        for row in rows:
            missed |= row.reached is False
            mark = {True: "reached", False: "missed", None: ""}[row.reached]
            print(f"| {row.what} | {row.measured} | {row.bar} | {mark} |", flush=True)
    return int(missed)


sys.exit(main(sys.argv[1:]))
