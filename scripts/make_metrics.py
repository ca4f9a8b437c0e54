"""Makes test/fixtures/metrics.json: figures of made-up scores by scikit-learn (1.9.1), of one label for each image and of several.

    pip install scikit-learn && python scripts/make_metrics.py > test/fixtures/metrics.json
"""

import json

import numpy as np
from sklearn import metrics

random = np.random.default_rng(0)


def rounded(values):
    """Scores with few digits, so that some are equal."""
    return np.round(values, 1)


def classes(samples=60, count=7):
    labels = random.integers(0, count - 1, samples)  # the last class does not occur
    scores = rounded(random.normal(size=(samples, count)) + 1.5 * np.eye(count)[labels])
    scores += np.linspace(0, 1e-3, count)  # but none in a row, where the first of equals wins
    predicted = scores.argmax(axis=1)
    every = list(range(count))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, predicted, labels=every, zero_division=0)
    return {
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, predicted),
        "topFive": metrics.top_k_accuracy_score(labels, scores, k=5, labels=every),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=every).tolist(),
    }


def labels(samples=50, count=5):
    targets = (random.random((samples, count)) < [0.5, 0.3, 0.1, 0.05, 0]).astype(int)  # the last label does not occur
    scores = rounded(random.normal(size=(samples, count)) + 2 * targets - 1)
    predicted = (scores > 0).astype(int)
    occurs = targets.any(axis=0)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(targets, predicted, zero_division=0)
    return {
        "targets": targets.tolist(),
        "scores": scores.tolist(),
        "accuracy": metrics.accuracy_score(targets, predicted),
        "micro": metrics.f1_score(targets, predicted, average="micro"),
        "macro": metrics.f1_score(targets[:, occurs], predicted[:, occurs], average="macro"),
        "hammingLoss": metrics.hamming_loss(targets, predicted),
        "meanAveragePrecision": metrics.average_precision_score(targets[:, occurs], scores[:, occurs], average="macro"),
        "averagePrecision": [
            metrics.average_precision_score(targets[:, c], scores[:, c]) if occurs[c] else None for c in range(count)
        ],
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
    }


print(json.dumps({"classes": classes(), "labels": labels()}))
