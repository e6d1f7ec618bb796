"""Filters of a user, for tests: what they may be, and what may be wrong with them."""

from pydantic import BaseModel, RootModel

from spindrift.metadata import Metadata


class Shouting:
    """Takes no parameters."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return url.upper()


class Suffix:
    """Takes parameters, by a plain pydantic model."""

    class Params(BaseModel):
        suffix: str
        times: int = 1

    def __init__(self, params: Params) -> None:
        self._end = params.suffix * params.times

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return url + self._end


class FreeForm:
    """Takes any names, each with a text or a list of texts."""

    class Params(RootModel[dict[str, str | list[str]]]):
        pass

    def __init__(self, params: Params) -> None:
        self.given = params.root

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return url


class Raising:
    """Fails at its work."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        if "good" in url:
            return url
        raise RuntimeError("no good")


class Truthy:
    """Answers what is no URL."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> bool:
        return True


class Unmade:
    """Fails when it is made."""

    def __init__(self) -> None:
        raise OSError("no disk")

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return url


class Undeclared:
    """Wants parameters that it does not declare."""

    def __init__(self, params: object) -> None:
        self.params = params

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return url


class NotGiven:
    """Declares parameters, and does not take them."""

    class Params(BaseModel):
        n: int

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return url


class OnPages:
    """A parse filter."""

    def filter(self, page: object) -> None:
        pass


class NoFilter:
    """Has no method `filter`."""


not_a_class = 1
