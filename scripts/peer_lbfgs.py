"""The peer of scripts/bench-fast-stage.mjs: scikit-learn's logistic regression as in people's scripts, on codes in a .npy file.

python peer_lbfgs.py make FOLDER N D C    writes codes.npy (uniform random) and labels.npy (int32)
python peer_lbfgs.py fit FOLDER           prints seconds, iterations, and the objective: mean cross-entropy + |W|^2 / 2 n C (C = 1)
"""
import sys
import time
from pathlib import Path
import numpy as np

task, folder, *sizes = sys.argv[1:]
codes, labels = Path(folder, "codes.npy"), Path(folder, "labels.npy")
if task == "make":
    n, d, c = map(int, sizes)
    rng = np.random.default_rng(0)
    np.save(codes, rng.random((n, d), dtype=np.float32))
    np.save(labels, rng.integers(0, c, n).astype(np.int32))
else:
    from sklearn.linear_model import LogisticRegression

    X, y = np.load(codes), np.load(labels)
    started = time.time()
    model = LogisticRegression(max_iter=1000).fit(X, y)
    seconds = time.time() - started
    logits = X @ model.coef_.T.astype(np.float32) + model.intercept_
    top = logits.max(axis=1)
    loss = np.mean(top + np.log(np.exp(logits - top[:, None]).sum(axis=1)) - logits[np.arange(len(y)), y])
    objective = float(loss + np.sum(model.coef_.astype(np.float64) ** 2) / (2 * len(y)))
    print(f"seconds {seconds:.3f} iterations {int(model.n_iter_.max())} objective {objective:.9f}")
