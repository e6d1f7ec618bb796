"""What stands between a URL and its page, step by step."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What a step does to a URL."""

    PASSES = "passes"
    WAITS = "waits"
    STOPS = "stops"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that decides about the URL: `why` says what of it decided. `until`: epoch seconds of a wait."""

    name: str
    verdict: Verdict
    why: str
    until: float | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All steps for a URL; `url` is as the filters leave it."""

    asked: str
    url: str
    steps: tuple[Step, ...]

    @property
    def verdict(self) -> Verdict:
        """That of the whole: the worst of the steps, one that stops before one that waits or is unknown."""
        found = {step.verdict for step in self.steps}
        return next(each for each in _WORST_FIRST if each in found)

    @property
    def until(self) -> float | None:
        """When the last wait ends; None where none has an end that is known."""
        return max((step.until for step in self.steps if step.until is not None), default=None)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        steps = [asdict(step) for step in self.steps]
        return {"asked": self.asked, "url": self.url, "verdict": self.verdict, "until": self.until, "steps": steps}


_WORST_FIRST = (Verdict.STOPS, Verdict.WAITS, Verdict.UNKNOWN, Verdict.PASSES)
