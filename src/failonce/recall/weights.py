"""The few numbers that decide what recall ranks first and when it speaks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Weights:
    """Numbers learnt from pairs that people judged; see how-recall-ranks."""

    service: float = field(
        default=0.08, metadata={"means": "Both concern the same service."}
    )
    technology: float = field(
        default=0.04, metadata={"means": "Both concern the same technology."}
    )
    path: float = field(
        default=0.15, metadata={"means": "The change touches a path the lesson names."}
    )
    steepness: float = field(
        default=14.0, metadata={"means": "How fast likeness becomes certainty."}
    )
    even_chance: float = field(
        default=0.34, metadata={"means": "The likeness at which yes and no are even."}
    )
    speaks_at: float = field(
        default=0.5, metadata={"means": "The chance from which recall speaks unasked."}
    )
