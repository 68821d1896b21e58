#!/usr/bin/env python3
"""Writes projection.json beside this script: data, and the principal components that scikit-learn finds in them.

Run with scikit-learn 1.9.1 and numpy 2.4.6.
"""
import csv
import json
import pathlib

import numpy
import sklearn
from sklearn.decomposition import PCA

HERE = pathlib.Path(__file__).parent
SAMPLES = HERE.parents[2] / "resources" / "sample_data"

# Arrests per 100,000 in each of the states of the USA in 1973, in the order of their names: murder, assault, per cent of the people in
# towns, rape. World Almanac and Book of Facts 1975 and Statistical Abstracts of the United States 1975, as in D. R. McNeil, Interactive
# Data Analysis, Wiley 1977, and in R as USArrests.
ARRESTS = numpy.array([
    (13.2, 236, 58, 21.2), (10, 263, 48, 44.5), (8.1, 294, 80, 31), (8.8, 190, 50, 19.5), (9, 276, 91, 40.6),
    (7.9, 204, 78, 38.7), (3.3, 110, 77, 11.1), (5.9, 238, 72, 15.8), (15.4, 335, 80, 31.9), (17.4, 211, 60, 25.8),
    (5.3, 46, 83, 20.2), (2.6, 120, 54, 14.2), (10.4, 249, 83, 24), (7.2, 113, 65, 21), (2.2, 56, 57, 11.3), (6, 115, 66, 18),
    (9.7, 109, 52, 16.3), (15.4, 249, 66, 22.2), (2.1, 83, 51, 7.8), (11.3, 300, 67, 27.8), (4.4, 149, 85, 16.3),
    (12.1, 255, 74, 35.1), (2.7, 72, 66, 14.9), (16.1, 259, 44, 17.1), (9, 178, 70, 28.2), (6, 109, 53, 16.4),
    (4.3, 102, 62, 16.5), (12.2, 252, 81, 46), (2.1, 57, 56, 9.5), (7.4, 159, 89, 18.8), (11.4, 285, 70, 32.1),
    (11.1, 254, 86, 26.1), (13, 337, 45, 16.1), (0.8, 45, 44, 7.3), (7.3, 120, 75, 21.4), (6.6, 151, 68, 20),
    (4.9, 159, 67, 29.3), (6.3, 106, 72, 14.9), (3.4, 174, 87, 8.3), (14.4, 279, 48, 22.5), (3.8, 86, 45, 12.8),
    (13.2, 188, 59, 26.9), (12.7, 201, 80, 25.5), (3.2, 120, 80, 22.9), (2.2, 48, 32, 11.2), (8.5, 156, 63, 20.7),
    (4, 145, 73, 26.2), (5.7, 81, 39, 9.3), (2.6, 53, 66, 10.8), (6.8, 161, 60, 15.6),
])


def iris():
    with open(SAMPLES / "iris.csv", encoding="utf-8") as file:
        return numpy.array([[float(cell) for cell in row[:4]] for row in list(csv.reader(file))[1:]])


def tilted():
    """Six columns of three sources of unlike size, far from 0."""
    random = numpy.random.RandomState(41)
    sources = random.normal(size=(700, 3)) * [5, 2, 0.7]
    return (1e4 + sources @ random.normal(size=(3, 6)) + 0.1 * random.normal(size=(700, 6))).round(6)


def components(X, count, whiten=False):
    """Learned from all rows but each fifth; those are told by their coordinates, given back, and compared."""
    test = numpy.arange(len(X)) % 5 == 4
    model = PCA(count, whiten=whiten, svd_solver="full").fit(X[~test])
    errors = ((X[test] - model.inverse_transform(model.transform(X[test]))) ** 2).sum(axis=1)
    total = ((X[test] - model.mean_) ** 2).sum()
    return {"count": count, "whiten": whiten, "mean": model.mean_.tolist(), "directions": model.components_.tolist(),
            "variance": model.explained_variance_.tolist(), "share": model.explained_variance_ratio_.tolist(),
            "coordinates_of_test": model.transform(X[test]).tolist(), "error_of_test": errors.mean(), "share_of_test": 1 - errors.sum() / total}


def data(X, *cases):
    return {"X": X.tolist(), "cases": [components(X, *case) for case in cases]}


standardised = (ARRESTS - ARRESTS.mean(axis=0)) / ARRESTS.std(axis=0, ddof=1)
document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
            "iris": data(iris(), (2,), (4,), (3, True)), "tilted": data(tilted(), (3,), (6,), (2, True)),
            "arrests": {"X": standardised.tolist(), "variance": PCA(4, svd_solver="full").fit(standardised).explained_variance_.tolist()}}
(HERE / "projection.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
