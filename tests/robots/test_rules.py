"""What a robots.txt says to a crawler."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from spindrift.robots.rules import LONGEST_DELAY, MAX_SITEMAPS, parse_robots


def allowed(robots: str | bytes, url: str, *agents: str) -> bool:
    return parse_robots(robots, agents or ("my-crawler",)).allowed(url)


ODD_FIELDS = [
    *("User-agent: ", "user agent ", "USERAGENT:", "User-agent:  ", "users-agent: "),
    *("Disallow: ", "Allow: ", "allow ", "disallow :", "Dissallow: ", "allow-not ", "allow this: ", "disallowed: "),
    *("Crawl-delay: ", "Sitemap: ", "Host: ", "Foo: ", "foo ", "#", "  "),
]


def rule_lines(fields: list[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Files of lines, each a field and a value."""
    line = st.builds("{}{}".format, st.sampled_from(fields), values)
    return st.lists(line, max_size=12).map("\n".join)


class TestGroups:
    FILE = """
        User-agent: *
        Disallow: /for-nobody

        User-agent: First
        Disallow: /not-for-first

        User-agent: second
        Disallow: /not-for-second
        """

    def test_a_crawler_without_a_group_obeys_the_wildcard(self) -> None:
        assert not allowed(self.FILE, "https://a.example/for-nobody", "third")

    def test_a_group_of_its_own_replaces_the_wildcard(self) -> None:
        assert allowed(self.FILE, "https://a.example/for-nobody", "first")
        assert not allowed(self.FILE, "https://a.example/not-for-first", "first")

    def test_case_does_not_matter(self) -> None:
        assert not allowed(self.FILE, "https://a.example/not-for-second", "SECOND")

    def test_of_several_names_the_first_that_has_a_group_decides(self) -> None:
        assert not allowed(self.FILE, "https://a.example/not-for-second", "none", "second", "first")
        assert allowed(self.FILE, "https://a.example/not-for-first", "none", "second", "first")

    def test_without_a_name_the_wildcard_decides(self) -> None:
        rules = parse_robots(self.FILE, [])
        assert not rules.allowed("https://a.example/for-nobody")
        assert rules.allowed("https://a.example/not-for-first")

    @pytest.mark.parametrize("name", ["crawler", "Crawler/2.1", "crawler*", "crawler (the old one)", "other, crawler"])
    def test_version_comment_and_asterisk_are_no_part_of_a_name(self, name: str) -> None:
        assert not allowed(f"User-agent: {name}\nDisallow: /", "https://a.example/", "crawler")

    def test_the_longest_beginning_of_a_name_speaks_to_it(self) -> None:
        robots = "User-agent: news\nDisallow: /a\nUser-agent: news-bot\nDisallow: /b\nUser-agent: bot\nDisallow: /c"
        rules = parse_robots(robots, ["news-bot-images"])
        assert [rules.allowed(f"https://a.example/{path}") for path in "abc"] == [True, False, True]

    def test_a_name_inside_another_word_speaks_to_nobody_else(self) -> None:
        assert allowed("User-agent: bot\nDisallow: /", "https://a.example/", "mybot")
        assert allowed("User-agent: bot\nDisallow: /", "https://a.example/", "my-bot")

    def test_a_whole_user_agent_header_may_be_asked_for(self) -> None:
        header = "Mozilla/5.0 (compatible; FooBot/1.0; +https://foo.example/bot)"
        assert not allowed("User-agent: foobot\nDisallow: /", "https://a.example/", header)

    def test_groups_of_the_same_name_add_up(self) -> None:
        robots = "User-agent: b\nDisallow: /1\n\nUser-agent: c\nDisallow: /2\n\nUser-agent: B/2\nDisallow: /3"
        rules = parse_robots(robots, ["b"])
        assert [rules.allowed(f"https://a.example/{path}") for path in "123"] == [False, True, False]

    def test_several_names_share_the_rules_below_them(self) -> None:
        robots = "User-agent: x\nUser-agent: y\nUser-agent: z\nDisallow: /1\nUser-agent: w\nDisallow: /2"
        for name in "xyz":
            assert not allowed(robots, "https://a.example/1", name)
            assert allowed(robots, "https://a.example/2", name)

    def test_rules_of_others_do_not_count_after_ours(self) -> None:
        robots = "User-agent: us\nAllow: /a\nUser-agent: them\nDisallow: /a\nDisallow: /b\nSitemap: /s\nDisallow: /c"
        rules = parse_robots(robots, ["us"], "https://a.example/robots.txt")
        assert all(rules.allowed(f"https://a.example/{path}") for path in "abc")
        assert rules.sitemaps == ("https://a.example/s",)


