"""Python's side of scripts/bench-export.mjs: what an exported model says, by onnxruntime.

python peer_export.py MODEL PIXELS SIDE OUT            PIXELS: uint8 [n, SIDE, SIDE, 3], raw; OUT: float32 [n, classes], raw
python peer_export.py MODEL --files LIST SIDE OUT      LIST: paths, a line each; decoded and resized by Pillow
python peer_export.py MODEL --whole LIST OUT           the same, not resized: for models that resize inside
"""
import sys

import numpy as np
import onnxruntime

model, *rest = sys.argv[1:]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
paths = lambda name: open(name, encoding="utf8").read().splitlines()


def decoded(path):
    from PIL import Image

    return Image.open(path).convert("RGB")


def answers(images):
    return session.run(["probabilities"], {"image": np.stack(images)})[0]


if rest[0] == "--files":
    _, listing, side, out = rest
    size = (int(side), int(side))
    images = [np.asarray(decoded(path).resize(size, 2)) for path in paths(listing)]
elif rest[0] == "--whole":
    _, listing, out = rest
    images = [np.asarray(decoded(path)) for path in paths(listing)]
else:
    pixels, side, out = rest
    images = list(np.fromfile(pixels, np.uint8).reshape(-1, int(side), int(side), 3))
batch = 1 if rest[0] == "--whole" else 25
said = [answers(images[at : at + batch]) for at in range(0, len(images), batch)]
np.concatenate(said).astype(np.float32).tofile(out)
