"""What HTTP does to a connector: retries of reads, none of writes, and every failure as words for a person."""

import base64
import gzip
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina

from connectors.base import Account
from connectors.errors import (
    AuthExpired,
    CertificateRejected,
    Conflict,
    ConnectorError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Temporary,
)
from connectors.http import HttpApi

Network = Callable[[httpx.Request], httpx.Response]
MakeApi = Callable[..., tuple[HttpApi, list[httpx.Request]]]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRET = "sk_live_do/not+show"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=3, cap=True):
        yield


@pytest.fixture
def api(tmp_path: Path) -> Iterator[MakeApi]:
    """Make an API whose network is a function, and the list of requests it saw."""
    opened: list[HttpApi] = []

    def make(handler: Network, **options: Any) -> tuple[HttpApi, list[httpx.Request]]:
        seen: list[httpx.Request] = []

        def record(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return handler(request)

        account = Account(
            name="shop",
            values={},
            cache=tmp_path,
            options={"transport": httpx.MockTransport(record), "clock": lambda: NOW},
        )
        options.setdefault("headers", {"Authorization": f"Bearer {SECRET}"})
        made = HttpApi(account, "https://shop.test/api", **options)
        opened.append(made)
        return made, seen

    yield make
    for each in opened:
        each.close()


def answering(*answers: httpx.Response | Exception | Callable[[], httpx.Response]) -> Network:
    """A network that gives each answer in turn, the last one for ever; an exception is raised."""
    left = list(answers)

    def handler(request: httpx.Request) -> httpx.Response:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    return handler


def test_a_read_brings_the_json(api: MakeApi) -> None:
    shop, seen = api(answering(httpx.Response(200, json={"orders": [1]})))
    assert shop.get("/orders", {"page": 2}).json() == {"orders": [1]}
    assert str(seen[0].url) == "https://shop.test/api/orders?page=2"
    assert seen[0].headers["user-agent"].startswith("oms-tui")


@pytest.mark.parametrize(
    "failure", [httpx.Response(502), httpx.ReadTimeout("slow"), httpx.ConnectError("refused"), httpx.ReadError("cut")]
)
def test_a_read_that_failed_for_the_moment_is_tried_again(api: MakeApi, failure: Any) -> None:
    shop, seen = api(answering(failure, httpx.Response(200, json=[])))
    assert shop.get("orders").json() == []
    assert len(seen) == 2


def test_a_read_gives_up_after_few_attempts(api: MakeApi) -> None:
    shop, seen = api(answering(lambda: httpx.Response(500, text="oops")))
    with pytest.raises(Temporary, match=r"shop: GET shop\.test/api/orders answered 500: oops"):
        shop.get("orders")
    assert len(seen) == 3


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(500),
        httpx.Response(504),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("cut"),
        httpx.WriteError("cut"),
    ],
)
def test_a_write_that_may_have_arrived_is_in_doubt_and_never_sent_twice(api: MakeApi, failure: Any) -> None:
    shop, seen = api(answering(failure, httpx.Response(200, json={})))
    with pytest.raises(OutcomeUnknown):
        shop.post("refunds", json={"amount": 5})
    assert len(seen) == 1


def test_a_write_that_never_left_is_safe_to_try_later(api: MakeApi) -> None:
    shop, seen = api(answering(httpx.ConnectError("refused")))
    with pytest.raises(Temporary, match="cannot connect"):
        shop.post("refunds", json={})
    assert len(seen) == 1


def test_a_write_answered_with_junk_is_in_doubt(api: MakeApi) -> None:
    shop, _ = api(answering(httpx.Response(200, text='{"id": 1')))
    with pytest.raises(OutcomeUnknown):
        shop.post("refunds", json={}).json()


def test_a_post_that_only_reads_is_treated_like_a_read(api: MakeApi) -> None:
    shop, seen = api(answering(httpx.Response(503), httpx.Response(200, json={"result": 1})))
    assert shop.post("graphql", json={"query": "{}"}, safe=True).json() == {"result": 1}
    assert len(seen) == 2


