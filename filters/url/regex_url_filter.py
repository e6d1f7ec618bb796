"""RegexURLFilter: the first rule that matches decides."""

from typing import Annotated, NamedTuple

from pydantic import Field, PlainValidator, ValidationInfo

from spindrift.errors import ConfigurationError
from spindrift.filtering import FilterParams, ParamsMistakeError, resources_of
from spindrift.metadata import Metadata
from spindrift.regexes import FirstMatch, compile_regex


class Rule(NamedTuple):
    """One rule: does a URL that `pattern` is found in pass?"""

    accept: bool
    pattern: str
    where: str = ""
    """File and line, or the place among the inline rules."""


def parse_rule(line: object, where: str = "") -> Rule | None:
    """The rule in a line `+pattern` or `-pattern`; None for a blank or a comment. Raises ValueError."""
    if not isinstance(line, str):
        raise ValueError(f'got {line!r}, expected a text such as "-\\.jpg$"')
    if not line.strip() or line[0] in "# ":
        return None
    if line[0] not in "+-":
        raise ValueError(f'"{line}" has to start with + (accept), - (refuse) or # (a comment)')
    compile_regex(line[1:])
    return Rule(line[0] == "+", line[1:], where)


def read_rules(name: object, info: ValidationInfo) -> list[Rule]:
    """The rules of a file, unless there are inline ones. Raises ParamsMistakeError with all wrong lines."""
    if info.data.get("url_filters", ...) is not None:
        return []  # inline rules, right or wrong: they stand instead of a file
    if not isinstance(name, str):
        raise ValueError(f"got {name!r}, expected the name of a file")
    try:
        path = resources_of(info.context).find(name)
        # Windows' editors put a mark before UTF-8.
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except ConfigurationError as error:
        raise ParamsMistakeError(error.problems) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} cannot be read: {error}") from None
    rules, mistakes = [], []
    for number, line in enumerate(lines, start=1):
        try:
            rule = parse_rule(line, f"line {number} of {name}")
        except ValueError as error:
            mistakes.append(f"{path}, line {number}: {error}")
        else:
            if rule:
                rules.append(rule)
    if mistakes:
        raise ParamsMistakeError(mistakes)
    return rules


class RegexURLFilter:
    """Accepts or refuses URLs by the first rule whose pattern is found in them; refuses those that no rule fits.

    A rule is a line `+pattern` (accept) or `-pattern` (refuse); lines that start with # are comments. Patterns are
    RE2's: a URL costs linear time whatever the pattern, at the price of look-arounds and back-references.
    """

    class Params(FilterParams):
        """Parameters of RegexURLFilter."""

        url_filters: list[Annotated[Rule | None, PlainValidator(parse_rule, json_schema_input_type=str)]] | None = None
        """Rules, instead of a file."""
        regex_filter_file: Annotated[list[Rule], PlainValidator(read_rules, json_schema_input_type=str)] = Field(
            default="default-regex-filters.txt", validate_default=True
        )
        """File of rules, a line each."""

    depends_on_source = False

    def __init__(self, params: Params) -> None:
        inline = params.url_filters
        self._rules = params.regex_filter_file if inline is None else _numbered(inline)
        self._accepts = [rule.accept for rule in self._rules]
        self._first = FirstMatch([rule.pattern for rule in self._rules]).search

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where the first rule that matches refuses it, or none matches."""
        index = self._first(url)
        return url if index is not None and self._accepts[index] else None

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """By which line."""
        index = self._first(url)
        if index is None:
            return "no rule fits it; +. as the last one would let it pass"
        rule = self._rules[index]
        return f"{rule.where}: {'+' if rule.accept else '-'}{rule.pattern}"


def _numbered(inline: list[Rule | None]) -> list[Rule]:
    return [rule._replace(where=f"urlFilters/{index}") for index, rule in enumerate(inline) if rule]
