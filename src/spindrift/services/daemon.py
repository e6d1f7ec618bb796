"""A server process as it is to be started."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class Daemon:
    """One process of a service, and where its output goes."""

    name: str
    command: list[str]
    folder: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    """Beside that of whoever starts it."""
    restarts: bool = False
    """Started again when it ends. Otherwise its end is the end of the service."""

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return asdict(self) | {"folder": str(self.folder), "log": str(self.log)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The inverse."""
        return cls(**values | {"folder": Path(values["folder"]), "log": Path(values["log"])})
