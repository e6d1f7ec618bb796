"""Main text and publication date of real pages: how good, and at what CPU time, beside the obvious calls.

    python benchmarks/extraction.py --pages 200

Needs the labelled pages of the shared test data. Each page is given to every way in turn, so that all suffer alike
from what else the machine does; what they take to start (imports, tables) is not counted.

- F1: of the segments that the main text must and must not hold.
- dates: share of exactly right publication dates, null among them.
- ms: CPU time a page, decoding and parsing included; of both text and date.
- ratio: of that to the time of the obvious calls, in this run: what to trust where the machine has other work.

Targets: F1 0.91, dates 0.88, 12 ms where the obvious calls take 16: a ratio of 0.75.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import htmldate
import trafilatura
from htmldate import extractors
from resiliparse.extract.html2text import extract_plain_text

from spindrift.extraction.document import DocumentExtractor
from spindrift.parse.charset import decode, find_charset
from tests.labelled_pages import LabelledPage, SegmentScore, labelled_pages

Way = Callable[[LabelledPage], tuple[str, str | None]]


def ours(page: LabelledPage) -> tuple[str, str | None]:
    """`spindrift extract`, which also finds language, title and links."""
    document = _extractor().extract(page.url, page.content)
    return document.text, str(document.date) if document.date else None


def obvious(page: LabelledPage) -> tuple[str, str | None]:
    """The libraries as their documentation shows them, text without comments, the original date."""
    return _text(page, fast=False), htmldate.find_date(page.content, url=page.url, original_date=True)


def obvious_fast(page: LabelledPage) -> tuple[str, str | None]:
    """Both in their fast modes."""
    date = htmldate.find_date(page.content, url=page.url, original_date=True, extensive_search=False)
    return _text(page, fast=True), date


def resiliparse(page: LabelledPage) -> tuple[str, str | None]:
    """Its main text, and no date."""
    html = decode(page.content, find_charset(page.content, None, 10_000))
    return extract_plain_text(html, main_content=True), None


@cache
def _extractor() -> DocumentExtractor:
    return DocumentExtractor()


def _text(page: LabelledPage, *, fast: bool) -> str:
    return trafilatura.extract(page.content, url=page.url, fast=fast, include_comments=False) or ""


OBVIOUS = "trafilatura + htmldate"
WAYS: dict[str, Way] = {
    "spindrift": ours,
    "trafilatura fast + htmldate fast": obvious_fast,
    OBVIOUS: obvious,
    "resiliparse": resiliparse,
}


def measured(way: str, page: LabelledPage) -> tuple[str, str | None, float]:
    """The text and the date that a way finds, and the seconds of CPU time that it takes."""
    start = time.process_time()
    text, date = WAYS[way](page)
    return text, date, time.process_time() - start


def warm(way: str, page: LabelledPage) -> None:
    """Load what a way loads when first used: for the obvious calls also dateparser's tables, which take seconds."""
    if way == OBVIOUS:
        # In no language a date: all of them are tried.
        extractors.external_date_parser("12 blurb 2020", "%Y-%m-%d")
        extractors.month_words()
    measured(way, page)


def main() -> None:
    """Measure all ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=150, help="pages of each set of labels (default %(default)s)")
    parser.add_argument("--ways", nargs="*", default=list(WAYS), help=f"of {', '.join(WAYS)}")
    options = parser.parse_args()
    texts = list(islice(labelled_pages("maintext.jsonl"), options.pages))
    dates = list(islice(labelled_pages("dates.jsonl"), options.pages))
    scores = {way: SegmentScore() for way in options.ways}
    exact = dict.fromkeys(options.ways, 0)
    taken = dict.fromkeys(options.ways, 0.0)
    # A process for each way: spindrift speeds up what the libraries do in its own.
    context = multiprocessing.get_context("spawn")
    processes = {way: ProcessPoolExecutor(1, mp_context=context) for way in options.ways}
    for way, process in processes.items():
        process.submit(warm, way, texts[0]).result()
    for page, dated in [(page, False) for page in texts] + [(page, True) for page in dates]:
        for way, process in processes.items():
            text, date, seconds = process.submit(measured, way, page).result()
            taken[way] += seconds
            if dated:
                exact[way] += date == page.label["date"]
            else:
                scores[way].add(page.label, text)
    for process in processes.values():
        process.shutdown()
    print(f"{'':33}     F1   dates      ms   ratio")
    for way in options.ways:
        milliseconds = taken[way] / (len(texts) + len(dates)) * 1000
        ratio = f"{taken[way] / taken[OBVIOUS]:6.2f}" if OBVIOUS in taken else ""
        print(f"{way:33} {scores[way].f1:6.3f}  {exact[way] / len(dates):6.3f}  {milliseconds:6.1f}  {ratio}".rstrip())


if __name__ == "__main__":
    main()
