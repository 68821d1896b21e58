#!/usr/bin/env python3
"""Writes preparation.json beside this script: two skewed columns with gaps, and what scikit-learn's preprocessing makes of them.

Run with scikit-learn 1.9.1. Every transformer is fitted to the first rows and applied to all of them, so that the answers also
say that nothing was learned from the last ones. Equal-width bins and quantile bins use the plain linear quantiles of NumPy.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import (KBinsDiscretizer, MinMaxScaler, OrdinalEncoder, PolynomialFeatures, PowerTransformer,
                                   RobustScaler, StandardScaler)

HERE = pathlib.Path(__file__).parent
TRAIN, ALL = 60, 90

random = numpy.random.RandomState(11)
a = numpy.exp(random.normal(size=ALL)).round(5)
b = (3 * random.normal(size=ALL) + a).round(5)
c = (random.gamma(2, 5, size=ALL)).round(5)
X = numpy.column_stack([a, b, c])
levels = numpy.array(["low", "middle", "high"])[random.randint(0, 3, ALL)]
gaps = X.copy()
gaps[random.uniform(size=X.shape) < 0.15] = numpy.nan


def through(transformer, data=X, columns=slice(None)):
    return transformer.fit(data[:TRAIN][:, columns]).transform(data[:, columns])


def components(count):
    # Signs: the weight of largest size is positive.
    pca = PCA(n_components=count).fit(X[:TRAIN])
    signs = [numpy.sign(w[numpy.argmax(numpy.abs(w))]) for w in pca.components_]
    return pca.transform(X) * signs


answers = {
    "impute:mean": through(SimpleImputer(strategy="mean"), gaps),
    "impute:median": through(SimpleImputer(strategy="median"), gaps),
    "impute:constant=-7": through(SimpleImputer(strategy="constant", fill_value=-7), gaps),
    "standardise": through(StandardScaler()),
    "minmax:low=-1,high=3": through(MinMaxScaler((-1, 3))),
    "robust": through(RobustScaler()),
    "log:offset=20": numpy.log(X + 20),
    "power:yeo_johnson": through(PowerTransformer(method="yeo-johnson", standardize=False)),
    "power:box_cox@a,c": numpy.column_stack([through(PowerTransformer(method="box-cox", standardize=False), columns=[0]), X[:, 1],
                                             through(PowerTransformer(method="box-cox", standardize=False), columns=[2])]),
    "bin:edges=equal_width,bins=4,encoding=ordinal": through(KBinsDiscretizer(4, encode="ordinal", strategy="uniform", subsample=None)),
    "bin:edges=quantiles,bins=5,encoding=ordinal": through(KBinsDiscretizer(5, encode="ordinal", strategy="quantile", subsample=None,
                                                                             quantile_method="linear")),
    "bin:edges=quantiles,bins=4,encoding=one_hot": through(KBinsDiscretizer(4, encode="onehot-dense", strategy="quantile", subsample=None,
                                                                             quantile_method="linear")),
    "polynomial:degree=3": PolynomialFeatures(3, include_bias=False).fit_transform(X),
    "polynomial:degree=3,interactions": PolynomialFeatures(3, include_bias=False, interaction_only=True).fit_transform(X),
    "pca:keep=components,components=2": components(2),
    "pca:keep=share,share=0.9": components(0.9),
}
document = {
    "origin": "make_preparation_reference.py, scikit-learn " + sklearn.__version__,
    "training_rows": TRAIN,
    "columns": {"a": a.tolist(), "b": b.tolist(), "c": c.tolist()},
    "gaps": [[None if numpy.isnan(v) else v for v in row] for row in gaps],
    "levels": levels.tolist(),
    "codes": OrdinalEncoder(categories=[["low", "middle", "high"]]).fit_transform(levels.reshape(-1, 1)).ravel().tolist(),
    "answers": {name: answer.tolist() for name, answer in answers.items()},
}
(HERE / "preparation.json").write_text(json.dumps(document) + "\n")
