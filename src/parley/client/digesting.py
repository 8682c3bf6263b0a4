"""SHA-256 beside the work whose bytes it hashes.

Where a gibibyte is sealed or opened, its digest takes twice as long as its cipher. Both let go of the interpreter while
they run, so the digest may have a thread of its own, at most two batches behind. Give one to `envelope.seal`.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from parley.crypto import Digest, Sha256

_BATCH = 1024 * 1024


class ThreadedSha256:
    """SHA-256 of a stream, on a thread that ends with the `with` block. Pieces must not change once given."""

    def __init__(self) -> None:
        self._state = Sha256()
        self._batch: list[bytes | memoryview] = []
        self._waiting = 0
        self._worker: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def __enter__(self) -> ThreadedSha256:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.shutdown(cancel_futures=True)

    def update(self, piece: bytes | memoryview) -> None:
        self._batch.append(piece)
        self._waiting += len(piece)
        if self._waiting >= _BATCH:
            self._hand_over()

    def digest(self) -> Digest:
        """The digest of everything given so far."""
        self._settle()
        self._hash(self._batch)
        self._batch, self._waiting = [], 0
        return self._state.digest()

    def _hand_over(self) -> None:
        self._settle()
        if self._worker is None:
            self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parley-digest")
        self._running = self._worker.submit(self._hash, self._batch)
        self._batch, self._waiting = [], 0

    def _settle(self) -> None:
        if self._running is not None:
            self._running.result()
            self._running = None

    def _hash(self, batch: list[bytes | memoryview]) -> None:
        for piece in batch:
            self._state.update(piece)
