"""Filter files: what they may say, and what is told of their mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.errors import ConfigurationError
from spindrift.filtering import load_filters
from spindrift.filtering.classes import find_class, short_names

HERE = "tests.filtering.own_filters"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "urlfilters.json"


def write(file: Path, *entries: Any, wrapper: str = "any.URLFilters") -> Path:
    file.write_text(json.dumps({wrapper: list(entries)}))
    return file


def problems(file: Path) -> list[str]:
    """The mistakes of a file, each without the file's name, which stands before every one."""
    with pytest.raises(ConfigurationError) as caught:
        load_filters(file, "URLFilters")
    assert all(problem.startswith(str(file)) for problem in caught.value.problems)
    return [
        problem.removeprefix(str(file)).removeprefix(" at ").removeprefix(": ") for problem in caught.value.problems
    ]


def problem(file: Path) -> str:
    (only,) = problems(file)
    return only


# What a file may say


@pytest.mark.parametrize("wrapper", ["org.apache.stormcrawler.filtering.URLFilters", "mine.URLFilters", "URLFilters"])
def test_filters_are_made_in_the_order_of_the_file(file: Path, wrapper: str) -> None:
    write(
        file,
        {"class": "MaxDepthFilter", "name": "near", "params": {"maxDepth": 2}},
        {"class": "SelfURLFilter"},
        wrapper=wrapper,
    )
    loaded = load_filters(file, "URLFilters")
    assert [(each.name, type(each.instance).__name__) for each in loaded] == [
        ("near", "MaxDepthFilter"),
        ("SelfURLFilter", "SelfURLFilter"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "HostURLFilter",
        "org.apache.stormcrawler.filtering.host.HostURLFilter",
        "com.digitalpebble.stormcrawler.filtering.host.HostURLFilter",
        "spindrift.filters.url.host_url_filter.HostURLFilter",
        "spindrift.filters.url.host_url_filter:HostURLFilter",
    ],
)
def test_a_class_is_named_shortly_by_its_path_or_as_in_stormcrawler(name: str) -> None:
    assert find_class(name, "URLFilters").__qualname__ == "HostURLFilter"


def test_every_file_of_the_filter_folder_is_known_by_its_class() -> None:
    assert set(short_names("URLFilters")) >= {
        "BasicURLFilter",
        "BasicURLNormalizer",
        "HostURLFilter",
        "MaxDepthFilter",
        "RegexURLFilter",
        "SelfURLFilter",
    }


def test_a_filter_of_ones_own_is_any_class_with_a_method_filter(file: Path) -> None:
    write(
        file,
        {"class": f"{HERE}.Shouting"},
        {"class": f"{HERE}:Suffix", "params": {"suffix": "!", "times": 2}},
        {"class": f"{HERE}.FreeForm", "params": {"a": "b", "c": ["d"]}},
    )
    first, second, third = (each.instance for each in load_filters(file, "URLFilters"))
    assert second.filter(None, {}, first.filter(None, {}, "a")) == "A!!"
    assert third.given == {"a": "b", "c": ["d"]}


def test_params_may_be_missing_null_or_empty_where_none_are_needed(file: Path) -> None:
    ways: list[dict[str, Any]] = [{}, {"params": None}, {"params": {}}]
    write(file, *({"class": "SelfURLFilter", **params} for params in ways))
    assert len(load_filters(file, "URLFilters")) == 3


def test_a_stormcrawler_users_file_loads_unchanged(file: Path) -> None:
    package = "com.digitalpebble.stormcrawler.filtering"
    names = {"BasicURLFilter": "basic", "BasicURLNormalizer": "basic", "MaxDepthFilter": "depth"}
    names |= {"HostURLFilter": "host", "RegexURLFilter": "regex", "SelfURLFilter": "basic"}
    params: dict[str, dict[str, Any]] = {
        "BasicURLFilter": {"maxPathRepetition": 3, "maxLength": 1024},
        "BasicURLNormalizer": {"removeAnchorPart": True, "unmangleQueryString": True, "checkValidURI": True}
        | {"removeHashes": True, "hostIDNtoASCII": True, "queryElementsToRemove": ["utm_source"]},
        "MaxDepthFilter": {"maxDepth": -1},
        "HostURLFilter": {"ignoreOutsideHost": False, "ignoreOutsideDomain": True},
        "RegexURLFilter": {"regexFilterFile": "default-regex-filters.txt"},
    }
    entries = [
        {"class": f"{package}.{names[name]}.{name}", "name": name, "params": params.get(name, {})} for name in names
    ]
    loaded = load_filters(write(file, *entries, wrapper=f"{package}.URLFilters"), "URLFilters")
    assert [each.name for each in loaded] == list(names)


