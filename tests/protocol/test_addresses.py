"""Which addresses a link on a public page may lead to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.protocol.addresses import is_public, is_public_text, known_privacy


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "2002:808:808::1"]
)
def test_public_ones(address: str) -> None:
    assert is_public_text(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "168.63.129.16",
        "172.16.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "64:ff9b:1::7f00:1",
        "::ffff:0:127.0.0.1",
        "2001:0:7f00:1::",
        "fc00::1",
        "fec0::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "2001:db8::1",
        "not an address",
    ],
)
def test_others(address: str) -> None:
    assert not is_public_text(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_ipv6_clothes_is_what_it_is_without(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for clothes in (0xFFFF << 32, int(ipaddress.IPv6Address("64:ff9b::"))):
        assert is_public(ipaddress.IPv6Address(clothes | number)) == is_public(address)


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("a.localhost", True),
        ("notlocalhost", None),
        ("localhost.example", None),
        ("10.0.0.1", True),
        ("8.8.8.8", False),
        ("::1", True),
        ("example.org", None),
    ],
)
def test_hosts_that_tell_by_their_spelling(host: str, private: bool | None) -> None:
    assert known_privacy(host) is private
