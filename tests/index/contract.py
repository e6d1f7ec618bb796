"""What every document store must hold to. Subclass `DocumentsContract` and give it the fixture `documents`."""

import threading
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spindrift.errors import ConfigurationError
from spindrift.index import Document, Documents


def page(url: str, text: str = "some text", title: str = "", fetched: float = 100.0, **others: object) -> Document:
    """A document; its host is that of the URL."""
    return Document(url, url.split("/")[2], title, text, fetched=fetched, **others)  # type: ignore[arg-type]


def found(documents: Documents, query: str, **filters: object) -> list[str]:
    """The URLs of what is found."""
    return [hit.url for hit in documents.search(query, **filters).hits]  # type: ignore[arg-type]


FOX = "http://a.example/fox"
DOG = "http://b.example/dog"
BOTH = "http://sub.b.example/both"


@pytest.fixture
def animals(documents: Documents) -> Documents:
    """Three pages."""
    documents.put(
        [
            page(FOX, "The quick brown fox jumps. Café.", fetched=100.0, status=200),
            page(DOG, "A lazy dog sleeps, brown and quick to bark.", fetched=200.0, status=200),
            page(BOTH, "The fox and the dog", "Meeting", fetched=300.0, status=203),
        ]
    )
    return documents


class DocumentsContract:
    """Stores, replaces, deletes, searches."""

    def test_gives_back_what_was_put(self, documents: Documents) -> None:
        document = page(
            "http://a.example/",
            'line\n"quoted" \\ 日本 \U0001f30a',
            "Title",
            fields={"keywords": ["a", "b"], "empty": []},
            status=200,
            language="en",
            source="http://a.example/?session=1",
        )
        documents.put([document])
        assert list(documents.iterate()) == [document]
        assert documents.count() == 1

    def test_the_newest_fetch_wins_whatever_the_order(self, documents: Documents) -> None:
        new, old = page("http://a.example/", "new", fetched=200.0), page("http://a.example/", "old", fetched=100.0)
        documents.put([new])
        documents.put([old])
        assert [document.text for document in documents.iterate()] == ["new"]
        documents.put([page("http://a.example/", "newer", fetched=300.0), new])
        assert [document.text for document in documents.iterate()] == ["newer"]
        assert found(documents, "old") == found(documents, "new") == []
        assert found(documents, "newer") == ["http://a.example/"]

    def test_a_page_that_did_not_change_is_found_as_before(self, animals: Documents) -> None:
        animals.put([page(FOX, "The quick brown fox jumps. Café.", fetched=900.0)])
        assert found(animals, "jumps") == [FOX]
        assert found(animals, "jumps", since=900.0) == [FOX]

    def test_what_is_deleted_is_found_no_more(self, animals: Documents) -> None:
        animals.delete([FOX, "http://unknown.example/"])
        assert found(animals, "fox") == [BOTH]
        assert animals.count() == 2
        animals.put([page(FOX, "fox again")])
        assert set(found(animals, "fox")) == {FOX, BOTH}

    def test_puts_and_deletions_keep_their_order(self, documents: Documents) -> None:
        done = threading.Semaphore(0)
        errors: list[BaseException | None] = []

        def on_durable(error: BaseException | None) -> None:
            errors.append(error)
            done.release()

        documents.put([page(FOX, "first")], on_durable)
        documents.delete([FOX], on_durable)
        documents.put([page(DOG, "second")], on_durable)
        documents.delete([BOTH], on_durable)
        for _ in range(4):
            assert done.acquire(timeout=30)
        assert errors == [None] * 4
        assert [document.url for document in documents.iterate()] == [DOG]

    def test_a_page_has_one_document_even_if_its_canonical_url_changes(self, documents: Documents) -> None:
        documents.put([page("http://a.example/?s=1", fetched=1.0)])
        documents.put([page("http://a.example/one", fetched=2.0, source="http://a.example/?s=1")])
        assert found(documents, "text") == ["http://a.example/one"]
        documents.put([page("http://a.example/two", fetched=3.0, source="http://a.example/?s=1")])
        assert found(documents, "text") == ["http://a.example/two"]
        documents.put([page("http://a.example/?s=1", fetched=4.0)])
        assert found(documents, "text") == ["http://a.example/?s=1"]

    def test_deleting_the_fetched_url_deletes_the_document_under_its_canonical_url(self, documents: Documents) -> None:
        documents.put([page("http://a.example/", source="http://a.example/?s=1"), page("http://a.example/other")])
        documents.delete(["http://a.example/?s=1"])
        assert found(documents, "text") == ["http://a.example/other"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("fox", {FOX, BOTH}),
            ("FOX", {FOX, BOTH}),
            ("cafe", {FOX}),
            ("quick brown", {FOX, DOG}),
            ('"quick brown"', {FOX}),
            ('"quick brown', {FOX}),
            ("fox -dog", {FOX}),
            ('brown -"lazy dog"', {FOX}),
            ("jumps OR sleeps", {FOX, DOG}),
            ("quick jumps OR sleeps", {FOX, DOG}),
            ("quick jumps OR sleeps -lazy", {FOX}),
            ("OR fox", {FOX, BOTH}),
            ("fox OR", {FOX, BOTH}),
            ("fox +++ ,", {FOX, BOTH}),
            ("-fox", {DOG}),
            ("title:fox", set()),
            ("f*", {FOX, BOTH}),
            ("CAF*", {FOX}),
            ("jump* OR bar* -lazy", {FOX}),
            ("-slee*", {FOX, BOTH}),
            ('"quick br"', set()),
            ('"quick br*"', {FOX}),
            ("brown-and-qui*", {DOG}),
            ("o*x", set()),
            ("*", set()),
            ("fox *", {FOX, BOTH}),
            ("+++", set()),
            ("unknown", set()),
            ("", {FOX, DOG, BOTH}),
        ],
    )
    def test_queries(self, animals: Documents, query: str, expected: set[str]) -> None:
        result = animals.search(query)
        assert {hit.url for hit in result.hits} == expected
        assert result.total == len(expected)

    @given(
        st.text(max_size=60)
        | st.lists(st.sampled_from(['"', "-", "OR", "fox", "(", "*", "NEAR", ":", "\0", " "])).map("".join)
    )
    @settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
        max_examples=200,
        deadline=None,
    )
    def test_any_text_is_a_query(self, animals: Documents, query: str) -> None:
        assert animals.search(query, limit=2).total <= 3

    def test_a_query_is_bounded(self, animals: Documents) -> None:
        words = [f"word{number}" for number in range(32)]
        for query in (" ".join(words), f'"{" ".join(words)}"', "-".join(words), " OR ".join(words)):
            animals.search(query)
            longer = query[:-1] + " more" + query[-1:] if query.endswith('"') else query + " more"
            with pytest.raises(ConfigurationError, match="the query has 33 words; 32 can be looked for at once"):
                animals.search(longer)
        with pytest.raises(ConfigurationError, match="100,000 words"):
            animals.search(" ".join(f"-w{number}" for number in range(100_000)))

    @pytest.mark.parametrize("query", ["fox", '"the fox"', "fo*", "fox OR dog", "fox -lazy", "café"])
    def test_what_is_said_many_times_counts_once(self, animals: Documents, query: str) -> None:
        many = " ".join([query, query.replace("fox", "FOX")] * 1000)
        assert found(animals, many) == found(animals, query) != []

    def test_a_word_in_the_title_counts_more(self, documents: Documents) -> None:
        documents.put([page(FOX, "spindrift " + "word " * 20), page(DOG, "word " * 20, "spindrift")])
        assert found(documents, "spindrift") == [DOG, FOX]
        best, second = documents.search("spindrift").hits
        assert best.score > second.score

    def test_marks_what_was_found(self, animals: Documents) -> None:
        [hit] = animals.search("lazy").hits
        assert "A <mark>lazy</mark> dog" in hit.snippet
        [hit] = animals.search("lazy", marks=("[", "]")).hits
        assert "A [lazy] dog" in hit.snippet
        [hit] = animals.search("sle* brown-and-qui*", marks=("[", "]")).hits
        assert "A lazy dog [sleeps], [brown] [and] [quick] to bark" in hit.snippet

    def test_filters(self, animals: Documents) -> None:
        assert found(animals, "dog", host="b.example") == found(animals, "dog", host="B.example")
        assert set(found(animals, "dog", host="b.example")) == {DOG, BOTH}
        assert found(animals, "dog", host="sub.b.example") == [BOTH]
        assert found(animals, "dog", host="%") == []
        assert found(animals, "dog", status=203) == [BOTH]
        assert found(animals, "", since=200.0) == [BOTH, DOG]
        assert found(animals, "", until=200.0) == [FOX]
        assert found(animals, "-fox", host="a.example") == []

    def test_the_port_of_a_host_counts_where_one_is_given(self, documents: Documents) -> None:
        urls = [
            "http://a.example:8080/x",
            "http://a.example/:8080/",
            "https://a.example:80/",
            "http://a.example:18080/",
        ]
        documents.put([Document(url, "a.example", "", "text") for url in urls])
        documents.put([Document("http://sub.a.example:8080/", "sub.a.example", "", "text")])
        for host in ("a.example:8080", "A.example:8080", "http://a.example:8080/any"):
            assert set(found(documents, "text", host=host)) == {urls[0], "http://sub.a.example:8080/"}
        assert found(documents, "text", host="sub.a.example:8080") == ["http://sub.a.example:8080/"]
        assert len(found(documents, "text", host="a.example:443")) == 5
        assert found(documents, "text", host="a.example:1") == found(documents, "text", host="a b:8080") == []

    def test_gives_pages_of_hits_and_their_total(self, documents: Documents) -> None:
        documents.put([page(f"http://a.example/{n}", fetched=float(n)) for n in range(25)])
        result = documents.search("text", limit=10, offset=20)
        assert (result.total, len(result.hits)) == (25, 5)
        listed = [found(documents, "", limit=10, offset=offset) for offset in (0, 10, 20)]
        assert list(chain.from_iterable(listed)) == [f"http://a.example/{n}" for n in reversed(range(25))]

    def test_text_that_no_index_likes_is_stored_all_the_same(self, documents: Documents) -> None:
        documents.put([page("http://a.example/", "before\0after \ud800 end", "\0", fields={"a\0": ["\udfff"]})])
        assert found(documents, "before end") == ["http://a.example/"]
        assert documents.count() == 1