# What is told of mistakes


def test_all_mistakes_of_a_file_are_told_at_once(file: Path) -> None:
    write(
        file,
        {"class": "MaxDepthFilter", "name": "near", "params": {"maxDepht": 3}},
        {"class": "SelfUrlFilter"},
        {"class": "BasicURLFilter", "params": {"maxLength": "long", "maxPathRepetition": True}},
        {"name": "nothing"},
    )
    found = problems(file)
    places = ["0/params/maxDepht", "1/class", "2/params/maxPathRepetition", "2/params/maxLength", "3"]
    right = [
        'near (MaxDepthFilter) has no parameter "maxDepht"; did you mean "maxDepth"? it takes maxDepth',
        'there is no filter "SelfUrlFilter"; did you mean "SelfURLFilter"? there are Basic',
        "BasicURLFilter, parameter maxPathRepetition: got true, expected a whole number",
        'BasicURLFilter, parameter maxLength: got "long", expected a whole number',
        '"class" is missing in {"name": "nothing"}, expected the name of a filter class',
    ]
    for problem_found, place, expected in zip(found, places, right, strict=True):
        assert problem_found.startswith(f"/any.URLFilters/{place}: {expected}")


def test_invalid_json_is_told_with_line_and_column(file: Path) -> None:
    file.write_text('{"a.URLFilters": [\n  {"class": }\n]}')
    assert problem(file) == "is not valid JSON: line 2, column 13: Expecting value"


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"[" * 100_000])
def test_a_file_that_is_no_text_or_nested_without_end_is_a_mistake(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert problem(file)


def test_a_file_that_is_not_there_is_a_mistake(file: Path) -> None:
    assert "cannot be read: No such file" in problem(file)


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([], "got []"),
        ({}, "found nothing"),
        ({"a.ParseFilters": []}, 'found "a.ParseFilters"'),
        ({"a.URLFilters": [], "b.URLFilters": []}, 'found "a.URLFilters", "b.URLFilters"'),
        ({"a.URLFilters": {}}, "/a.URLFilters: got {}, expected a list"),
        ({"a.URLFilters": [], "note": 1}, '/note: "note" is not a list of filters'),
        ({"a.URLFilters": ["SelfURLFilter"]}, '/a.URLFilters/0: got "SelfURLFilter", expected an object'),
    ],
)
def test_another_shape_is_told_with_what_was_found(file: Path, document: Any, found: str) -> None:
    file.write_text(json.dumps(document))
    assert found in problem(file)


def test_a_key_that_stands_twice_is_a_mistake(file: Path) -> None:
    params = '{"maxLength": "x", "maxLength": "y"}'
    file.write_text(
        f'{{"a.URLFilters": [{{"class": "SelfURLFilter", "class": "BasicURLFilter", "params": {params}}}]}}'
    )
    assert problems(file) == [
        '/a.URLFilters/0/class: the key "class" stands more than once in its object',
        '/a.URLFilters/0/params/maxLength: the key "maxLength" stands more than once in its object',
        '/a.URLFilters/0/params/maxLength: BasicURLFilter, parameter maxLength: got "y", expected a whole number',
    ]


def test_a_mark_before_utf_8_is_passed_over(file: Path) -> None:
    file.write_text('{"a.URLFilters": []}', encoding="utf-8-sig")
    assert load_filters(file, "URLFilters") == []


@pytest.mark.parametrize("content", ["", " \n"])
def test_an_empty_file_is_a_mistake(file: Path, content: str) -> None:
    file.write_text(content)
    assert problem(file) == 'is empty, expected {"<any class name>.URLFilters": [ …filters… ]}'


def test_an_entry_has_no_other_keys(file: Path) -> None:
    write(file, {"class": "SelfURLFilter", "parms": {}})
    found = problem(file)
    assert found.startswith('/any.URLFilters/0/parms: a filter has no "parms"; did you mean "params"? it has class')


