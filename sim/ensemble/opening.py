"""Which executor a command is to use."""

from __future__ import annotations

from sim.ensemble.executors import Executor, ExecutorError, InProcess, ProcessPool, cores


def open_executor(
    workers: int | None = None, cluster: str | None = None, chunks: int | None = None
) -> Executor:
    """The executor that is asked for on the command line.

    Parameters
    ----------
    workers : int, optional
        Processes, by default one per core; 1 is this one, unless there is a cluster.
    cluster : str, optional
        ``local`` for a Dask cluster on this machine with so many workers, or the address of a
        scheduler.
    chunks : int, optional
        Chunks there are to run: more workers would have nothing to do, and none need no cluster.

    Raises
    ------
    ExecutorError
        If the cluster cannot be had.
    """
    if chunks == 0:
        return InProcess()
    alone = workers == 1
    workers = workers or cores()
    workers = workers if chunks is None else min(workers, chunks)
    if cluster is None:
        return InProcess(aside=not alone) if workers == 1 else ProcessPool(workers)
    if cluster != "local" and "://" not in cluster:
        raise ExecutorError(
            f"--cluster {cluster}: give local, or the address of a Dask scheduler "
            "(tcp://host:8786)."
        )
    from sim.ensemble.cluster import DaskCluster

    return DaskCluster(cluster, workers)
