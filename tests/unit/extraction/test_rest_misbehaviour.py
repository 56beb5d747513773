"""APIs that fail, lie, go in circles or lead away: tried again where that helps, told clearly where not."""

from __future__ import annotations

import logging
import socket
import ssl
import subprocess
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.extraction.errors import ExtractionError
from tests.support.api_server import Answer, Api, Request, running_api
from tests.support.extraction import Shop

SECRET = "s3cret-t0ken-of-the-shop"
RECORDS = [{"order_id": f"A{n}", "line": 1, "updated_at": f"2024-01-0{n}T00:00:00Z"} for n in range(1, 5)]
GOOD = Answer({"items": RECORDS})


def entry(api: Api, **more: Any) -> dict[str, Any]:
    return {"rest": {"url": api.url, "records": "items", "attempts": 4, "max_wait_seconds": 0.02, **more}}


def refusal(shop: Shop, source: dict[str, Any]) -> ExtractionError:
    with pytest.raises(ExtractionError) as caught:
        shop.extract(source)
    assert shop.batches() == []
    assert list((shop.folder / "landing").iterdir()) == []
    return caught.value


def failing(times: int, bad: Answer) -> Callable[[Request], Answer]:
    return lambda request: bad if request.number <= times else GOOD


FAULTS = {
    "429": Answer({"error": "slow down"}, status=429),
    "500": Answer("oops", status=500),
    "502": Answer(b"<html>bad gateway</html>", status=502, headers={"Content-Type": "text/html"}),
    "503": Answer({}, status=503),
    "a cut transfer": Answer({"items": RECORDS}, cut=True),
    "a reset connection": Answer({"items": RECORDS}, reset=True),
    "cut JSON": Answer(b'{"items": [{"order_id": "A1", "li'),
    "a maintenance page": Answer(b"<html>back soon</html>", headers={"Content-Type": "text/html; charset=utf-8"}),
    "a page that says it is JSON": Answer(b"<html>back soon</html>"),
    "nothing": Answer(b""),
    "NaN": Answer(b'{"items": [{"order_id": "A1", "line": NaN}]}'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_may_pass_is_tried_again(shop: Shop, api: Api, fault: str) -> None:
    api.answer = failing(3, FAULTS[fault])
    (report,) = shop.added(entry(api))
    assert (report.records, report.rejected, len(api.requests)) == (4, 0, 4)


@pytest.mark.parametrize(
    ("fault", "what", "found"),
    [
        ("429", "answered with an error", "status 429, after 4 tries"),
        ("503", "answered with an error", "status 503, after 4 tries"),
        ("a cut transfer", "no connection, or it broke", "after 4 tries"),
        ("a reset connection", "no connection, or it broke", "after 4 tries"),
        ("cut JSON", "the answer is no JSON", "33 bytes that are no JSON, or not all of it, after 4 tries"),
        ("a maintenance page", "the answer is no JSON", "the content type text/html, after 4 tries"),
        ("nothing", "the answer is no JSON", "0 bytes that are no JSON"),
    ],
)
def test_what_does_not_pass_is_told_after_so_many_tries(
    shop: Shop, api: Api, fault: str, what: str, found: str
) -> None:
    api.answer = failing(99, FAULTS[fault])
    error = refusal(shop, entry(api))
    assert what in error.what
    assert found in error.found
    assert len(api.requests) == 4


def test_the_time_an_api_asks_to_wait_is_waited(shop: Shop, api: Api) -> None:
    api.answer = failing(1, Answer({}, status=429, headers={"Retry-After": "1"}))
    begun = time.perf_counter()
    shop.extract(entry(api, max_wait_seconds=5))
    assert 1 <= time.perf_counter() - begun < 4


def test_no_api_can_make_it_wait_longer_than_declared(shop: Shop, api: Api) -> None:
    api.answer = failing(1, Answer({}, status=429, headers={"Retry-After": "86400"}))
    begun = time.perf_counter()
    shop.extract(entry(api, max_wait_seconds=0.1))
    assert time.perf_counter() - begun < 3


def test_a_slow_api_is_tried_again_and_told(shop: Shop, api: Api) -> None:
    def slow(request: Request) -> Answer:
        time.sleep(0.4)
        return GOOD

    api.answer = slow
    error = refusal(shop, entry(api, timeout_seconds=0.1, attempts=2))
    assert "no answer in time" in error.what
    assert "ReadTimeout after 2 tries" in error.found
    assert len(api.requests) == 2


def test_an_api_that_is_not_there_is_told(shop: Shop) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = refusal(shop, entry(Api(unused.getsockname()[1])))
    assert "no connection" in error.what
    assert "127.0.0.1" in error.expected


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_tried_again(shop: Shop, api: Api, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setenv("API_KEY", SECRET)
    api.answer = lambda _: Answer({"error": "no"}, status=status)
    error = refusal(shop, entry(api, secret="API_KEY"))
    assert f"status {status}" in error.found
    assert ("renew API_KEY" in error.fix) is (status in (401, 403))
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"data": RECORDS, "count": 4}, "an object with count, data"),
        ({"items": {"a": 1}}, "an object with items"),
        ({"items": None}, "an object with items"),
        (RECORDS, "no object"),
        ("text", "no object"),
    ],
)
def test_an_answer_without_the_records_is_told_at_once(shop: Shop, api: Api, body: Any, found: str) -> None:
    api.answer = lambda _: Answer(body)
    error = refusal(shop, entry(api))
    assert "a list of records at items" in error.expected
    assert error.found == found
    assert len(api.requests) == 1


