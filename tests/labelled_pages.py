"""Real pages with labels, that lie beside the project, not in it."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.shared_data import shared_data


@dataclass(frozen=True)
class LabelledPage:
    """A page as its server sent it, and what people say of it."""

    url: str
    content: bytes
    label: dict[str, Any]


def labelled_pages(labels: str) -> Iterator[LabelledPage]:
    """The pages of a file of labels of the shared data, such as dates.jsonl."""
    with (
        shared_data(f"pages/{labels}").open(encoding="utf-8") as lines,
        shared_data("pages/pages.warc.gz").open("rb") as archive,
    ):
        for line in lines:
            label = json.loads(line)
            archive.seek(label["warc_offset"])
            record = gzip.decompress(archive.read(label["warc_length"]))
            _warc_header, _http_header, content = record.split(b"\r\n\r\n", 2)
            yield LabelledPage(label["url"], content.removesuffix(b"\r\n\r\n"), label)


@dataclass
class SegmentScore:
    """Counts segments that texts must and must not hold, whitespace aside."""

    found: int = 0
    missed: int = 0
    unwanted: int = 0

    def add(self, label: dict[str, Any], text: str) -> None:
        """Count the segments of a page's label in the `text` that was extracted from it."""
        text = " ".join(text.split())
        wanted = [" ".join(segment.split()) in text for segment in label["with"]]
        self.found += sum(wanted)
        self.missed += len(wanted) - sum(wanted)
        self.unwanted += sum(" ".join(segment.split()) in text for segment in label["without"])

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.found / (2 * self.found + self.missed + self.unwanted)
