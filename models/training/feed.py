"""Batches made ahead in worker processes, taken from them in turn, so that a run with so many workers sees the same batches
each time; with no workers, made in this process when asked for."""
from __future__ import annotations

import gc
import multiprocessing
import os
import random
import traceback
from typing import Callable, Iterator

DEPTH = 6  # batches a worker may be ahead


def seeded(seed: int, worker: int, start: int = 0) -> random.Random:
    return random.Random(seed if not worker and not start else f"{seed} {worker} {start}")


class Feed:
    def __init__(self, source: Callable[[int], Iterator], workers: int):
        """source(worker) yields batches without end; they travel pickled, so they hold no tensors."""
        self.at, self.processes, self.queues = 0, [], []
        self.own = source(0) if not workers else None
        if workers:
            fork = multiprocessing.get_context("fork")  # the pairs are shared with the parent, not copied
            gc.freeze()
            for worker in range(workers):
                queue = fork.Queue(DEPTH)
                process = fork.Process(target=_work, args=(source, worker, queue), daemon=True)
                process.start()
                self.queues.append(queue)
                self.processes.append(process)

    def __next__(self):
        if self.own is not None:
            return next(self.own)
        queue = self.queues[self.at % len(self.queues)]
        self.at += 1
        batch = queue.get(timeout=300)
        if isinstance(batch, Exception):
            raise batch
        return batch

    def waiting(self) -> int:
        """Batches made and not yet taken: near 0 where the workers are what the run waits for."""
        return sum(q.qsize() for q in self.queues)

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join(timeout=5)


def _work(source, worker: int, queue) -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        for batch in source(worker):
            queue.put(batch)
    except Exception as error:  # the parent says what went wrong, in place of a queue that stays empty
        queue.put(RuntimeError(f"worker {worker}: {error}\n{traceback.format_exc()}"))
