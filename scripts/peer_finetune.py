"""The peers of scripts/bench-finetune.mjs: epochs of the last stage of EfficientNet-Lite0 and a softmax layer, from images.

python peer_finetune.py torch | keras  LIST EPOCHS    (LIST: lines of path<TAB>class number)

The network in front is frozen and runs without gradients, yet in every epoch, on every image: that is what a cache saves. Weights are
random, batch norms folded into convolutions (so both save them), Adam, batches of 32. Prints seconds of each epoch.
"""
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np

framework, listing, epochs = sys.argv[1:]
rows = [line.split("\t") for line in open(listing, encoding="utf8").read().splitlines()]
paths, labels = [path for path, _ in rows], [int(label) for _, label in rows]
classes, batch, side = max(labels) + 1, 32, 224
# kernel, stride, expansion, channels, repeats: EfficientNet-Lite0's stages (timm: efficientnet_lite0)
stages = [(3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3), (5, 2, 6, 192, 4), (3, 1, 6, 320, 1)]
blocks = [(k, s if at == 0 else 1, e, c) for k, s, e, c, n in stages for at in range(n)]


def torch_epochs():
    import torch
    from PIL import Image
    from torch import nn

    class Images(torch.utils.data.Dataset):
        def __len__(self):
            return len(paths)

        def __getitem__(self, at):
            image = Image.open(paths[at]).convert("RGB").resize((side, side), Image.BILINEAR)
            return (torch.from_numpy(np.asarray(image)).permute(2, 0, 1).float() - 127.0) / 128.0, labels[at]

    def conv(i, o, k, s=1, groups=1, act=True):
        made = nn.Conv2d(i, o, k, s, k // 2, groups=groups)
        return nn.Sequential(made, nn.ReLU6(inplace=True)) if act else made

    class Block(nn.Module):
        def __init__(self, i, k, s, e, o):
            super().__init__()
            mid = i * e
            expand = [conv(i, mid, 1)] if e > 1 else []
            self.body = nn.Sequential(*expand, conv(mid, mid, k, s, mid), conv(mid, o, 1, act=False))
            self.adds = s == 1 and i == o

        def forward(self, x):
            return x + self.body(x) if self.adds else self.body(x)

    made, i = [], 32
    for k, s, e, o in blocks:
        made.append(Block(i, k, s, e, o))
        i = o
    base = nn.Sequential(conv(3, 32, 3, 2), *made[:-1])
    tail = nn.Sequential(made[-1], conv(320, 1280, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, classes))
    for parameter in base.parameters():
        parameter.requires_grad_(False)
    loader = torch.utils.data.DataLoader(Images(), batch, shuffle=True, num_workers=int(os.environ.get("WORKERS", "2")))
    optimizer = torch.optim.Adam(tail.parameters(), 1e-4)
    loss = nn.CrossEntropyLoss()
    while True:
        started = time.time()
        for images, wanted in loader:
            with torch.no_grad():
                codes = base(images)
            optimizer.zero_grad()
            loss(tail(codes), wanted).backward()
            optimizer.step()
        yield time.time() - started


def keras_epochs():
    import keras
    import tensorflow as tf

    L = keras.layers

    def read(path, label):
        image = tf.image.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
        return (tf.image.resize(image, (side, side)) - 127.0) / 128.0, label

    data = tf.data.Dataset.from_tensor_slices((paths, labels)).shuffle(len(paths))
    data = data.map(read, num_parallel_calls=tf.data.AUTOTUNE).batch(batch).prefetch(tf.data.AUTOTUNE)
    inputs = L.Input((side, side, 3))
    x = L.ReLU(6)(L.Conv2D(32, 3, 2, "same")(inputs))
    for k, s, e, o in blocks[:-1]:
        x = block(L, x, k, s, e, o)
    base = keras.Model(inputs, x)
    base.trainable = False
    x = block(L, base.output, *blocks[-1])
    x = L.GlobalAveragePooling2D()(L.ReLU(6)(L.Conv2D(1280, 1)(x)))
    model = keras.Model(inputs, L.Dense(classes, activation="softmax")(x))
    model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy")
    while True:
        started = time.time()
        model.fit(data, epochs=1, verbose=0)
        yield time.time() - started


def block(L, x, k, s, e, o):
    y = L.ReLU(6)(L.Conv2D(x.shape[-1] * e, 1)(x)) if e > 1 else x
    y = L.Conv2D(o, 1)(L.ReLU(6)(L.DepthwiseConv2D(k, s, "same")(y)))
    return L.Add()([x, y]) if s == 1 and x.shape[-1] == o else y


for _, seconds in zip(range(int(epochs)), {"torch": torch_epochs, "keras": keras_epochs}[framework]()):
    print(f"seconds {seconds:.3f}", flush=True)
