"""Nearest rows by cosine with numpy: python peer_search.py FILE LENGTH TOP ROW…

FILE holds rows of LENGTH float16; it is read in blocks, converted to float32 and multiplied by the rows that are asked for. Prints JSON:
seconds, peak memory in GB, and the TOP nearest rows of each.
"""

import json
import resource
import sys
import time

import numpy as np

path, length, top, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), [int(row) for row in sys.argv[4:]]
started = time.perf_counter()
block = max(1, 32 * 2**20 // 4 // length)
with open(path, "rb") as file:

    def read(row: int, count: int) -> np.ndarray:
        file.seek(2 * length * row)
        return np.fromfile(file, np.float16, count * length).astype(np.float32).reshape(-1, length)

    queries = np.concatenate([read(row, 1) for row in rows])
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    parts = []
    at = 0
    while (codes := read(at, block)).size:
        norms = np.sqrt(np.einsum("ij,ij->i", codes, codes))
        parts.append((codes @ queries.T) / norms[:, None])
        at += len(codes)
cosines = np.concatenate(parts).T
nearest = []
for of in cosines:
    best = np.argpartition(-of, top)[:top]
    best = best[np.lexsort((best, -of[best]))]
    nearest.append([{"row": int(row), "similarity": float(of[row])} for row in best])
print(json.dumps({
    "seconds": time.perf_counter() - started,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    "nearest": nearest,
}))