class TestPagesWithoutAnEnd:
    def test_an_api_that_ignores_the_page_is_noticed(self, shop: Shop, api: Api) -> None:
        api.answer = lambda _: GOOD
        error = refusal(shop, entry(api, paging={"kind": "page"}))
        assert "page 2 repeats an earlier one" in error.what
        assert "the records of the page before" in error.found

    def test_a_next_link_that_leads_back_is_noticed(self, shop: Shop, api: Api) -> None:
        def answer(request: Request) -> Answer:
            here = int(request.query.get("at", "0"))
            return Answer({"items": [RECORDS[here]], "next": f"/v1/records?at={(here + 1) % 3}"})

        api.answer = answer
        error = refusal(shop, entry(api, paging={"kind": "next_link", "path": "next"}))
        assert "the same address again" in error.found
        assert len(api.requests) <= 5

    def test_a_cursor_that_stands_still_is_noticed(self, shop: Shop, api: Api) -> None:
        api.answer = lambda r: Answer({"items": [RECORDS[r.number % 4]], "next": "same"})
        assert "repeats" in refusal(shop, entry(api, paging={"kind": "cursor", "path": "next"})).what

    def test_pages_that_are_always_new_end_at_the_declared_number(self, shop: Shop, api: Api) -> None:
        api.answer = lambda r: Answer({"items": [{"order_id": str(r.number), "line": 1}]})
        error = refusal(shop, entry(api, paging={"kind": "page"}, max_pages=7))
        assert "there is no end to its pages" in error.what
        assert len(api.requests) == 7

    @pytest.mark.parametrize("following", [17, {"href": "x"}, ["a"], "http://[", True])
    def test_a_next_page_that_is_no_address_is_told_without_the_answer(
        self, shop: Shop, api: Api, following: Any
    ) -> None:
        api.answer = lambda _: Answer({"items": [{"order_id": "private", "line": 1}], "next": following})
        error = refusal(shop, entry(api, paging={"kind": "next_link", "path": "next"}))
        assert "private" not in "".join(traceback.format_exception(error))

    def test_a_missing_more_is_told_without_the_answer(self, shop: Shop, api: Api) -> None:
        api.answer = lambda _: Answer({"items": [{"order_id": "private", "line": 1}]})
        error = refusal(shop, entry(api, paging={"kind": "page", "more": "has_more"}))
        assert "does not tell the next page" in error.what
        assert "private" not in "".join(traceback.format_exception(error))


