"""Seeds of one URL that ask with different bodies are each asked, once, and each has its document."""

from pathlib import Path

from spindrift.conf import Settings
from spindrift.frontier.inject import inject
from spindrift.store import open_store
from spindrift.urls.bodies import with_body
from tests.crawl.running import crawl_conf, run_crawl
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, http


def answers(request: Request) -> Answer:
    if request.path == "/robots.txt":
        return http(200, b"User-agent: *\nDisallow: /hidden$\n")
    size = request.headers.get("content-length", "no")
    page = f"<title>{size} bytes</title><p>were asked with</p><a href='/api#top'>self</a>"
    return http(200, page.encode(), content_type="text/html")


def test_each_is_asked_once_and_stands_for_itself(tmp_path: Path) -> None:
    with LoopbackServer(answers) as server:
        url = server.url("/api")
        lines = [f'{url}\thttp.post.json={{"q": {"1" * n}}}' for n in (1, 2, 2)] + [url, f"{url}\thttp.post.json= "]
        hidden = server.url("/hidden")
        seeds = tmp_path / "seeds.txt"
        seeds.write_text("\n".join([*lines, f"{hidden}\thttp.post.json=1"]))
        conf = crawl_conf(tmp_path)
        with open_store("memory:") as store:
            run_crawl(store, [str(seeds)], conf | {"store.url": "memory:"})
            documents = {document.url: document.title for document in store.documents.iterate()}
            stored = store.frontier.get(with_body(url, '{"q": 11}'))
            refused = store.frontier.get(with_body(hidden, "1"))
            again = inject(store.frontier, [str(seeds)], Settings(conf))
    asked = sorted((request.method, request.body) for request in server.requests[1:])
    assert asked == [("GET", b""), ("POST", b'{"q": 11}'), ("POST", b'{"q": 1}')]
    assert set(server.paths()) == {"/robots.txt", "/api"}, "what stands behind the # is not sent"
    assert documents == {
        url: "no bytes",
        with_body(url, '{"q": 1}'): "8 bytes",
        with_body(url, '{"q": 11}'): "9 bytes",
    }
    assert stored is not None
    assert stored.metadata["http.post.json"] == ['{"q": 11}'], "for the next time"
    assert stored.key == "127.0.0.1"
    assert refused is not None
    assert refused.metadata["error.cause"] == ["robots.txt"], "which knows nothing of fragments"
    assert (again.added, again.known) == (0, 6)


def test_a_fragment_of_the_seed_makes_no_difference() -> None:
    assert with_body("http://a.example/#x", "1") == with_body("http://a.example/", "1")
    assert with_body("http://a.example/", "1") != with_body("http://a.example/", "2")