def test_the_idempotency_key_travels(api: MakeApi) -> None:
    shop, seen = api(answering(httpx.Response(200, json={})))
    shop.post("refunds", data={"amount": "5"}, idempotency_key="k1")
    assert seen[0].headers["idempotency-key"] == "k1"
    assert seen[0].content == b"amount=5"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (401, AuthExpired),
        (402, Rejected),
        (403, Forbidden),
        (404, NotFound),
        (405, ProtocolError),
        (409, Conflict),
        (410, NotFound),
        (412, Conflict),
        (422, Rejected),
        (429, RateLimited),
    ],
)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_each_status_has_its_meaning(api: MakeApi, status: int, kind: type[ConnectorError], verb: str) -> None:
    shop, _ = api(answering(lambda: httpx.Response(status, json={"message": "because"})))
    with pytest.raises(kind, match=f"answered {status}: because") as caught:
        getattr(shop, verb)("orders")
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("body", "words", "field"),
    [
        ({"error": {"message": "No such charge", "param": "charge"}}, "No such charge", "charge"),
        ({"error": {"message": "Invalid", "errors": [{"field": "zip", "message": "bad"}]}}, "Invalid", "zip"),
        ({"errors": [{"message": "too much", "field": "amount"}]}, "too much", "amount"),
        ({"detail": "nope"}, "nope", ""),
    ],
)
def test_a_refusal_carries_the_systems_words_and_the_field(api: MakeApi, body: Any, words: str, field: str) -> None:
    shop, _ = api(answering(httpx.Response(422, json=body)))
    with pytest.raises(Rejected, match=words) as caught:
        shop.post("refunds", json={})
    assert caught.value.field == field


def test_a_short_wait_is_waited_and_a_long_one_left_to_the_schedule(api: MakeApi) -> None:
    shop, seen = api(answering(httpx.Response(429, headers={"Retry-After": "0"}), httpx.Response(200, json=1)))
    assert shop.get("orders").json() == 1
    assert len(seen) == 2
    shop, seen = api(answering(httpx.Response(429, headers={"Retry-After": "90"})))
    with pytest.raises(RateLimited) as caught:
        shop.get("orders")
    assert caught.value.until == NOW + timedelta(seconds=90)
    assert len(seen) == 1


def test_a_503_that_names_a_time_is_a_rate_limit_for_a_read(api: MakeApi) -> None:
    shop, _ = api(answering(httpx.Response(503, headers={"Retry-After": "90"})))
    with pytest.raises(RateLimited):
        shop.get("orders")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<!doctype html><html><title>Log in</title></html>"),
        httpx.Response(200, text='{"orders": [{"id"'),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=b"\x00\xff\xfe junk \x1b[31m"),
        httpx.Response(200, text='{"total": NaN}'),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(
            200,
            stream=httpx.ByteStream(gzip.compress(b'{"a": "' + b"x" * 5000 + b'"}')[:40]),
            headers={"content-encoding": "gzip"},
        ),
        httpx.Response(200, stream=httpx.ByteStream(b"no gzip at all"), headers={"content-encoding": "gzip"}),
    ],
    ids=["html", "truncated", "empty", "junk", "nan", "deep", "cut gzip", "false gzip"],
)
def test_what_is_no_json_is_a_protocol_error_in_one_printable_line(api: MakeApi, answer: httpx.Response) -> None:
    shop, _ = api(answering(answer))
    with pytest.raises(ProtocolError) as caught:
        shop.json("orders")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_the_excerpt_of_a_login_page_says_what_it_is(api: MakeApi) -> None:
    shop, _ = api(answering(httpx.Response(200, text="<html><style>b{}</style><title>Log in</title></html>")))
    with pytest.raises(ProtocolError, match="no JSON: Log in"):
        shop.json("orders")


def test_a_redirect_on_the_same_host_is_followed_with_credentials(api: MakeApi) -> None:
    shop, seen = api(
        answering(httpx.Response(301, headers={"Location": "/v2/orders?page=1"}), httpx.Response(200, json=[]))
    )
    assert shop.get("orders", {"page": 1}).json() == []
    assert str(seen[1].url) == "https://shop.test/v2/orders?page=1"
    assert "authorization" in seen[1].headers


