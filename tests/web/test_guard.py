"""Who may talk to the server: hosts, origins, and the headers of what goes out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from partialjson.web.app import Settings, make_app
from partialjson.web.guard import Hosts
from partialjson.web.policy import SERVED

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(make_app(Settings(speed=0)), base_url=HERE) as client:
        yield client


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "localhost:9", "LOCALHOST", "[::1]:8000", "127.8.9.1"]
)
def test_this_machine_is_called_by_its_own_names(host: str) -> None:
    assert Hosts().allow(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "192.168.1.4",
        "0.0.0.0",
        "[::ffff:8.8.8.8]",
        "[::1",
        "2130706433",
    ],
)
def test_any_other_name_may_be_one_that_was_made_to_lead_here(host: str) -> None:
    assert not Hosts().allow(host)


def test_a_server_for_others_is_called_by_addresses_and_by_the_names_it_was_told() -> None:
    hosts = Hosts(local=False, names=frozenset({"box.lan"}))
    assert all(hosts.allow(host) for host in ("192.168.1.4:8000", "[fe80::1]:80", "box.lan", "BOX.lan:8000"))
    assert not hosts.allow("evil.example")


def test_a_rebound_name_is_refused_everywhere(client: TestClient) -> None:
    for path in ("/", "/main.js", "/api/questions", "/api/runs/x/events"):
        answer = client.get(path, headers={"host": "evil.example"})
        assert answer.status_code == 403
        assert "another host" in answer.text
    assert client.post("/api/runs", json={"prompt": "?"}, headers={"host": "evil.example"}).status_code == 403


def test_two_hosts_are_none(client: TestClient) -> None:
    request = client.build_request("GET", "/", headers=[("host", "127.0.0.1:8000"), ("host", "evil.example")])
    assert client.send(request).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:9000",
        "http://localhost:8000",
        "http://127.0.0.1:8000.evil.example",
    ],
)
def test_a_page_from_elsewhere_can_begin_nothing(client: TestClient, origin: str) -> None:
    answer = client.post("/api/runs", json={"prompt": "?"}, headers={"origin": origin})
    assert answer.status_code == 403
    assert "another site" in answer.text
    run = client.post("/api/runs", json={"prompt": "Review a kettle"}).json()["run"]
    assert client.get(f"/api/runs/{run}/events", headers={"origin": origin}).status_code == 403
    assert client.post(f"/api/runs/{run}/stop", headers={"origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect(f"/api/runs/{run}/socket", headers={"origin": origin}),
    ):
        raise AssertionError("a foreign page was connected")
    assert refused.value.code == 1008


def test_the_own_page_can(client: TestClient) -> None:
    assert client.post("/api/runs", json={"prompt": "Review a kettle"}, headers={"origin": HERE}).status_code == 201


def test_what_another_site_asks_for_without_an_origin_is_refused(client: TestClient) -> None:
    for site in ("cross-site", "same-site"):
        headers = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}
        assert client.get("/main.js", headers=headers).status_code == 403
    visit = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=visit).status_code == 200
    framed = {**visit, "sec-fetch-dest": "iframe"}
    assert client.get("/", headers=framed).status_code == 403


def test_a_form_of_another_site_cannot_post_either(client: TestClient) -> None:
    """A browser sends such a body without asking first."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = client.post("/api/runs", content=b'{"prompt": "?"}', headers={"content-type": kind})
        assert answer.status_code == 415


def test_every_answer_carries_the_policy(client: TestClient) -> None:
    answers = [
        client.get("/"),
        client.get("/main.js"),
        client.get("/nothing.js"),
        client.get("/api/questions"),
        client.get("/", headers={"host": "evil.example"}),
    ]
    for answer in answers:
        assert answer.headers["content-security-policy"] == SERVED
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "unsafe" not in SERVED