class TestURLs:
    def test_the_longest_match_wins_and_allow_wins_a_tie(self) -> None:
        robots = "User-agent: *\nDisallow: /shop\nAllow: /shop/open\nDisallow: /same\nAllow: /same"
        assert not allowed(robots, "https://a.example/shop/closed")
        assert allowed(robots, "https://a.example/shop/open/1")
        assert allowed(robots, "https://a.example/same")

    @pytest.mark.parametrize("url", ["https://a.example/robots.txt", "https://a.example/robots.txt?x"])
    def test_robots_txt_is_always_allowed(self, url: str) -> None:
        assert allowed("User-agent: *\nDisallow: /", url)

    def test_the_query_counts(self) -> None:
        assert not allowed("User-agent: *\nDisallow: /*?session=", "https://a.example/x?session=1")

    @pytest.mark.parametrize("pattern", ["/caf%C3%A9", "/caf%c3%a9", "/café"])
    @pytest.mark.parametrize("path", ["/caf%C3%A9", "/caf%c3%a9", "/café"])
    def test_both_spellings_of_a_character_match(self, pattern: str, path: str) -> None:
        assert not allowed(f"User-agent: *\nDisallow: {pattern}", f"https://a.example{path}")

    def test_a_dollar_anchors_the_end(self) -> None:
        robots = "User-agent: *\nDisallow: /*.pdf$"
        assert not allowed(robots, "https://a.example/x.pdf")
        assert allowed(robots, "https://a.example/x.pdf?page=1")

    @pytest.mark.parametrize("url", ["http://[broken/secret", "http://a\ud800.example/secret", "//[x/secret", "\ud800"])
    def test_urls_that_are_none_do_not_raise(self, url: str) -> None:
        allowed("User-agent: *\nDisallow: /secret", url)

    def test_the_path_counts_even_where_the_host_cannot_be_read(self) -> None:
        assert not allowed("User-agent: *\nDisallow: /secret", "http://[broken/secret")


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
    def test_encodings_are_recognised(self, encoding: str) -> None:
        robots = "User-agent: *\nDisallow: /straße\n".encode(encoding)
        assert not allowed(robots, "https://a.example/stra%C3%9Fe/1")

    def test_one_line_in_another_encoding_hurts_no_other(self) -> None:
        robots = "# von Müller\nUser-agent: *\n".encode("latin-1") + "Disallow: /straße".encode()
        assert not allowed(robots, "https://a.example/stra%C3%9Fe")

    def test_characters_that_only_python_takes_for_line_ends_end_no_line(self) -> None:
        assert allowed("User-agent: *\n# never\x85Disallow: /\x0bDisallow: /\u2028Disallow: /", "https://a.example/")

    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
    def test_all_line_ends_of_the_standard_are_known(self, end: str) -> None:
        assert not allowed(end.join(["User-agent: *", "", "Disallow: /x"]), "https://a.example/x")

    def test_a_page_in_place_of_rules_allows_everything(self) -> None:
        rules = parse_robots(b"<!doctype html><title>404</title><p>user: no such page", ["my-crawler"])
        assert rules.allowed("https://a.example/")
        assert rules.sitemaps == ()

    @given(
        st.binary() | st.text().map(lambda text: f"User-agent: *\n{text}"),
        st.lists(st.text(), max_size=3),
        st.text(),
    )
    def test_nothing_makes_it_raise(self, body: bytes | str, agents: list[str], url: str) -> None:
        assert parse_robots(body, agents, url).allowed(url) in (True, False)

    @given(rule_lines(ODD_FIELDS, values=st.text("*$%/ab1 :?\ud800\u2028", max_size=8)))
    def test_nothing_that_looks_like_rules_makes_it_raise_either(self, body: str) -> None:
        assert parse_robots(body, ["a", "b"], "https://a.example/robots.txt").allowed("/a/b") in (True, False)

    @given(
        rule_lines(ODD_FIELDS, values=st.sampled_from(["bot", "bots", "spider", "*", "", "/", "/a", "/a*b$", "3"])),
        st.sampled_from(["bot", "bots", "bots-new", "spider", "other", "*"]),
        st.sampled_from(["/", "/a", "/ab", "/b"]),
    )
    def test_choosing_the_group_first_changes_no_verdict_of_protego(self, body: str, agent: str, path: str) -> None:
        theirs = Protego.parse(body)
        ours = parse_robots(body, [agent])
        assert ours.allowed(path) == theirs.can_fetch(path, agent)
        assert ours.crawl_delay == theirs.crawl_delay(agent)


