"""Fingerprints of texts, and finding them again."""

from hypothesis import given
from hypothesis import strategies as st

from spindrift.parse.simhash import NearDuplicates, simhash, words_of

fingerprints = st.integers(0, 2**64 - 1)


def test_words_have_neither_case_nor_punctuation() -> None:
    assert words_of("Straße, 12 «Ünits»…") == ["strasse", "12", "ünits"]


def test_a_character_is_a_word_where_words_are_not_parted() -> None:
    assert words_of("網頁crawler抓取") == ["網", "頁", "crawler", "抓", "取"]


def test_order_and_repetition_of_shingles_do_not_count() -> None:
    assert simhash(["a", "b", "c"] * 3, 1) == simhash(["c", "b", "a"], 1)
    assert simhash(["a", "b", "c"], 2) != simhash(["c", "b", "a"], 2)


def test_a_text_shorter_than_a_shingle_is_one() -> None:
    assert simhash(["a", "b"], 20) == simhash(["a", "b"], 2)


def test_most_bits_are_those_of_most_shingles() -> None:
    many = [f"w{number}" for number in range(2000)]
    changed = [*many[:1000], "another", *many[1000:]]
    assert (simhash(many) ^ simhash(changed)).bit_count() <= 4
    assert 16 < (simhash(many) ^ simhash([f"x{word}" for word in many])).bit_count() < 48


@given(st.integers(0, 10), fingerprints, st.lists(fingerprints, max_size=20), st.sets(st.integers(0, 63), max_size=11))
def test_what_differs_in_few_bits_is_found_and_nothing_else(
    distance: int, first: int, others: list[int], bits: set[int]
) -> None:
    known = NearDuplicates(1000, distance)
    assert known.original_of("first", first) is None
    remembered = {"first": first}
    for number, other in enumerate(others):
        if known.original_of(f"{number}", other) is None:
            remembered[f"{number}"] = other
    assert len(known) == len(remembered)
    changed = first
    for bit in bits:
        changed ^= 1 << bit
    near = [url for url, each in remembered.items() if (each ^ changed).bit_count() <= distance]
    assert known.original_of("changed", changed) == (near[0] if near else None)


def test_only_the_last_pages_are_remembered() -> None:
    known = NearDuplicates(2, 0)
    for number in range(3):
        assert known.original_of(str(number), number) is None
    assert len(known) == 2
    assert known.original_of("again", 0) is None
    assert known.original_of("other", 2) == "2"


def test_a_page_that_has_changed_is_known_as_it_is_now() -> None:
    known = NearDuplicates(10, 0)
    known.original_of("a", 1)
    known.original_of("a", 2)
    assert known.original_of("b", 1) is None
    assert known.original_of("c", 2) == "a"
    assert known.original_of("b", 2) == "a"
    assert known.original_of("d", 1) is None
