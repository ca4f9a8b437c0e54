"""The peers of scripts/bench-fast-stage.mjs: epochs of one softmax layer by mini-batches of 32, as in people's scripts.

python peer_epochs.py keras | torch  adadelta | adam  FOLDER EPOCHS    (codes.npy, labels.npy as peer_lbfgs.py makes them)

Prints seconds of each epoch. torch gathers its batches by index, Keras' fit shuffles; both on all cores.
"""
import os
import sys
import time
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np

framework, optimizer, folder, epochs = sys.argv[1:]
X = np.load(Path(folder, "codes.npy"))
y = np.load(Path(folder, "labels.npy")).astype(np.int64)
(n, d), c, batch = X.shape, int(y.max()) + 1, 32


def keras_epochs():
    import keras

    model = keras.Sequential([keras.layers.Input((d,)), keras.layers.Dense(c, activation="softmax")])
    rate = {"adadelta": 1.0, "adam": 0.001}[optimizer]
    made = {"adadelta": keras.optimizers.Adadelta, "adam": keras.optimizers.Adam}[optimizer](rate)
    model.compile(optimizer=made, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    while True:
        started = time.time()
        model.fit(X, y, batch_size=batch, epochs=1, verbose=0)
        yield time.time() - started


def torch_epochs():
    import torch

    codes, labels = torch.from_numpy(X), torch.from_numpy(y)
    layer = torch.nn.Linear(d, c)
    made = {"adadelta": torch.optim.Adadelta, "adam": torch.optim.Adam}[optimizer](layer.parameters())
    loss = torch.nn.CrossEntropyLoss()
    while True:
        started = time.time()
        order = torch.randperm(n)
        for at in range(0, n, batch):
            rows = order[at : at + batch]
            made.zero_grad()
            loss(layer(codes[rows]), labels[rows]).backward()
            made.step()
        yield time.time() - started


for _, seconds in zip(range(int(epochs)), {"keras": keras_epochs, "torch": torch_epochs}[framework]()):
    print(f"seconds {seconds:.3f}", flush=True)
