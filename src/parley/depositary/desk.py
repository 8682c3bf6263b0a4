"""The front desk between many callers and the one writer: collects pending acts into groups while a group is written.

Signatures are verified in a small pool of threads: the library lets go of the interpreter while it computes, so two
threads use two cores. The writer is one thread. The timer of limits is here too: a group without acts does what is due.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from parley.depositary.journal import Now
from parley.depositary.sequencer import LARGEST_GROUP, Answer, Pending
from parley.depositary.service import Depositary, Rejected
from parley.errors import ParleyError, Refused, Unavailable
from parley.wire import Admitted, InvitationCode

LONGEST_QUEUE = 4096
"""Acts that may wait; more are told to come again."""

_VERIFIERS, _READERS = 2, 4
_PATIENCE = 0.5  # seconds before duties are tried again after the disk failed
_LONGEST_SLEEP = 60.0  # seconds without looking at the clock: a clock that is set meanwhile is noticed
_SWEEP_EVERY = 3600.0

_TOGETHER = 16
"""Acts that one thread examines before it reports back."""

Examined = Pending | Admitted | Rejected | ParleyError

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """Runs a depositary on one event loop. `run` must be running for `act` to answer."""

    def __init__(self, depositary: Depositary, now: Now) -> None:
        self.depositary = depositary
        self._now = now
        self._queue: deque[tuple[Pending, asyncio.Future[Answer]]] = deque()
        self._unread: deque[tuple[bytes, InvitationCode | None, asyncio.Future[Examined]]] = deque()
        self._examiners = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._verifiers = ThreadPoolExecutor(_VERIFIERS, "verify")
        self._readers = ThreadPoolExecutor(_READERS, "read")
        self._writer = ThreadPoolExecutor(1, "write")

    async def verify(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run signature work in its pool."""
        return await asyncio.get_running_loop().run_in_executor(self._verifiers, lambda: work(*args, **kwargs))

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work that reads or writes files in its pool."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: work(*args, **kwargs))

    async def act(self, data: bytes, code: InvitationCode | None) -> Admitted | Rejected:
        """Have an act examined, entered and answered. Raises: Malformed, Invalid, Unavailable."""
        found = await self._examine(data, code)
        if isinstance(found, ParleyError):
            raise found
        if not isinstance(found, Pending):
            return found
        answer = await self._submit(found)
        if isinstance(answer, Refused):
            return await self.verify(self.depositary.reject, found.signed.digest, answer)
        if isinstance(answer, ParleyError):
            raise answer
        return answer

    async def _examine(self, data: bytes, code: InvitationCode | None) -> Examined:
        """Have an act examined together with others that arrived meanwhile: a change of thread costs as a hash does."""
        future: asyncio.Future[Examined] = asyncio.get_running_loop().create_future()
        self._unread.append((data, code, future))
        if self._examiners < _VERIFIERS:
            self._examiners += 1
            task = asyncio.create_task(self._examine_all())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _examine_all(self) -> None:
        """Examine what has arrived, a few acts at a time, until nothing is left."""
        some: list[tuple[bytes, InvitationCode | None, asyncio.Future[Examined]]] = []
        try:
            while self._unread:
                some = [self._unread.popleft() for _ in range(min(_TOGETHER, len(self._unread)))]
                found = await self.verify(self._examine_some, [(data, code) for data, code, _ in some])
                for (_, _, future), result in zip(some, found, strict=True):
                    if not future.done():
                        future.set_result(result)
        finally:
            self._examiners -= 1
            for _, _, future in some:
                if not future.done():  # only after a defect of ours, which the journal names
                    future.set_result(Unavailable("depositary.failed"))

    def _examine_some(self, some: list[tuple[bytes, InvitationCode | None]]) -> list[Examined]:
        found: list[Examined] = []
        for data, code in some:
            try:
                found.append(self.depositary.examine(data, code))
            except ParleyError as error:
                found.append(error)
        return found

    async def _submit(self, pending: Pending) -> Answer:
        if self._stopping or len(self._queue) >= LONGEST_QUEUE:
            raise Unavailable("depositary.stopping" if self._stopping else "depositary.busy")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((pending, future))
        self._wake.set()
        return await future

    def wake(self) -> None:
        """Let the writer look at what is due: after something was added to the duties."""
        self._wake.set()

    async def run(self) -> None:
        """Write groups until `stop`; what is queued then is still answered."""
        try:
            while not (self._stopping and not self._queue):
                await self._sleep()
                await self._group()
        finally:
            self._stopping = True
            while self._queue:
                future = self._queue.popleft()[1]
                if not future.done():
                    future.set_result(Unavailable("depositary.stopping"))

    async def _sleep(self) -> None:
        """Until there is something to write, or the next limit passes."""
        duties = self.depositary.sequencer.duties
        if self._queue or duties.due() or self._stopping:
            return
        following = duties.next_time()
        wait = _LONGEST_SLEEP if following is None else max(0.0, (following - self._now()) / 1000)
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), min(wait, _LONGEST_SLEEP))
        except TimeoutError:
            return

    async def _group(self) -> None:
        group = [self._queue.popleft() for _ in range(min(LARGEST_GROUP, len(self._queue)))]
        sequencer = self.depositary.sequencer
        before = sequencer.view
        pending = [item for item, _ in group]
        answers: list[Answer] = [Unavailable("depositary.failed") for _ in group]  # unless a defect of ours ends it
        try:
            answers = await asyncio.get_running_loop().run_in_executor(self._writer, sequencer.process, pending)
        finally:
            self._tell(group, answers)
        if sequencer.view is before and sequencer.duties.due() and not self._stopping:
            await asyncio.sleep(_PATIENCE)

    @staticmethod
    def _tell(group: list[tuple[Pending, asyncio.Future[Answer]]], answers: list[Answer]) -> None:
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():  # a caller that went away has let go of its future
                future.set_result(answer)

    async def sweep(self) -> None:
        """Remove stale uploads, once an hour, for ever."""
        while True:
            try:
                swept = await self.read(self.depositary.sweep)
            except Unavailable as error:
                self.depositary.journal.note("sweep.failed", code=error.code)
            else:
                if swept:
                    self.depositary.journal.note("sweep.done", parts=swept)
            await asyncio.sleep(_SWEEP_EVERY)

    def stop(self) -> None:
        """Take no more acts; `run` returns when those queued are answered."""
        self._stopping = True
        self._wake.set()

    def close(self) -> None:
        """Let go of the threads, after `run` has returned."""
        for pool in (self._writer, self._verifiers, self._readers):
            pool.shutdown(wait=True)
