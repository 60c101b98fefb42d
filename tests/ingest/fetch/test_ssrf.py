"""No URL, redirect, name or change of mind of a resolver leads to a forbidden address."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.fetch import Client, Disallowed, FetchError, Forbidden, Limits, Outside, Unreachable
from ingest.fetch import wire as wires
from tests.ingest.fetch.conftest import Clients, Time
from tests.ingest.fetch.site import Site, moved, text

LINES = Path(__file__).with_name("forbidden_urls.txt").read_text("utf-8").splitlines()
URLS = [
    line.encode("latin-1", "backslashreplace").decode("unicode_escape")
    for line in LINES
    if line and not line.startswith("#")
]
PUBLIC = "93.184.216.34"
NAMES = {
    "public.example": [PUBLIC],
    "localhost": ["::1", "127.0.0.1"],
    "loopback.example": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "private.example": ["10.1.2.3"],
    "mixed.example": [PUBLIC, "192.168.0.1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "scoped.example": ["fe80::1%1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
}


def names(host: str, _: int) -> list[str]:
    """What the resolver of these tests says; an address is its own."""
    return NAMES.get(host, [host])


def test_there_are_many_forms() -> None:
    assert len(URLS) == len(set(URLS)) >= 100


@pytest.mark.parametrize("url", URLS, ids=ascii)
def test_a_forbidden_url_opens_no_socket(url: str, guard: list[str]) -> None:
    with Client(outside=Outside(addresses=names)) as client, pytest.raises(Forbidden):
        client.get(url)
    assert guard == []


def test_a_refused_address_says_how_to_open_it() -> None:
    with Client() as client, pytest.raises(Forbidden, match=r'"127\.0\.0\.1:8801" to allow'):
        client.get("http://127.0.0.1:8801/")


def test_a_redirect_to_a_forbidden_url_opens_no_socket(
    site: Site, client: Clients, time: Time, guard: list[str]
) -> None:
    sendable = [u for u in URLS if "\n" not in u]
    asking = client(time.outside(addresses=names))
    for number, url in enumerate(sendable):
        site.says[f"/{number}"] = moved(url)
        with pytest.raises(Forbidden):
            asking.get(f"{site.url}/{number}")
    assert len(guard) == len(site.log) == 1 + len(sendable)


def test_a_redirect_of_robots_txt_to_a_forbidden_url_opens_no_socket(
    site: Site, client: Clients, guard: list[str]
) -> None:
    site.says["/robots.txt"] = moved("http://169.254.169.254/latest/")
    with pytest.raises(Disallowed, match="not on the public Internet"):
        client().get(f"{site.url}/")
    assert len(guard) == len(site.log) == 1


def test_a_redirect_through_several_hosts_is_judged_at_each(
    site: Site, client: Clients, guard: list[str]
) -> None:
    site.says["/1"] = moved(f"http://a.example:{site.port}/2")
    site.says["/2"] = moved(f"http://b.example:{site.port}/3", 307)
    site.says["/3"] = moved(f"http://c.example:{site.port}/4", 308)
    with pytest.raises(Forbidden, match=r"c\.example.*127\.0\.0\.1 is not on the public"):
        client().get(f"{site.url}/1")
    assert site.paths == ["/1", "/2", "/3"]
    assert len(guard) == len(site.log)


def test_a_name_is_resolved_once_a_connection_and_that_answer_is_used(
    time: Time, guard: list[str]
) -> None:
    """A rebinding resolver: public at first, then this machine."""
    asked: list[str] = []

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    client = Client(limits=Limits(jitter=0), outside=time.outside(addresses=rebinding))
    with pytest.raises(Forbidden):  # the first attempt fails, for want of a network
        client.get("http://rebind.example:8080/")
    assert guard == [PUBLIC]
    assert len(asked) == 2


def test_a_name_that_alternates_never_reaches_this_machine(time: Time, guard: list[str]) -> None:
    asked: list[str] = []

    def alternating(host: str, _: int) -> list[str]:
        asked.append(host)
        return [[PUBLIC], ["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1"]][len(asked) % 4]

    client = Client(limits=Limits(jitter=0), outside=time.outside(addresses=alternating))
    for _ in range(40):
        with pytest.raises(FetchError):
            client.get("http://rebind.example:8080/")
        time.passed += 3600
    assert set(guard) <= {PUBLIC}


def test_every_address_is_tried_in_turn(site: Site, time: Time, guard: list[str]) -> None:
    client = Client(
        allow_private=["a.example"],
        outside=time.outside(addresses=lambda *_: ["192.0.2.1", "2001:db8::1", "127.0.0.1"]),
    )
    site.says["/"] = text("found")
    assert client.get(f"http://a.example:{site.port}/").body == b"found"
    assert guard == ["192.0.2.1", "2001:db8::1", "127.0.0.1"] * 2  # robots.txt, and the page
    assert site.log[1].host == f"a.example:{site.port}"


def test_proxies_of_the_environment_are_not_used(
    site: Site, client: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.says["/"] = text("direct")
    assert client().get(f"{site.url}/").body == b"direct"


def test_an_unknown_name_is_told(time: Time, guard: list[str]) -> None:
    def unknown(*_: object) -> list[str]:
        raise OSError("Name or service not known")

    client = Client(outside=time.outside(addresses=unknown))
    with pytest.raises(Unreachable, match=r"the name gone\.example was not found"):
        client.get("http://gone.example/")
    assert guard == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for a.example, with its key, signed by itself."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("needs the openssl command")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        f"-subj /CN=a.example -addext subjectAltName=DNS:a.example "
        f"-keyout {path} -out {path}.crt".split(),
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    made = Site(context)
    made.says["/"] = text("secret")
    yield made
    made.close()


def tls_client(secure: Site, time: Time) -> Client:
    """May ask the site as a.example and b.example, and does not try again."""
    opened = [f"{name}:{secure.port}" for name in ("a.example", "b.example")]
    return Client(limits=Limits(retries=0), allow_private=opened, outside=time.outside())


def test_certificates_are_verified(secure: Site, time: Time) -> None:
    with pytest.raises(Unreachable, match="certificate verify failed"):
        tls_client(secure, time).get(f"https://a.example:{secure.port}/")
    assert secure.log == []


def test_a_pinned_connection_keeps_the_name_for_tls(
    secure: Site, time: Time, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(wires, "_tls", lambda: trusting)
    client = tls_client(secure, time)
    assert client.get(f"https://a.example:{secure.port}/").body == b"secret"
    with pytest.raises(Unreachable, match="Hostname mismatch"):
        client.get(f"https://b.example:{secure.port}/")