class TestCrawlDelay:
    @pytest.mark.parametrize(("value", "seconds"), [("10", 10.0), ("0.5", 0.5), ("0", 0.0), ("1e300", LONGEST_DELAY)])
    def test_seconds(self, value: str, seconds: float) -> None:
        assert parse_robots(f"User-agent: *\nCrawl-delay: {value}", ["me"]).crawl_delay == seconds

    @pytest.mark.parametrize("value", ["-1", "soon", "nan", "inf", "", "10 s"])
    def test_what_is_no_number_of_seconds_is_ignored(self, value: str) -> None:
        assert parse_robots(f"User-agent: *\nCrawl-delay: {value}", ["me"]).crawl_delay is None

    def test_the_delay_of_another_group_does_not_count(self) -> None:
        robots = "User-agent: *\nCrawl-delay: 10\n\nUser-agent: me\nDisallow: /x"
        assert parse_robots(robots, ["me"]).crawl_delay is None
        assert parse_robots(robots, ["you"]).crawl_delay == 10


class TestSitemaps:
    def sitemaps(self, lines: list[str], base: str = "https://a.example/robots.txt") -> list[str]:
        return list(parse_robots("\n".join(f"Sitemap: {line}" for line in lines), ["me"], base).sitemaps)

    def test_relative_ones_are_resolved(self) -> None:
        assert self.sitemaps(["/s.xml", "t.xml", "//b.example/u.xml"]) == [
            "https://a.example/s.xml",
            "https://a.example/t.xml",
            "https://b.example/u.xml",
        ]

    def test_only_the_web_counts_and_each_only_once(self) -> None:
        lines = [
            "ftp://a.example/s",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://b.example/s",
            "HTTPS://B.example/s",
        ]
        assert self.sitemaps(lines) == ["https://b.example/s"]

    def test_without_a_base_relative_ones_are_left_out(self) -> None:
        assert self.sitemaps(["/s.xml", "https://b.example/s"], base="") == ["https://b.example/s"]

    def test_their_number_is_bounded(self) -> None:
        assert len(self.sitemaps([f"/{number}" for number in range(MAX_SITEMAPS + 1)])) == MAX_SITEMAPS


class TestHostileFiles:
    """Half a megabyte that is meant to hurt: each of these takes minutes, or all memory, in a careless reader."""

    SIZE = 500 * 1024
    URL = "https://a.example/" + "a" * 2000

    def test_many_wildcards_in_a_rule(self) -> None:
        rule = "Disallow: /" + "*a" * 50 + "b\n"
        assert allowed("User-agent: *\n" + rule * (self.SIZE // len(rule)), self.URL)
        assert allowed("User-agent: *\nDisallow: /" + "*a" * (self.SIZE // 2) + "b", self.URL)

    def test_many_groups_that_share_many_rules(self) -> None:
        names = "".join(f"User-agent: a{number}\n" for number in range(12_000))
        rules = "".join(f"Disallow: /{number}\n" for number in range(12_000))
        assert allowed(names + rules, self.URL)
        assert not allowed(names + rules, "https://a.example/11999", "a7")

    def test_a_long_url_against_too_many_wildcard_rules_counts_as_disallowed(self) -> None:
        robots = "User-agent: *\n" + "".join(f"Allow: *{number:x}\n" for number in range(self.SIZE // 12))
        assert not allowed(robots, self.URL)
        assert allowed(robots, "https://a.example/1")

    @pytest.mark.parametrize("line", ["$", "%41", " ", "user ", ",a", "\u2028"])
    def test_long_lines(self, line: str) -> None:
        long = line * (self.SIZE // len(line))
        assert allowed(f"User-agent: x{long}\nDisallow: {long}", self.URL)
