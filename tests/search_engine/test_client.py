"""Who is asking, and that nobody else learns it; servers that are away."""

import base64
from pathlib import Path
from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError, StoreError
from spindrift.search_engine.address import SearchAddress
from spindrift.search_engine.client import connect
from spindrift.search_engine.errors import Unreachable
from spindrift.search_engine.identity import API_KEY, PASSWORD
from spindrift.store import open_store
from tests.protocol.self_signed import self_signed_tls
from tests.search_engine.fake_node import FakeNode

ENGINES = ("elasticsearch", "opensearch")


def authorization(engine: str, userinfo: str = "", **conf: Any) -> str:
    """What is sent as the header of that name."""
    settings = Settings({f"store.search.{name.replace('__', '.')}": value for name, value in conf.items()})
    with FakeNode(lambda asked: (200, {})) as node:
        client = connect(SearchAddress.parse(f"{engine}://{userinfo}127.0.0.1:{node.port}/"), settings)
        client.request("GET", "/_cluster/health")
        client.close()
        return node.asked[0].headers.get("authorization", "")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_password_comes_from_the_environment_the_configuration_or_the_url(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert authorization(engine) == ""
    expected = "Basic " + base64.b64encode(b"me:sesame").decode()
    assert authorization(engine, "me:sesame@") == expected
    assert authorization(engine, user="me", password="sesame") == expected
    monkeypatch.setenv(PASSWORD, "sesame")
    assert authorization(engine, user="me") == expected
    assert authorization(engine, "me@") == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_an_api_key_will_do(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert authorization(engine, api__key="c2VzYW1l") == "ApiKey c2VzYW1l"
    monkeypatch.setenv(API_KEY, "b3Blbg==")
    assert authorization(engine) == "ApiKey b3Blbg=="


@pytest.mark.parametrize("engine", ENGINES)
def test_a_line_end_is_no_part_of_a_secret_and_passwords_are_of_any_letters(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(API_KEY, " b3Blbg==\r\n")
    assert authorization(engine) == "ApiKey b3Blbg=="
    monkeypatch.setenv(PASSWORD, " Sésam 芝麻\n")
    expected = "Basic " + base64.b64encode("mé: Sésam 芝麻".encode()).decode()
    assert authorization(engine, "m%C3%A9@") == expected


@pytest.mark.parametrize("key", ["sesamé", "ses\name", "ses\udcffame"])
def test_an_api_key_that_cannot_be_one_is_a_mistake_that_does_not_tell_it(key: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"no API key has; give store.search.api.key, or .* {API_KEY}"
    ) as error:
        connect(SearchAddress.parse("elasticsearch://h/"), Settings({"store.search.api.key": key}))
    assert "ses" not in str(error.value).replace("elasticsearch", "").lower()


def test_a_password_that_is_not_utf_8_is_a_mistake_that_does_not_tell_it() -> None:
    settings = Settings({"store.search.user": "me", "store.search.password": "ses\udcffame"})
    with pytest.raises(ConfigurationError, match="password for me is not UTF-8") as error:
        connect(SearchAddress.parse("elasticsearch://h/"), settings)
    assert "ame" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize("engine", ENGINES)
def test_errors_hold_no_secret(engine: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with FakeNode(lambda asked: (401, {"error": {"type": "security_exception", "reason": "who?"}})) as node:
        url = f"{engine}://me:sesame@127.0.0.1:{node.port}/t"
        with pytest.raises(
            StoreError, match=r"401 security_exception who\?; there is no user me, or its password"
        ) as e:
            open_store(url)
    with pytest.raises(StoreError, match=r"connection refused\); check") as away:
        open_store(url)
    assert "sesame" not in str(e.value) + str(away.value) + caplog.text


def refusal(status: int, userinfo: str = "", **conf: Any) -> str:
    """What is said of an answer of that status."""
    settings = Settings({f"store.search.{name.replace('__', '.')}": value for name, value in conf.items()})
    with FakeNode(lambda asked: (status, {"error": {"type": "security_exception", "reason": "no"}})) as node:
        client = connect(SearchAddress.parse(f"elasticsearch://{userinfo}127.0.0.1:{node.port}/t"), settings)
        with pytest.raises(StoreError) as refused:
            client.request("GET", "/")
        client.close()
    return str(refused.value).partition("security_exception no; ")[2]


def test_who_is_refused_is_told_where_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(401) == f"say who you are with store.search.user and {PASSWORD}, or with {API_KEY}"
    assert refusal(401, "me:sesame@").endswith("its password is another one: look at the URL")
    assert refusal(401, user="me", password="sesame").endswith("look at store.search.password")
    assert refusal(403, user="me", password="sesame") == "user me is not allowed to do that"
    assert refusal(401, api__key="c2VzYW1l") == "that API key is not known: look at store.search.api.key"
    assert refusal(500) == ""
    monkeypatch.setenv(PASSWORD, "sesame")
    assert refusal(401).endswith(f"; {PASSWORD} is set, but no user")
    assert refusal(401, user="me").endswith(f"look at {PASSWORD}")
    monkeypatch.setenv(API_KEY, "b3Blbg==")
    assert refusal(403) == "that API key is not allowed to do that"


def test_a_password_needs_a_user() -> None:
    settings = Settings({"store.search.password": "sesame"})
    with pytest.raises(ConfigurationError, match=r"store\.search\.password needs store\.search\.user"):
        connect(SearchAddress.parse("elasticsearch://h/"), settings)


def test_a_user_needs_a_password() -> None:
    with pytest.raises(ConfigurationError, match=f"no password for me; set the environment variable {PASSWORD}"):
        connect(SearchAddress.parse("elasticsearch://me@h/"), Settings())


def test_the_file_of_an_authority_must_be_there(tmp_path: Path) -> None:
    settings = Settings({"store.search.tls.ca.file": f"{tmp_path}/ca.pem"})
    with pytest.raises(ConfigurationError, match=r"store.search.tls.ca.file: there is no file"):
        connect(SearchAddress.parse("elasticsearch://h/?tls=true"), settings)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_authority_of_ones_own_can_vouch_for_the_server(engine: str, tmp_path: Path) -> None:
    with FakeNode(lambda asked: (200, {}), self_signed_tls(tmp_path)) as node:

        def ask(**conf: object) -> int:
            settings = Settings({f"store.search.tls.{name}": value for name, value in conf.items()})
            client = connect(SearchAddress.parse(f"{engine}://localhost:{node.port}/?tls=true"), settings)
            try:
                return client.request("GET", "/_cluster/health").status
            finally:
                client.close()

        assert ask(**{"ca.file": f"{tmp_path}/server.pem"}) == 200
        assert ask(verify=False) == 200
        with pytest.raises(StoreError, match=r"no secure connection .*; name the file .* store.search.tls.ca.file"):
            ask()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_without_tls_is_not_taken_for_one(engine: str) -> None:
    with FakeNode(lambda asked: (200, {})) as node:
        client = connect(SearchAddress.parse(f"{engine}://127.0.0.1:{node.port}/?tls=true"), Settings())
        with pytest.raises(StoreError, match=r"no secure connection .*; the server may speak no TLS there"):
            client.request("GET", "/")
        client.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_that_stays_away_is_given_up_after_a_while(engine: str, caplog: pytest.LogCaptureFixture) -> None:
    with FakeNode(lambda asked: (200, {})) as node:
        port = node.port
    client = connect(SearchAddress.parse(f"{engine}://127.0.0.1:{port}/"), Settings({"store.search.patience": "1s"}))
    with pytest.raises(Unreachable, match=r"does not answer \(connection refused\)"):
        client.ask("GET", "/")
    assert client.is_away
    assert caplog.text.count("does not answer (connection refused); it is waited for 1 s") == 1
    client.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_that_comes_back_is_asked_again(engine: str) -> None:
    answers = [(503, {}), (429, {"error": {"type": "circuit_breaking_exception"}}), (200, {"status": "green"})]
    with FakeNode(lambda asked: answers.pop(0)) as node:
        client = connect(SearchAddress.parse(f"{engine}://127.0.0.1:{node.port}/"), Settings())
        assert client.ask("GET", "/_cluster/health").body == {"status": "green"}
        client.close()
