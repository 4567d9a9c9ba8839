"""The gradient over data that do not fit into memory: Dask arrays, and an emitted module.

symback emit --layers 256,32,10 --activations tanh,softmax --loss cross-entropy
    --target array-api -o gradients.py
python larger_than_memory.py 4000000     # so many samples of 256 numbers: 8 GB
"""

import resource
import sys

import dask
import dask.array as da
import numpy as np
from gradients import Parameters, initialize, loss_and_gradients

ROWS = 20_000  # of one chunk: what is in memory at a time, for each thread


def samples(count):
    """Chunks that are made when they are needed; da.from_array, from_zarr and others read them."""
    x = da.random.default_rng(0).normal(size=(count, 256), chunks=(min(ROWS, count), 256))
    slopes = np.random.default_rng(1).normal(size=(256, 10))
    y = da.map_blocks(
        lambda rows: np.eye(10)[(rows @ slopes).argmax(axis=1)],
        x,
        chunks=(x.chunks[0], (10,)),
        meta=np.empty((0, 10)),
    )
    return x, y


def main(count):
    x, y = samples(count)
    parameters = Parameters(*(da.from_array(array) for array in initialize(seed=0)))
    for step in range(1, 4):
        # The loss is computed here; the gradients are a plan until they are asked for.
        loss, gradients = loss_and_gradients(parameters, x, y)
        found = dask.compute(*gradients)
        moved = (np.asarray(a) - 0.5 * g for a, g in zip(parameters, found, strict=True))
        parameters = Parameters(*map(da.from_array, moved))
        print(f"step {step}: loss {loss:.4f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{x.nbytes / 2**30:.1f} GB of data, {peak:.1f} GB of memory at most")


if __name__ == "__main__":
    main(int(sys.argv[1]))