@pytest.mark.parametrize(
    "location",
    ["https://evil.test/", "http://shop.test/api/", "//evil.test/x", "https://shop.test:444/", "https://[bad"],
)
def test_a_redirect_to_another_host_is_not_followed(api: MakeApi, location: str) -> None:
    shop, seen = api(answering(httpx.Response(302, headers={"Location": location})))
    with pytest.raises(ProtocolError, match="another host"):
        shop.get("orders")
    assert len(seen) == 1


def test_a_redirect_loop_ends(api: MakeApi) -> None:
    shop, seen = api(answering(lambda: httpx.Response(302, headers={"Location": "/api/orders"})))
    with pytest.raises(ProtocolError, match="never arrived"):
        shop.get("orders")
    assert len(seen) == 5


def test_a_redirected_write_is_in_doubt(api: MakeApi) -> None:
    shop, seen = api(answering(httpx.Response(303, headers={"Location": "/api/refunds/1"})))
    with pytest.raises(OutcomeUnknown):
        shop.post("refunds", json={})
    assert len(seen) == 1


def test_a_body_without_end_is_cut_off(api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.http._MAX_BODY", 1000)
    shop, _ = api(answering(lambda: httpx.Response(200, stream=httpx.ByteStream(b"x" * 2000))))
    with pytest.raises(ProtocolError, match="more than"):
        shop.get("orders")


def test_an_answer_that_drips_is_given_up(api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.http._DEADLINE", -1.0)
    shop, _ = api(answering(lambda: httpx.Response(200, stream=httpx.ByteStream(b"x"))))
    with pytest.raises(OutcomeUnknown, match="no whole answer"):
        shop.post("refunds", json={})


def test_the_secret_is_in_no_error_repr_or_log(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    basic = base64.b64encode(f"ana:{SECRET}".encode()).decode()
    echo = f"bad key {SECRET} Bearer {SECRET} Basic {basic} sk_live_do%2Fnot%2Bshow"
    for failure in (
        httpx.Response(401, text=echo),
        httpx.Response(500, json={"message": echo}),
        httpx.Response(200, text=echo),
        httpx.ConnectError(echo),
        httpx.ReadError(echo),
    ):
        shop, _ = api(answering(failure), auth=("ana", SECRET), headers={}, redact=[SECRET])
        with pytest.raises(ConnectorError) as caught:
            shop.json("orders")
        shown = f"{caught.value} {caught.value!r} {caught.value.hint} {shop!r} {vars(caught.value)} {caplog.text}"
        assert SECRET not in shown
        assert basic not in shown
        assert basic.rstrip("=") not in shown
        assert "Fnot%2B" not in shown
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_key_with_a_line_break_is_refused_before_anything_is_sent(api: MakeApi) -> None:
    with pytest.raises(Rejected, match="copied whole") as caught:
        api(answering(httpx.Response(200)), headers={"Authorization": "Bearer abc\r\nX: y"})
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("url", ["shop.test", "ftp://shop.test", "https://", "https://[bad", "https://shop.test:x"])
def test_a_base_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(Rejected, match="address"):
        HttpApi(Account("shop", {}, tmp_path), url)


def test_the_servers_clock_is_measured(api: MakeApi) -> None:
    shop, _ = api(answering(httpx.Response(200, json=1, headers={"Date": "Tue, 24 Nov 2026 09:05:00 GMT"})))
    assert shop.get("orders").clock_skew == timedelta(minutes=5)
    assert shop.clock_skew == timedelta(minutes=5)


def test_a_missing_ca_file_names_itself(tmp_path: Path) -> None:
    shop = HttpApi(Account("shop", {}, tmp_path), "https://127.0.0.1:1", ca_file=str(tmp_path / "none.pem"))
    with pytest.raises(CertificateRejected, match=r"none\.pem"):
        shop.get("/")
