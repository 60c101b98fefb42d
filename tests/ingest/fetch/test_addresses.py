"""Which addresses are let through, and which hosts are allowed."""

from __future__ import annotations

from importlib.resources import files
from ipaddress import ip_network

import pytest

from ingest.fetch.addresses import Allowlist, refusal

TABLE = files("ingest.fetch").joinpath("special.tsv").read_text("utf-8").splitlines()
NETWORKS = [line.split("\t")[0] for line in TABLE if not line.startswith("#")]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_special_network_is_refused_from_end_to_end(network: str) -> None:
    ends = ip_network(network)
    assert refusal(str(ends[0]))
    assert refusal(str(ends[-1]))


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"),
        *("126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255"),
        *("172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255"),
        *("198.20.0.0", "223.255.255.255", "2606:4700:4700::1111", "2001:4860:4860::8888"),
        *("2001:200::1", "2003::1", "2400:cb00::1", "3ffe::1"),
    ],
)
def test_the_public_internet_is_let_through(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize("address", ["", "localhost", "127.1", "1.2.3.4.5", "2606:4700::1%eth0"])
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    assert refusal(address)


def test_hosts_are_opened_one_by_one() -> None:
    allowlist = Allowlist(["127.0.0.1:8801", "Intranet.example", "[::1]:8080", "fd00::1"])
    assert ("127.0.0.1", 8801) in allowlist
    assert ("127.0.0.1", 8802) not in allowlist
    assert ("intranet.example", 443) in allowlist
    assert ("intranet.example", 8080) in allowlist
    assert ("www.intranet.example", 443) not in allowlist
    assert ("::1", 8080) in allowlist
    assert ("::1", 80) not in allowlist
    assert ("fd00::1", 80) in allowlist
