"""JSON pointers (RFC 6901), that also look into lists without an index."""

import re

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_BAD_ESCAPE = re.compile(r"~(?![01])")


class JsonPointer:
    """`/author/name`: the value of `name` in the object `author`.

    Where a step meets a list and is no index, it goes on with every element: authors are an object on one page and a
    list on the next. Raises ValueError for what is no pointer.
    """

    def __init__(self, pointer: str) -> None:
        if (pointer and pointer[0] != "/") or _BAD_ESCAPE.search(pointer):
            raise ValueError(f'"{pointer}" is no JSON pointer, such as "/author/name" (RFC 6901)')
        self._steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]

    def values(self, document: object) -> list[object]:
        """What the pointer leads to, in order; more than one where it leads through lists. Linear in the document."""
        values = [document]
        for step in self._steps:
            values = [found for value in values for found in _step(value, step)]
        return values


def _step(value: object, step: str) -> list[object]:
    if isinstance(value, dict):
        return [value[step]] if step in value else []
    if not isinstance(value, list):
        return []
    if _INDEX.fullmatch(step):
        index = int(step)
        return [value[index]] if index < len(value) else []
    return [item[step] for item in value if isinstance(item, dict) and step in item]
