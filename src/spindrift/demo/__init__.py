"""A generated web on loopback, and the crawl of it that `make crawl` shows."""
