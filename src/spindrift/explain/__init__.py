"""Why a URL would be fetched now, later or never."""

from spindrift.explain.steps import Explanation, Step, Verdict

__all__ = ["Explanation", "Step", "Verdict"]
