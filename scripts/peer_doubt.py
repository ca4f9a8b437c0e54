"""The peer of scripts/bench-doubt.mjs: cleanlab on out-of-fold probabilities of scikit-learn's logistic regression.

python peer_doubt.py FOLDER IMAGES    (FOLDER: codes.f32 [images, numbers], labels.json)

Prints the images from the most doubted one on.
"""
import json
import sys

import numpy as np
from cleanlab.rank import get_label_quality_scores
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

folder, images = sys.argv[1], int(sys.argv[2])
codes = np.fromfile(f"{folder}/codes.f32", np.float32).reshape(images, -1)
labels = np.array(json.load(open(f"{folder}/labels.json")))
model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=200))
folds = StratifiedKFold(5, shuffle=True, random_state=0)
probabilities = cross_val_predict(model, codes, labels, cv=folds, method="predict_proba")
print(json.dumps(np.argsort(get_label_quality_scores(labels, probabilities)).tolist()))
