"""The peer of crawl_vs_scrapy.py: a Scrapy spider that follows every link and writes title and text of every page.

Usage: python scrapy_crawl.py SEEDS_FILE ITEMS_FILE CONCURRENCY
"""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse
from scrapy.linkextractors import LinkExtractor


class EverythingSpider(scrapy.Spider):
    """Fetches the seeds and whatever they lead to."""

    name = "everything"
    seeds: list[str]
    links = LinkExtractor()

    async def start(self) -> AsyncIterator[Any]:
        for url in self.seeds:
            yield scrapy.Request(url)

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        assert isinstance(response, TextResponse)
        yield {
            "url": response.url,
            "title": response.xpath("//title/text()").get(),
            "text": response.xpath("string(//body)").get(),
        }
        for link in self.links.extract_links(response):
            yield scrapy.Request(link.url)


def main() -> None:
    seeds, items, concurrency = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "USER_AGENT": "scrapy-benchmark",
            "CONCURRENT_REQUESTS": concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "FEEDS": {items: {"format": "jsonlines"}},
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
    )
    process.crawl(EverythingSpider, seeds=seeds.read_text().split())
    process.start()


if __name__ == "__main__":
    main()
