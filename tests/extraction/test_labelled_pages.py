"""How good main texts and dates are, on real pages that people have labelled."""

from spindrift.extraction.document import DocumentExtractor
from tests.labelled_pages import SegmentScore, labelled_pages

EXTRACTOR = DocumentExtractor()


def test_main_texts_hold_what_they_must_and_nothing_else() -> None:
    score = SegmentScore()
    for page in labelled_pages("maintext.jsonl"):
        score.add(page.label, EXTRACTOR.extract(page.url, page.content).text)
    assert score.f1 >= 0.91


def test_dates_are_exactly_right() -> None:
    found = [
        (EXTRACTOR.extract(page.url, page.content).date, page.label["date"]) for page in labelled_pages("dates.jsonl")
    ]
    right = sum((str(date) if date else None) == label for date, label in found)
    assert right / len(found) >= 0.88
