"""RegexURLNormalizer: rewrites URLs by regular expressions."""

from typing import Annotated, Self

from pydantic import Field, PlainValidator, ValidationInfo, model_validator

from spindrift.errors import ConfigurationError
from spindrift.filtering import FilterParams, ParamsMistakeError, resources_of
from spindrift.filtering.normalizer_files import read_normalizer_file
from spindrift.filtering.substitution import Rule, Substitutions, check_rule
from spindrift.metadata import Metadata


class Normalizer(FilterParams):
    """One rule of the list."""

    pattern: Annotated[str, Field(min_length=1)]
    """What is replaced, wherever it is found."""
    substitution: str = ""
    """What stands there instead: $1 or ${name} is what a group found, \\$ a dollar sign."""

    @property
    def rule(self) -> Rule:
        """The same for `Substitutions`."""
        return Rule(self.pattern, self.substitution)

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        check_rule(self.rule)
        return self


def _read(name: object, info: ValidationInfo) -> list[Rule]:
    if info.data.get("url_normalizers", ...) is not None:
        return []  # inline rules, right or wrong: they stand instead of a file
    if not isinstance(name, str):
        raise ValueError(f"got {name!r}, expected the name of a file")
    try:
        rules, mistakes = read_normalizer_file(resources_of(info.context).find(name))
    except ConfigurationError as error:
        raise ParamsMistakeError(error.problems) from None
    if mistakes:
        raise ParamsMistakeError(mistakes)
    return rules


class RegexURLNormalizer:
    """Replaces what patterns find in a URL, one rule after the other; refuses a URL of which nothing is left.

    Patterns are RE2's, substitutions Java's. A URL that the rules make endless is refused.
    """

    class Params(FilterParams):
        """Parameters of RegexURLNormalizer."""

        url_normalizers: list[Normalizer] | None = None
        """Rules, instead of a file."""
        regex_normalizer_file: Annotated[list[Rule], PlainValidator(_read, json_schema_input_type=str)] = Field(
            default="default-regex-normalizers.xml", validate_default=True
        )
        """XML file of rules: <regex-normalize><regex><pattern/><substitution/></regex>...</regex-normalize>."""

    depends_on_source = False

    def __init__(self, params: Params) -> None:
        inline = params.url_normalizers
        rules = params.regex_normalizer_file if inline is None else [normalizer.rule for normalizer in inline]
        self._apply = Substitutions(rules).apply

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """What the rules make of `url`, or None."""
        return self._apply(url) or None

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """There is nothing that could be followed."""
        return "its rules leave nothing of it, or make it endless"
