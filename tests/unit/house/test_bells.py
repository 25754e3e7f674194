"""The bell between web and worker is heard, although they are different programs."""

from __future__ import annotations

from server.queue import hang, open_queue


def test_what_web_rings_the_worker_hears(tmp_path):
    heard = []

    def act() -> None:
        heard.append("outbox")

    act.__module__ = "__main__"  # as in `python -m server.worker`
    worker = open_queue(tmp_path)
    hang(worker, "outbox", act)
    hang(open_queue(tmp_path), "outbox", lambda: None)()
    worker.execute(worker.dequeue())
    assert heard == ["outbox"]