class TestCredentials:
    @pytest.mark.parametrize(
        ("auth", "name", "value"),
        [
            ({"auth": "bearer"}, "Authorization", f"Bearer {SECRET}"),
            ({"auth": "basic"}, "Authorization", "Basic czNjcmV0LXQwa2VuLW9mLXRoZS1zaG9wOg=="),
            ({"auth": "header", "header": "X-Api-Key"}, "X-Api-Key", SECRET),
        ],
    )
    def test_they_are_sent_and_do_not_follow_a_redirect_to_another_host(
        self, shop: Shop, api: Api, monkeypatch: pytest.MonkeyPatch, auth: dict[str, str], name: str, value: str
    ) -> None:
        monkeypatch.setenv("API_KEY", SECRET)
        with running_api() as other:
            other.host = "localhost"
            other.answer = lambda _: GOOD
            api.answer = lambda _: Answer(b"", status=302, headers={"Location": other.url})
            shop.extract(entry(api, secret="API_KEY", **auth))
        assert api.requests[0].headers[name] == value
        assert len(other.requests) == 1
        assert name not in other.requests[0].headers
        assert SECRET not in str(other.requests[0])

    def test_they_follow_a_redirect_on_the_same_host(
        self, shop: Shop, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_KEY", SECRET)
        moved = Answer(b"", status=301, headers={"Location": "/v2/records"})
        api.answer = lambda r: moved if r.path == "/v1/records" else GOOD
        shop.extract(entry(api, secret="API_KEY"))
        assert api.requests[1].headers["Authorization"] == f"Bearer {SECRET}"

    def test_a_next_link_to_another_host_is_refused(
        self, shop: Shop, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_KEY", SECRET)
        with running_api() as other:
            api.answer = lambda _: Answer({"items": RECORDS, "next": other.url})
            error = refusal(shop, entry(api, secret="API_KEY", paging={"kind": "next_link", "path": "next"}))
        assert "the next page is on another host" in error.what
        assert other.requests == []

    def test_basic_credentials_are_a_user_and_a_password(
        self, shop: Shop, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_KEY", "me:pass:word")
        api.answer = lambda _: GOOD
        shop.extract(entry(api, secret="API_KEY", auth="basic"))
        assert api.requests[0].headers["Authorization"] == "Basic bWU6cGFzczp3b3Jk"

    @pytest.mark.parametrize("value", ["two\nlines", "umläut", "a\x7fb"])
    def test_what_no_header_can_hold_is_refused_and_not_shown(
        self, shop: Shop, api: Api, monkeypatch: pytest.MonkeyPatch, value: str
    ) -> None:
        monkeypatch.setenv("API_KEY", value)
        error = refusal(shop, entry(api, secret="API_KEY"))
        assert "the value of API_KEY cannot be sent" in error.what
        assert value not in "".join(traceback.format_exception(error))
        assert api.requests == []

    @pytest.mark.parametrize("auth", [{}, {"auth": "basic"}, {"auth": "header", "header": "X-Api-Key"}])
    @pytest.mark.parametrize("case", ["right", "401", "500", "html", "cut", "loop", "redirect"])
    def test_no_secret_is_written_anywhere(
        self,
        shop: Shop,
        api: Api,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        case: str,
        auth: dict[str, str],
    ) -> None:
        caplog.set_level(logging.DEBUG)
        monkeypatch.setenv("API_KEY", SECRET)
        answers = {
            "right": GOOD,
            "401": Answer({"error": f"{SECRET} is not valid"}, status=401),
            "500": Answer({"error": SECRET}, status=500),
            "html": Answer(SECRET.encode(), headers={"Content-Type": f"text/html; {SECRET}"}),
            "cut": Answer({"items": SECRET}, cut=True),
            "loop": Answer({"items": RECORDS, "next": api.url}),
            "redirect": Answer(b"", status=302, headers={"Location": api.url}),
        }
        api.answer = lambda _: answers[case]
        told = ""
        try:
            reports = shop.extract(
                entry(api, secret="API_KEY", attempts=2, paging={"kind": "next_link", "path": "next"}, **auth)
            )
            told += repr(reports)
            assert case == "right"
        except ExtractionError as error:
            assert case != "right"
            told += "".join(traceback.format_exception(error)) + repr(vars(error))
        captured = capfd.readouterr()
        told += captured.out + captured.err + caplog.text
        told += "".join(f"{path}{path.read_bytes()!r}" for path in shop.folder.rglob("*") if path.is_file())
        assert api.url in told
        assert SECRET not in told
        assert "czNjcmV0" not in told


class TestTransportSecurity:
    @pytest.fixture(scope="class")
    def certificate(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        path = tmp_path_factory.mktemp("tls") / "both.pem"
        command = (
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
        )
        subprocess.run([*command.split(), "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
        path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
        return path

    @staticmethod
    def wrapping(certificate: Path) -> Callable[[socket.socket], socket.socket]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return lambda plain: context.wrap_socket(plain, server_side=True)

    def source(self, api: Api, host: str) -> dict[str, Any]:
        return entry(api, url=f"https://{host}:{api.port}/v1/records", secret="API_KEY", attempts=1)

    def test_a_certificate_nobody_vouches_for_is_refused_before_the_secret_is_sent(
        self, shop: Shop, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_KEY", SECRET)
        with running_api(wrap=self.wrapping(certificate)) as api:
            error = refusal(shop, self.source(api, "localhost"))
            assert "the certificate of localhost is not trusted" in error.what
            assert api.requests == []

    def test_an_authority_of_ones_own_is_trusted_when_named_and_for_its_host_only(
        self, shop: Shop, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_KEY", SECRET)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", f"{certificate}.crt")
        with running_api(wrap=self.wrapping(certificate)) as api:
            assert "is not trusted" in refusal(shop, self.source(api, "127.0.0.1")).what
            api.answer = lambda _: GOOD
            assert len(shop.added(self.source(api, "localhost"))) == 1

    def test_a_redirect_that_gives_up_encryption_is_refused(
        self, shop: Shop, api: Api, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("API_KEY", SECRET)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", f"{certificate}.crt")
        with running_api(wrap=self.wrapping(certificate)) as safe:
            safe.answer = lambda _: Answer(b"", status=302, headers={"Location": api.url})
            error = refusal(shop, self.source(safe, "localhost"))
        assert "without encryption" in error.found
        assert api.requests == []
