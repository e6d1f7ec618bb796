"""Web archives: what was fetched written as WARC, read back (ARC, too), and served again in place of the network."""
