"""From the bytes of a page to its text, links and metadata; `parser.PageParser` puts the steps together."""
