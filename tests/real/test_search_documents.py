"""Documents in Elasticsearch and OpenSearch hold to the contract."""

from collections.abc import Iterator

import pytest

from spindrift.index import Documents
from spindrift.store import open_store
from tests.index.contract import DocumentsContract, animals
from tests.real.search_stores import SETTINGS, SearchServer, server

__all__ = ["animals", "server"]


@pytest.fixture
def documents(server: SearchServer) -> Iterator[Documents]:
    server.empty()
    with open_store(server.url, SETTINGS) as store:
        yield store.documents


class TestSearchDocuments(DocumentsContract):
    pass
