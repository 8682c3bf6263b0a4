"""The desk: many callers and one writer, what happens when one of them fails, goes away, or is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from parley.canonical import Time, decode
from parley.depositary import desk as module
from parley.depositary.desk import Desk
from parley.depositary.http import application, status_of
from parley.depositary.service import Rejected
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.exchange import State
from parley.wire import Admitted, Problem
from tests.depositary.live import Live, two


def run(live: Live, work: Callable[[Desk], Awaitable[Any]]) -> Any:
    """Do something with a desk whose writer is running."""

    async def running() -> Any:
        desk = Desk(live.office, live.clock)
        writer = asyncio.create_task(desk.run())
        try:
            return await work(desk)
        finally:
            desk.stop()
            await writer
            desk.close()

    return asyncio.run(running())


async def answer(desk: Desk, data: bytes) -> Admitted | Rejected | ParleyError:
    try:
        return await desk.act(data, None)
    except ParleyError as error:
        return error


def test_each_of_many_callers_gets_its_own_answer() -> None:
    live = two()
    good = [live.deposit("us", "ru") for _ in range(40)]
    late = live.receipt("ru", live.admit(live.deposit("us", "ru", accept_by=Time(live.now + 1000))))
    live.clock.pass_(2000)
    bodies = [signed.data for signed in good]
    bodies[5:5] = [b"no act", late.data, good[0].data[:-2] + b"}}"]

    async def all_at_once(desk: Desk) -> list[Any]:
        return await asyncio.gather(*(answer(desk, body) for body in bodies))

    answers = run(live, all_at_once)
    assert isinstance(answers[5], Malformed)
    assert isinstance(answers[6], Rejected)
    assert isinstance(answers[7], Malformed)
    entered = [item for item in answers if isinstance(item, Admitted)]
    assert len(entered) == 40
    for signed, item in zip(good, answers[:5] + answers[8:], strict=True):
        assert live.store.find(signed.digest) == item.index


def test_a_caller_that_went_away_keeps_nobody_waiting() -> None:
    live = two()
    first, second = live.deposit("us", "ru"), live.deposit("us", "ru")

    async def one_leaves(desk: Desk) -> Any:
        leaving = asyncio.create_task(desk.act(first.data, None))
        await asyncio.sleep(0)
        leaving.cancel()
        return await desk.act(second.data, None)

    assert isinstance(run(live, one_leaves), Admitted)


def test_told_to_stop_it_answers_what_is_queued_and_takes_no_more() -> None:
    live = two()
    queued, late = live.deposit("us", "ru"), live.deposit("us", "ru")

    async def stopping(desk: Desk) -> list[Any]:
        waiting = asyncio.create_task(desk.act(queued.data, None))
        while not desk._queue and not waiting.done():
            await asyncio.sleep(0)
        desk.stop()
        return [await waiting, await answer(desk, late.data)]

    done, refused = run(live, stopping)
    assert isinstance(done, Admitted)
    assert refused.code == "depositary.stopping"


def test_a_queue_that_is_too_long_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    signed = live.deposit("us", "ru")
    monkeypatch.setattr(module, "LONGEST_QUEUE", 0)
    found = run(live, lambda desk: answer(desk, signed.data))
    assert (found.code, status_of(found)) == ("depositary.busy", 503)


def test_a_defect_in_the_writer_leaves_nobody_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    bodies = [live.deposit("us", "ru").data for _ in range(3)]

    def broken(_pending: Any) -> Any:
        raise ZeroDivisionError

    async def working() -> list[Any]:
        desk = Desk(live.office, live.clock)
        monkeypatch.setattr(live.office.sequencer, "process", broken)
        writer = asyncio.create_task(desk.run())
        later = [asyncio.create_task(answer(desk, body)) for body in bodies]
        with pytest.raises(ZeroDivisionError):
            await writer
        told = [*await asyncio.gather(*later), await answer(desk, bodies[0])]
        desk.close()
        return told

    told = asyncio.run(asyncio.wait_for(working(), 20))
    assert {found.code for found in told} <= {"depositary.failed", "depositary.stopping"}
    assert told[0].code == "depositary.failed"
    assert told[-1].code == "depositary.stopping"


def test_a_defect_while_examining_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    signed = live.deposit("us", "ru")

    def broken(_data: bytes, _code: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(live.office, "examine", broken)
    assert run(live, lambda desk: answer(desk, signed.data)).code == "depositary.failed"


def test_what_is_due_is_done_without_a_caller() -> None:
    live = two()
    deposit = live.admit(live.deposit("us", "ru", accept_by=Time(live.now + 50)))

    async def wait(desk: Desk) -> None:
        live.clock.pass_(51)
        desk.wake()
        for _ in range(200):
            if live.outcome(deposit, "ru").state is State.EXPIRED:
                return
            await asyncio.sleep(0.01)

    run(live, wait)
    assert live.outcome(deposit, "ru").state is State.EXPIRED


def test_a_sweep_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    results: list[Any] = [Unavailable("store.disk"), 0, 3]

    def sweep() -> int:
        result = results.pop(0)
        if isinstance(result, Exception):
            raise result
        return int(result)

    monkeypatch.setattr(live.office, "sweep", sweep)
    monkeypatch.setattr(module, "_SWEEP_EVERY", 0.0)

    async def sweeping(desk: Desk) -> None:
        task = asyncio.create_task(desk.sweep())
        while results:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()

    # The list is empty after three rounds: the fourth is a defect of the test, and ends the task.
    run(live, sweeping)
    noted = [line for line in live.lines if "sweep" in line]
    assert "sweep.failed" in noted[0]
    assert '"parts": 3' in noted[1]


# --- what the interface makes of failures -----------------------------------------------------------------------


def ask(live: Live, method: str, path: str, *, body: bytes = b"") -> httpx2.Response:
    """A request to the application in this process, past the server."""

    async def asking(desk: Desk) -> httpx2.Response:
        transport = httpx2.ASGITransport(application(desk, on_failure=lambda: None), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://depositary.example") as client:
            return await client.request(method, path, content=body)

    response: httpx2.Response = run(live, asking)
    return response


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unavailable("store.disk-full"), 503),
        (Refused("upload.quota"), 429),
        (Refused("keybox.empty"), 404),
        (Refused("upload.busy"), 409),
        (Refused("sealed.range"), 416),
        (Refused("powers.none"), 403),
        (Malformed("request.too-large"), 413),
        (Malformed("request.query"), 400),
        (Invalid("signature.ed25519"), 403),
    ],
)
@pytest.mark.parametrize("path", ["/v1/genesis", "/log/tile/0/000"], ids=["direct", "routed"])
def test_an_error_has_one_answer_on_every_path(
    monkeypatch: pytest.MonkeyPatch, error: ParleyError, status: int, path: str
) -> None:
    live = two()

    def fail(*_args: Any) -> Any:
        raise error

    monkeypatch.setattr(live.office, "genesis", fail)
    monkeypatch.setattr(live.office, "tile", fail)
    found = ask(live, "GET", path)
    if path != "/v1/genesis" and isinstance(error, Malformed):  # a name that no tile has
        status, error = 404, Refused("tile.unknown")
    assert (found.status_code, decode(found.content, Problem).error) == (status, error.code)
    assert found.headers.get("retry-after") == ("2" if isinstance(error, Unavailable) else None)


@pytest.mark.parametrize("path", ["/v1/genesis", "/log/tile/0/000"], ids=["direct", "routed"])
def test_a_defect_is_raised_to_the_server_which_says_no_more_than_that(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    live = two()

    def broken(*_args: Any) -> Any:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(live.office, "genesis", broken)
    monkeypatch.setattr(live.office, "tile", broken)
    found = ask(live, "GET", path)
    assert found.status_code == 500
    assert b"secret" not in found.content


def test_a_full_disk_is_said_to_who_sends_an_act(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    signed = live.deposit("us", "ru")

    def full(*_args: Any, **_more: Any) -> None:
        raise Unavailable("store.disk-full")

    with monkeypatch.context() as patched:
        patched.setattr(live.store, "append", full)
        found = ask(live, "POST", "/v1/acts", body=signed.data)
    assert (found.status_code, decode(found.content, Problem).error) == (503, "store.disk-full")
    again = ask(live, "POST", "/v1/acts", body=signed.data)
    assert decode(again.content, Admitted).index == live.store.find(signed.digest)
