"""What is changed in trafilatura and htmldate is there to be changed, saves time, and changes no result.

In processes of their own: the libraries are changed for all of a process.
"""

import json
import subprocess
import sys
from itertools import islice
from typing import Any

import pytest

from spindrift.extraction.adjustments import adjust_htmldate, adjust_trafilatura
from tests.labelled_pages import labelled_pages

SPANISH = "<html><body><p>Publicado el 3 de marzo de 2020</p><p>Sin mas.</p></body></html>"
ARTICLE = (
    "<html><body><nav><a href='/'>Home</a></nav><article>"
    + "<p>A paragraph of the article, of about the length that one has, in words that say little.</p>" * 5
    + "</article><div class='comments'><p>I have seen this before, says a reader.</p></div><aside>Ads</aside></body>"
)


def run(program: str, given: object = None) -> Any:
    """What a program of its own process prints as JSON; `given` is what it reads as `given`."""
    start = "import json, sys\ngiven = json.load(sys.stdin)\n"
    command = [sys.executable, "-c", start + program]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_every_part_that_is_changed_is_there() -> None:
    assert adjust_trafilatura() == []
    assert adjust_htmldate() == []


@pytest.mark.parametrize("adjusted", [False, True])
def test_a_text_in_words_starts_dateparser_unless_that_is_prevented(adjusted: bool) -> None:
    program = """
from htmldate import find_date
from spindrift.extraction.adjustments import adjust_htmldate
if given["adjusted"]:
    adjust_htmldate()
date = find_date(given["html"], original_date=True)
print(json.dumps("dateparser" in sys.modules))
"""
    assert run(program, {"html": SPANISH, "adjusted": adjusted}) is not adjusted


COMPARE = """
from trafilatura import extract
from spindrift.extraction.adjustments import adjust_trafilatura
ways = [{"fast": fast, "include_comments": comments} for fast in (True, False) for comments in (False, True)]
texts = lambda: [extract(html, **way) for html in given for way in ways]
before = texts()
adjust_trafilatura()
print(json.dumps([before, texts()]))
"""


def test_the_texts_are_those_of_trafilatura_as_it_is() -> None:
    before, after = run(COMPARE, [ARTICLE])
    assert after == before
    assert "A paragraph of the article" in before[0]


def test_on_real_pages_too() -> None:
    pages = [page.content.decode("utf-8", "replace") for page in islice(labelled_pages("maintext.jsonl"), 0, None, 120)]
    before, after = run(COMPARE, pages)
    assert after == before
    assert any(before)


def test_a_page_is_copied_for_other_algorithms_only_where_they_are_asked() -> None:
    program = """
import lxml.html
from trafilatura import core
from trafilatura.settings import Extractor
from spindrift.extraction.adjustments import adjust_trafilatura
adjust_trafilatura()
same = []
for fast, comments in ((True, False), (True, True), (False, False)):
    tree, backup = core._prepare_tree(lxml.html.fromstring(given), Extractor(fast=fast, comments=comments), None)
    same.append(tree is backup)
print(json.dumps(same))
"""
    assert run(program, ARTICLE) == [True, False, False]
