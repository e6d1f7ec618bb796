"""RegexURLNormalizer: rewrites URLs by regular expressions."""

from pathlib import Path
from typing import Any

import pytest

from tests.filters.url.loaded import loaded, mistakes

SESSIONS = {"pattern": "([?&])sid=[0-9a-f]+&?", "substitution": "$1"}
INDEX = {"pattern": r"/index\.html?$", "substitution": "/"}


def made_of(url: str, folder: Path, *rules: dict[str, str]) -> Any:
    return loaded(folder, "RegexURLNormalizer", {"urlNormalizers": list(rules)}).filter(None, {}, url)


def xml(folder: Path, rules: str, before: str = "") -> dict[str, str]:
    (folder / "rules.xml").write_text(f'<?xml version="1.0"?>\n{before}<regex-normalize>{rules}</regex-normalize>')
    return {"regexNormalizerFile": "rules.xml"}


def test_rules_are_applied_in_order(tmp_path: Path) -> None:
    assert made_of("http://a.org/index.html", tmp_path, SESSIONS, INDEX) == "http://a.org/"
    assert made_of("http://a.org/?sid=1a&x=2", tmp_path, SESSIONS, INDEX) == "http://a.org/?x=2"
    assert made_of("http://a.org/x", tmp_path, SESSIONS, INDEX) == "http://a.org/x"


def test_a_rule_without_a_substitution_removes(tmp_path: Path) -> None:
    assert made_of("http://a.org/?x", tmp_path, {"pattern": r"\?.*$"}) == "http://a.org/"


def test_a_url_of_which_nothing_is_left_is_refused(tmp_path: Path) -> None:
    assert made_of("http://a.org/", tmp_path, {"pattern": ".*"}) is None


def test_rules_are_read_from_an_xml_file(tmp_path: Path) -> None:
    rules = """
      <!-- sessions -->
      <regex><pattern>([?&amp;])sid=[0-9a-f]+&amp;?</pattern><substitution>$1</substitution></regex>
      <regex>
        <pattern>/index\\.html?$</pattern>
        <substitution>/</substitution>
      </regex>
      <regex><pattern><![CDATA[&&+]]></pattern><substitution>&amp;</substitution></regex>
      <regex><pattern>x+</pattern><substitution/></regex>"""
    found = loaded(tmp_path, "RegexURLNormalizer", xml(tmp_path, rules))
    assert found.filter(None, {}, "http://a.org/?sid=1&b&&&xxc") == "http://a.org/?b&c"
    assert found.filter(None, {}, "http://a.org/index.htm") == "http://a.org/"


def test_the_default_file_changes_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, "RegexURLNormalizer").filter(None, {}, "http://a.org/?sid=1#x") == "http://a.org/?sid=1#x"


def test_inline_rules_stand_instead_of_a_file(tmp_path: Path) -> None:
    params = {"urlNormalizers": [], "regexNormalizerFile": "none.xml"}
    assert loaded(tmp_path, "RegexURLNormalizer", params).filter(None, {}, "x") == "x"


def test_all_mistakes_of_inline_rules_are_told(tmp_path: Path) -> None:
    rules = [{"pattern": "("}, {"pattern": "a", "substitution": "$1"}, {"patern": "a"}, {"pattern": ""}, 1, INDEX]
    found = mistakes(tmp_path, "RegexURLNormalizer", {"urlNormalizers": rules})
    told = [
        ("/urlNormalizers/0", "is not a usable regular expression"),
        ("/urlNormalizers/1", "the pattern has 0 groups, not 1"),
        ("/urlNormalizers/2", "needs the parameter"),
        ("/urlNormalizers/2/patern", 'has no parameter "urlNormalizers[2].patern"'),
        ("/urlNormalizers/3/pattern", "at least 1 character"),
        ("/urlNormalizers/4", "got 1, expected an object"),
    ]
    assert len(found) == len(told)
    for problem, (place, reason) in zip(found, told, strict=True):
        assert problem.startswith(place + ":")
        assert reason in problem


def test_all_mistakes_of_a_file_are_told_with_their_lines(tmp_path: Path) -> None:
    rules = """
    <regex><pattern>(</pattern><substitution/></regex>
    <regex><pattern>a</pattern></regex>
    <regex><substitution>a</substitution></regex>
    <rule/>
    <regex><pattern>a</pattern><pattern>b</pattern></regex>
    <regex><pattern>a<b/></pattern><substitution>a</substitution></regex>"""
    found = mistakes(tmp_path, "RegexURLNormalizer", xml(tmp_path, rules))
    reasons = ["not a usable", "no <substitution>", "no <pattern>", "<rule> is no rule", "one <pattern>", "an element"]
    assert len(found) == len(reasons)
    for line, (problem, reason) in enumerate(zip(found, reasons, strict=True), start=3):
        assert f"rules.xml, line {line}: " in problem
        assert reason in problem


BOMB = '<!DOCTYPE regex-normalize [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("before", "rules"),
    [
        (BOMB + "]>", "<regex><pattern>&i;</pattern><substitution/></regex>"),
        ('<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "<regex><pattern>&e;</pattern></regex>"),
        ('<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">', ""),
    ],
)
def test_nothing_is_expanded_or_fetched(tmp_path: Path, before: str, rules: str) -> None:
    (problem,) = mistakes(tmp_path, "RegexURLNormalizer", xml(tmp_path, rules, before))
    assert "document type" in problem or "Maximum entity amplification factor exceeded" in problem


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is not valid XML"),
        (b"<regex-normalize>", "is not valid XML"),
        (b"<rules/>", "its outermost element is <rules>; expected <regex-normalize>"),
        (b"<regex-normalize>&nbsp;</regex-normalize>", "is not valid XML"),
        (b"<a>" * 100_000, "is not valid XML"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "rules.xml").write_bytes(content)
    (problem,) = mistakes(tmp_path, "RegexURLNormalizer", {"regexNormalizerFile": "rules.xml"})
    assert told in problem


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    (problem,) = mistakes(tmp_path, "RegexURLNormalizer", {"regexNormalizerFile": "none.xml"})
    assert 'there is no file "none.xml"; looked for' in problem
