"""Run benchmarks by name and print one Markdown table."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable

from benchmarks import epoch, evidence, folder, latency, outsiders, server, startup
from benchmarks.measure import Row

BENCHMARKS: dict[str, Callable[[], list[Row]]] = {
    "latency": latency.rows,
    "startup": startup.rows,
    "folder": folder.rows,
    "epoch": epoch.rows,
    "server": server.rows,
    "outsiders": outsiders.rows,
    "evidence": evidence.rows,
}


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
        for row in BENCHMARKS[name]():
            missed |= row.reached is False
            mark = {True: "reached", False: "missed", None: ""}[row.reached]
            print(f"| {row.what} | {row.measured} | {row.bar} | {mark} |", flush=True)
    return int(missed)


sys.exit(main(sys.argv[1:]))
