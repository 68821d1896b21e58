#!/usr/bin/env python3
"""Writes clustering.json beside this script: data without a target, and the groups that scikit-learn finds in them.

Run with scikit-learn 1.9.1 and numpy 2.4.6.
"""
import csv
import json
import pathlib

import numpy
import sklearn
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_moons
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture

HERE = pathlib.Path(__file__).parent
SAMPLES = HERE.parents[2] / "resources" / "sample_data"


def iris():
    with open(SAMPLES / "iris.csv", encoding="utf-8") as file:
        return numpy.array([[float(cell) for cell in row[:4]] for row in list(csv.reader(file))[1:]])


def blobs():
    random = numpy.random.RandomState(31)
    centres = random.uniform(-6, 6, size=(7, 5))
    return (centres[random.randint(0, 7, 900)] + random.normal(size=(900, 5)) * random.uniform(0.5, 2, size=(900, 1))).round(6)


def k_means(X, clusters):
    """From the first rows, until no row changes its cluster: there is only one way to go."""
    model = KMeans(clusters, init=X[:clusters], n_init=1, tol=0, max_iter=1000, algorithm="lloyd").fit(X)
    return {"clusters": clusters, "inertia": model.inertia_, "centres": model.cluster_centers_.tolist(), "labels": model.labels_.tolist(),
            "silhouette": silhouette_score(X, model.labels_) if clusters > 1 else None}


def mixture(X, clusters, covariance):
    """The best of many starts, to a tight tolerance: the maximum itself."""
    model = GaussianMixture(clusters, covariance_type=covariance, tol=1e-12, max_iter=100000, n_init=20, reg_covar=0, random_state=0).fit(X)
    order = numpy.argsort(model.means_[:, 0])
    return {"clusters": clusters, "covariance": "full" if covariance == "full" else "diagonal", "log_likelihood": model.score(X),
            "weights": model.weights_[order].tolist(), "means": model.means_[order].tolist(),
            "covariances": model.covariances_[order].tolist(), "bic": model.bic(X), "aic": model.aic(X)}


def dbscan(X, eps, least):
    model = DBSCAN(eps=eps, min_samples=least).fit(X)
    kept = model.labels_ >= 0
    several = len(set(model.labels_[kept])) > 1
    return {"eps": eps, "min_samples": least, "labels": model.labels_.tolist(), "core": model.core_sample_indices_.tolist(),
            "silhouette": silhouette_score(X[kept], model.labels_[kept]) if several else None}


flowers, clouds = iris(), blobs()
moons = make_moons(400, noise=0.09, random_state=5)[0].round(6)
best = {clusters: KMeans(clusters, n_init=50, tol=0, random_state=0).fit(flowers).inertia_ for clusters in (2, 3)}
document = {
    "source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
    "iris": flowers.tolist(), "blobs": clouds.tolist(), "moons": moons.tolist(),
    "iris_inertia": {str(clusters): inertia for clusters, inertia in best.items()},
    "k_means": [k_means(clouds, clusters) for clusters in (1, 2, 7, 20)],
    "mixture": [mixture(flowers, clusters, kind) for clusters, kind in ((2, "full"), (3, "full"), (3, "diag"))],
    "dbscan": [dbscan(moons, eps, least) for eps, least in ((0.15, 5), (0.1, 4), (0.3, 5), (0.05, 1), (0.02, 6))],
}
(HERE / "clustering.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")
