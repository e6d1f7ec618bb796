"""A crawl from its seeds to its summary: what the commands put together, without a terminal."""
