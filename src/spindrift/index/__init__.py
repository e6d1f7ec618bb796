"""The full-text index: documents, how they are made of pages, and the search."""

from spindrift.index.documents import MARKS, Document, Documents, Hit, SearchResult

__all__ = ["MARKS", "Document", "Documents", "Hit", "SearchResult"]
