"""How values are written in documents."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from spindrift.search_engine import values

MOMENT = datetime(2023, 11, 14, 22, 13, 20, 1000, UTC).timestamp()


def test_times_are_dates_to_the_millisecond() -> None:
    assert values.iso_ms(values.ceil_ms(MOMENT)) == "2023-11-14T22:13:20.001Z"
    assert values.iso_us(MOMENT + 0.000_002) == "2023-11-14T22:13:20.001002Z"
    assert values.seconds_of("2023-11-14T22:13:20.001Z") == MOMENT
    assert values.seconds_of("2023-11-14T22:13:20+00:00") == MOMENT - 0.001
    assert values.seconds_of(None) is None


@given(st.integers(0, 253_402_300_799_999))
def test_a_time_comes_back(milliseconds: int) -> None:
    assert values.seconds_of(values.iso_ms(milliseconds)) == milliseconds / 1000


@given(st.integers(0, 4 * 10**15), st.integers(0, 4 * 10**15))
def test_times_are_in_order_as_texts(one: int, other: int) -> None:
    assert (values.iso_us(one / 1e6) < values.iso_us(other / 1e6)) == (one < other)


def test_names_have_no_dots_as_in_stormcrawler() -> None:
    assert values.field_name("fetch.statusCode") == "fetch%2EstatusCode"
    assert values.field_name("url", {"url"}) == "%75rl"
    assert values.field_name("_id") == "%5Fid"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_can_be_that_of_a_field_and_comes_back(name: str) -> None:
    field = values.field_name(name, {"url"})
    assert values.name_of(field) == name
    assert field.strip()
    assert "." not in field
    assert field != "url"
    assert not field.startswith("_")


def test_one_value_by_itself_is_read_too() -> None:
    assert values.as_metadata({"a%2Eb": "1", "c": ["2", "3"]}) == {"a.b": ["1"], "c": ["2", "3"]}
