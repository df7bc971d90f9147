"""Shares in words, rounded as on paper and on the page."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def percent(share: float, digits: int = 0, sign: str = "%") -> str:
    """``84.3%`` of 0.8425, where formatting it would give 84.2%: a half goes up, not to the even digit."""
    rounded = Decimal(repr(float(share))).scaleb(2).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{rounded}{sign}"
