"""The Gram triangle in torch, beside this project's: python gram_triangle.py N D [BLOCK]

X [N, D] of random float32; G = X Xᵀ, lower triangle by blocks of rows. Prints the seconds.
"""
import sys
import time

import torch

n, d = int(sys.argv[1]), int(sys.argv[2])
block = int(sys.argv[3]) if len(sys.argv) > 3 else 754
x = torch.rand(n, d)
g = torch.empty(n, n)
started = time.time()
for i in range(0, n, block):
    for j in range(0, i + 1, block):
        g[i:i + block, j:j + block] = x[i:i + block] @ x[j:j + block].T
print(f"{time.time() - started:.2f}")
