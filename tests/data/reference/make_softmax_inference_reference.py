#!/usr/bin/env python3
"""Writes softmax_inference.json beside this script: what MNLogit says about multinomial logistic regressions without a penalty.

Run with statsmodels 0.15.0 and numpy 2.4: Newton's method to a gradient of 1e-12, the first class the reference. The data are those rows
of two files of resources/sample_data that have one of the named classes and no missing cell: see CASES.
"""
import csv
import json
import pathlib

import numpy
import statsmodels
from scipy.stats import norm
from statsmodels.discrete.discrete_model import MNLogit

HERE = pathlib.Path(__file__).parent
CASES = [
    {"file": "seattle_weather.csv", "target": "weather", "classes": ["fog", "drizzle", "sun"], "features": ["temp_max_C", "temp_min_C", "wind_m_s"]},
    {"file": "seattle_weather.csv", "target": "weather", "classes": ["drizzle", "fog", "snow", "sun"], "features": ["temp_max_C", "wind_m_s"]},
    {"file": "cars.csv", "target": "origin", "classes": ["USA", "Europe", "Japan"], "features": ["miles_per_gallon", "horsepower", "weight_lbs"]},
]


def rows_of(case):
    # `remake` puts a copy beside a copy of this script.
    beside = HERE / case["file"]
    with open(beside if beside.exists() else HERE.parents[2] / "resources/sample_data" / case["file"]) as file:
        rows = [row for row in csv.DictReader(file) if row[case["target"]] in case["classes"] and all(row[name] for name in case["features"])]
    return numpy.array([[float(row[name]) for name in case["features"]] for row in rows]), [row[case["target"]] for row in rows]


def fitted(case):
    X, classes = rows_of(case)
    y = numpy.array([case["classes"].index(one) for one in classes])
    design = numpy.column_stack([numpy.ones(len(X)), X])
    model = MNLogit(y, design).fit(method="newton", maxiter=200, tol=1e-14, disp=0)
    # Once more from the solution, whose Hessian the errors are of.
    model = MNLogit(y, design).fit(start_params=model.params.ravel(order="F"), method="newton", maxiter=200, tol=1e-15, disp=0)
    low, high = model.params - norm.ppf(0.975) * model.bse, model.params + norm.ppf(0.975) * model.bse
    lists = {"estimate": model.params, "standard_error": model.bse, "z": model.tvalues, "p": model.pvalues, "low": low, "high": high}
    return {**case, "X": X.tolist(), "y": y.tolist(), **{name: numpy.asarray(values).T.tolist() for name, values in lists.items()},
            "deviance": -2 * float(model.llf), "null_deviance": -2 * float(model.llnull), "aic": float(model.aic)}


def main():
    document = {"source": f"statsmodels {statsmodels.__version__}, numpy {numpy.__version__}", "cases": [fitted(case) for case in CASES]}
    (HERE / "softmax_inference.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