@pytest.mark.parametrize(
    ("entry", "place", "told"),
    [
        ({"class": 3}, "/class", "got 3, expected the name of a filter class"),
        ({"class": "SelfURLFilter", "name": 3}, "/name", "got 3, expected a text"),
        ({"class": "SelfURLFilter", "params": {"a": 1}}, "/params", "SelfURLFilter takes no parameters"),
        ({"class": "MaxDepthFilter", "params": []}, "/params", "its params: got [], expected an object"),
        ({"class": f"{HERE}.Suffix"}, "/params", 'Suffix needs the parameter "suffix"'),
        ({"class": f"{HERE}.FreeForm", "params": {"a": {"b": 1}}}, "/params/a", "expected a text or a list"),
        ({"class": f"{HERE}.Unmade"}, "/params", "Unmade could not be made: OSError: no disk"),
        ({"class": f"{HERE}.Undeclared"}, "/params", "declares them as a nested pydantic model `Params`"),
        ({"class": f"{HERE}.Undeclared", "params": {"n": 1}}, "/params", "declares them as a nested pydantic model"),
        ({"class": f"{HERE}.NotGiven", "params": {"n": 1}}, "/params", "which its __init__ is given"),
    ],
)
def test_a_mistake_is_told_with_place_and_what_is_right(file: Path, entry: Any, place: str, told: str) -> None:
    found = problem(write(file, entry))
    assert found.startswith(f"/any.URLFilters/0{place}: ")
    assert told in found


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("JSONURLFilterWrapper", "known in StormCrawler, but not available in spindrift yet"),
        (
            "org.apache.stormcrawler.opensearch.filtering.JSONURLFilterWrapper",
            "known in StormCrawler, but not available",
        ),
        (
            "org.apache.stormcrawler.filtering.host.HostFilter",
            'did you mean "org.apache.stormcrawler.filtering.host.HostURLFilter"?',
        ),
        ("org.example.MyFilter", 'there is no module "org"'),
        ("tests.filtering.no_module.Filter", 'there is no module "tests.filtering.no_module"'),
        ("tests.filtering.broken_module.Filter", "failed: RuntimeError: broken on purpose"),
        ("tests.filtering.exiting_module.Filter", "failed: SystemExit: 3"),
        (f"{HERE}.Shouter", '"Shouter" does not exist in module tests.filtering.own_filters; did you mean "Shouting"?'),
        (f"{HERE}.not_a_class", '"not_a_class" is not a class'),
        (f"{HERE}.NoFilter", "needs a method `def filter(self, source_url, source_metadata, url)`"),
        (f"{HERE}.OnPages", "is not a URL filter"),
        (":", "is not the path of a class"),
        ("a..b", "is not the path of a class"),
        (".b", "is not the path of a class"),
    ],
)
def test_a_class_that_cannot_be_used_is_told_with_the_reason(file: Path, name: str, told: str) -> None:
    assert told in problem(write(file, {"class": name}))


def test_a_wrong_pattern_is_told_with_its_place_and_why(file: Path) -> None:
    rules = ["-(unclosed", "+ok", "no sign", r"-.*(/[^/]+)/[^/]+\1/", "-a(?!b)", 3]
    found = problems(write(file, {"class": "RegexURLFilter", "params": {"urlFilters": rules}}))
    assert [text.split(":")[0].rpartition("/")[2] for text in found] == ["0", "2", "3", "4", "5"]
    for told, text in zip(
        ["missing )", "has to start with +", "back-references", "look-arounds", "got 3"], found, strict=True
    ):
        assert told in text


def test_every_wrong_line_of_a_file_of_rules_is_told(file: Path, tmp_path: Path) -> None:
    (tmp_path / "rules.txt").write_text("# fine\n-[\n+.\nx\n")
    found = problems(write(file, {"class": "RegexURLFilter", "params": {"regexFilterFile": "rules.txt"}}))
    assert [f"{tmp_path / 'rules.txt'}, line {line}" in text for line, text in zip((2, 4), found, strict=True)] == [
        True
    ] * 2
    assert all(text.startswith("/any.URLFilters/0/params/regexFilterFile: RegexURLFilter") for text in found)


def test_a_file_of_rules_that_is_missing_is_told_with_the_places(file: Path, tmp_path: Path) -> None:
    found = problem(write(file, {"class": "RegexURLFilter", "params": {"regexFilterFile": "none.txt"}}))
    assert 'there is no file "none.txt"; looked for' in found
    assert str(tmp_path / "none.txt") in found
    assert str(Path.cwd() / "resources" / "none.txt") in found
