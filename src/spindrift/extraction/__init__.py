"""What a reader would take from a page: its main text, date, language, title and links.

`document.DocumentExtractor` puts the steps together; `maintext` and `dates` are also used by the parser of a crawl.
"""
