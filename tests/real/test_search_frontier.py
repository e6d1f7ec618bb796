"""The frontier in Elasticsearch and OpenSearch holds to the contract."""

from collections.abc import Iterator

import pytest

from spindrift.frontier import Frontier
from spindrift.store import open_store
from tests.frontier.contract import FrontierContract
from tests.real.search_stores import SETTINGS, SearchServer, server

__all__ = ["server"]


class TestSearchFrontier(FrontierContract):
    records_in_order_of_urls = True

    @pytest.fixture
    def frontier(self, server: SearchServer) -> Iterator[Frontier]:
        server.empty()
        with open_store(server.url, SETTINGS) as store:
            yield store.frontier
