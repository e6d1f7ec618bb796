"""The fetch engine: URLs in, typed outcomes out, politely. Usable without Storm."""
