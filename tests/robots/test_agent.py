"""Who the crawler says it is."""

from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.robots.agent import Agent, robots_agents


def agent(**parts: Any) -> Agent:
    conf = {f"http.agent.{part}": value for part, value in parts.items()}
    return Agent.from_settings(Settings({"http.agent.name": "my-crawler", **conf}))


@pytest.mark.parametrize(
    ("parts", "user_agent"),
    [
        ({}, "my-crawler"),
        ({"version": "1.0"}, "my-crawler/1.0"),
        ({"description": "a test"}, "my-crawler (a test)"),
        ({"url": "https://me.example"}, "my-crawler (https://me.example)"),
        ({"description": "a test", "email": "me@me.example"}, "my-crawler (a test; me@me.example)"),
        (
            {"version": "1.0", "description": "a test", "url": "https://me.example", "email": "me@me.example"},
            "my-crawler/1.0 (a test; https://me.example; me@me.example)",
        ),
        ({"version": " ", "description": ""}, "my-crawler"),
    ],
)
def test_the_user_agent_has_stormcrawlers_form(parts: dict[str, str], user_agent: str) -> None:
    assert agent(**parts) == Agent("my-crawler", user_agent)


def test_a_user_agent_can_be_given_verbatim() -> None:
    settings = Settings({"http.agent.name": "my-crawler", "http.agent.version": "1", "http.agent": "Mozilla/5.0 (me)"})
    assert Agent.from_settings(settings) == Agent("my-crawler", "Mozilla/5.0 (me)")


@pytest.mark.parametrize("name", [None, "", "  "])
def test_without_a_name_it_says_how_to_set_one(name: str | None) -> None:
    with pytest.raises(ConfigurationError, match=r"-o http\.agent\.name=my-crawler") as caught:
        Agent.from_settings(Settings({"http.agent.name": name}))
    assert "config.json" in str(caught.value)


@pytest.mark.parametrize("name", ["my crawler", "crawler2", "crawler/1.0", "краулер", "*"])
def test_a_name_is_a_product_token(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"http\.agent\.name"):
        agent(name=name)


def test_no_header_can_be_smuggled_in() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Agent.from_settings(
            Settings({"http.agent.name": "me", "http.agent.email": "a\r\nX-Evil: 1", "http.agent": "b\nc"})
        )
    assert len(caught.value.problems) == 2


def test_robots_txt_is_asked_for_the_agents_name() -> None:
    assert robots_agents(Settings({"http.agent.name": "my-crawler"})) == ["my-crawler"]


@pytest.mark.parametrize("agents", [["other", "my-crawler"], "other, my-crawler", ["other,my-crawler"]])
def test_or_for_the_names_that_are_listed_in_their_order(agents: list[str] | str) -> None:
    settings = Settings({"http.agent.name": "my-crawler", "http.robots.agents": agents})
    assert robots_agents(settings) == ["other", "my-crawler"]


def test_a_list_of_the_agent_alone_does_not_lose_it() -> None:
    settings = Settings({"http.agent.name": "my-crawler", "http.robots.agents": ["my-crawler"]})
    assert robots_agents(settings) == ["my-crawler"]


def test_every_listed_name_that_is_no_product_token_is_told() -> None:
    with pytest.raises(ConfigurationError) as caught:
        robots_agents(Settings({"http.agent.name": "me", "http.robots.agents": "ok, bot/1, b0t"}))
    assert len(caught.value.problems) == 2
