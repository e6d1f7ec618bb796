"""Documents in SQLite hold to the contract."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from spindrift.index import Documents
from spindrift.store import open_store
from tests.index.contract import DOG, FOX, DocumentsContract, animals, page

__all__ = ["animals"]


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[Documents]:
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        yield store.documents


class TestSqliteDocuments(DocumentsContract):
    pass


def test_the_index_agrees_with_the_documents_after_many_changes(tmp_path: Path, documents: Documents) -> None:
    documents.put([page(f"http://a.example/{n}", f"word{n} common") for n in range(50)])
    documents.put([page(f"http://a.example/{n}", f"other{n} common", fetched=200.0) for n in reversed(range(0, 50, 3))])
    documents.delete([f"http://a.example/{n}" for n in range(0, 50, 7)])
    documents.put([page(FOX, "fox"), page(DOG, "dog"), page(FOX, "vixen", fetched=101.0)])
    with sqlite3.connect(tmp_path / "crawl.db") as connection:
        # Raises when the index holds anything but the words of the documents.
        connection.execute("INSERT INTO documents_text (documents_text, rank) VALUES ('integrity-check', 1)")
