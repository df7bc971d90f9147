"""Figures of ``audio-cnn evaluate`` as tables on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audio_cnn.evaluation.percent import percent

if TYPE_CHECKING:
    from rich.table import Table

WORST = 10


def tables(figures: dict[str, Any]) -> list[Table]:
    """The figures of any ``audio-cnn evaluate``, as their JSON has them, in words."""
    if "outside" in figures:
        made = [] if figures["made"] is None else [_made_table(figures["made"])]
        return [_known_table(figures), _outside_table(figures), *made, _trade_off_table(figures)]
    if "conditions" in figures:
        return [_conditions_table(figures)]
    return [_table(figures)]


def _known_table(figures: dict[str, Any]) -> Table:
    from rich.table import Table

    known, least = figures["known"], figures["least_confidence"]
    table = Table(box=None, pad_edge=False, show_header=False)
    threshold = "the model has no threshold" if least is None else f"{percent(least, 2)} confidence"
    table.add_row("not sure below", threshold)
    table.add_row("accuracy", f"{percent(known['accuracy'], 2)} of {known['n']} clips")
    table.add_row("flagged as not sure", percent(known["flagged"], 2))
    for which in ("accepted", "flagged"):
        accuracy = known[f"accuracy_{which}"]
        table.add_row(f"accuracy of the {which}", percent(accuracy, 2) if accuracy is not None else "-")
    return table


def _outside_table(figures: dict[str, Any]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table("sounds of no class", box=None, pad_edge=False)
    for name in ("clips", "AUROC", "flagged"):
        table.add_column(name, justify="right")
    table.add_column("taken for")
    for kind, one in figures["outside"].items():
        names = ", ".join(f"{escape(name)} {count}" for name, count in one["taken_for"].items())
        table.add_row(kind, str(one["n"]), f"{one['auroc']:.3f}", percent(one["flagged"]), names)
    return table


def _made_table(made: dict[str, Any]) -> Table:
    from rich.table import Table

    table = Table("sounds of classes, made by code too", box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_row("named rightly", f"{percent(made['accuracy'])} of {made['n']}")
    table.add_row("of these flagged", percent(made["right_flagged"]))
    table.add_row("AUROC of these against those of no class", f"{made['auroc']:.3f}")
    return table


def _trade_off_table(figures: dict[str, Any]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("threshold", "accepted", "accuracy of these", "others flagged"):
        table.add_column(name, justify="right")
    for row in figures["trade_off"]:
        shares = (row["least_confidence"], row["coverage"], row["accuracy"], row["outside_flagged"])
        table.add_row(*(percent(share, 1) for share in shares))
    return table


def _conditions_table(figures: dict[str, Any]) -> Table:
    from rich.table import Table

    table = Table(f"{figures['n']} clips", box=None, pad_edge=False)
    for name in ("accuracy", "among three", "not sure"):
        table.add_column(name, justify="right")
    for name, one in figures["conditions"].items():
        table.add_row(name, *(percent(one[key], 1) for key in ("accuracy", "top3", "flagged")))
    return table


def _table(figures: dict[str, Any]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    if "folds" in figures:
        for fold, accuracy in figures["folds"].items():
            table.add_row(f"fold {fold}", percent(accuracy, 2))
        for seed, accuracy in figures.get("seeds", {}).items():
            table.add_row(f"seed {seed}", percent(accuracy, 2))
        between = _between(figures["sd_accuracy"], "folds") + _between(figures.get("sd_seeds"), "seeds")
        table.add_row("mean", f"{percent(figures['mean_accuracy'], 2)}{between}")
        table.add_row("temperature", f"{figures['temperature']:.3f}")
        figures = figures["pooled"]
    else:
        table.add_row("accuracy", f"{percent(figures['accuracy'], 2)} of {figures['n']} clips")
    table.add_row("right among three likeliest", percent(figures["top3"], 2))
    table.add_row("expected calibration error", percent(figures["ece"], 2))
    table.add_row("log loss", f"{figures['log_loss']:.3f}")
    table.add_row("hardest classes", escape(hardest(figures["per_class"])))
    return table


def hardest(recalls: dict[str, float]) -> str:
    """The classes with the lowest recall, those that are always right apart."""
    missed = [(recall, name) for name, recall in recalls.items() if recall < 1]
    worst = (f"{name} {percent(recall)}" for recall, name in sorted(missed)[:WORST])
    return ", ".join(worst) or "none: all are right"


def _between(deviation: float | None, what: str) -> str:
    return f" ± {percent(deviation, 2)} between {what}" if deviation is not None else ""
