#!/usr/bin/env python3
"""Writes evaluation.json beside this script: predictions with the metrics, curves and folds that scikit-learn gives for them.

Run with scikit-learn 1.2.1 and numpy 1.24 (Debian 12). The Brier score of several classes is not in that version; it is the
mean of sum_k (P_k - [y = k])^2, computed here with numpy.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn import metrics, model_selection
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, label_binarize

HERE = pathlib.Path(__file__).parent


def regression(random):
    n, p = 57, 4
    truth = random.normal(3, 2, size=n).round(4)
    predicted = (truth + random.normal(0, 0.7, size=n)).round(4)
    r2 = metrics.r2_score(truth, predicted)
    return {"truth": truth.tolist(), "predicted": predicted.tolist(), "features": p, "metrics": {
        "r2": r2, "adjusted_r2": 1 - (1 - r2) * (n - 1) / (n - p - 1),
        "rmse": float(metrics.mean_squared_error(truth, predicted, squared=False)),
        "mae": metrics.mean_absolute_error(truth, predicted), "median_ae": metrics.median_absolute_error(truth, predicted),
        "mape": metrics.mean_absolute_percentage_error(truth, predicted), "max_error": metrics.max_error(truth, predicted)}}


def classification(random, classes):
    n = 90
    scores = random.normal(size=(n, classes))
    truth = random.choice(classes, size=n, p=numpy.array([3, 2, 1][:classes]) / sum([3, 2, 1][:classes]))
    scores[numpy.arange(n), truth] += 0.9
    probabilities = numpy.exp(scores)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    probabilities = probabilities.round(2)                      # ties
    probabilities[:, 0] = 1 - probabilities[:, 1:].sum(axis=1)
    probabilities = numpy.abs(probabilities).round(2)
    predicted = probabilities.argmax(axis=1)
    one_hot = label_binarize(truth, classes=range(classes)) if classes > 2 else numpy.stack([1 - truth, truth], axis=1)
    answer = {"accuracy": metrics.accuracy_score(truth, predicted),
              "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
              "matthews": metrics.matthews_corrcoef(truth, predicted),
              "log_loss": metrics.log_loss(truth, probabilities, eps=2.0 ** -52)}
    for average in ("macro", "weighted"):
        for name, score in (("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score)):
            answer[f"{name}_{average}"] = score(truth, predicted, average=average)
    if classes == 2:
        answer["precision"] = metrics.precision_score(truth, predicted)
        answer["recall"] = metrics.recall_score(truth, predicted)
        answer["f1"] = metrics.f1_score(truth, predicted)
        answer["brier"] = metrics.brier_score_loss(truth, probabilities[:, 1])
        answer["roc_auc"] = metrics.roc_auc_score(truth, probabilities[:, 1])
        answer["pr_auc"] = metrics.average_precision_score(truth, probabilities[:, 1])
    else:
        answer["brier"] = float(((probabilities - one_hot) ** 2).sum(axis=1).mean())
        answer["roc_auc"] = float(numpy.mean([metrics.roc_auc_score(one_hot[:, k], probabilities[:, k]) for k in range(classes)]))
        answer["pr_auc"] = metrics.average_precision_score(one_hot, probabilities, average="macro")
    return truth, probabilities, {"truth": truth.tolist(), "predicted": predicted.tolist(), "probabilities": probabilities.tolist(),
                                  "metrics": {name: float(value) for name, value in answer.items()}}


def curves(truth, score):
    false_rate, true_rate, roc_thresholds = metrics.roc_curve(truth, score, drop_intermediate=False)
    precision, recall, thresholds = metrics.precision_recall_curve(truth, score)
    answer = {"roc": {"false_positive_rate": false_rate.tolist(), "true_positive_rate": true_rate.tolist(),
                      "thresholds": roc_thresholds[1:].tolist()},
              "precision_recall": {"precision": precision[::-1].tolist(), "recall": recall[::-1].tolist(),
                                   "thresholds": thresholds[::-1].tolist()}}
    for strategy in ("uniform", "quantile"):
        share, mean = calibration_curve(truth, score, n_bins=8, strategy=strategy)
        answer["calibration_" + strategy] = {"share": share.tolist(), "mean": mean.tolist()}
    return answer


def folds(random):
    n = 47
    classes = random.choice(3, size=n, p=[0.6, 0.25, 0.15])
    groups = numpy.repeat(numpy.arange(7), [13, 11, 8, 6, 4, 3, 2])
    groups = groups[random.permutation(n)]
    X = numpy.zeros((n, 1))
    tests = lambda splitter, *more: [test.tolist() for _, test in splitter.split(X, *more)]
    return {"classes": classes.tolist(), "groups": groups.tolist(),
            "kfold": tests(model_selection.KFold(5)),
            "stratified": tests(model_selection.StratifiedKFold(4), classes),
            "grouped": tests(model_selection.GroupKFold(3), classes, groups),
            "loo": tests(model_selection.LeaveOneOut()),
            "time": [{"train": train.tolist(), "test": test.tolist()} for train, test in model_selection.TimeSeriesSplit(5).split(X)]}


def cross_validation():
    names = (HERE / "mtcars.csv").read_text().split()[0].split(",")
    cars = numpy.loadtxt(HERE / "mtcars.csv", delimiter=",", skiprows=1)
    column = lambda name: cars[:, names.index(name)]
    X = numpy.stack([column("hp"), column("wt")], axis=1)
    free = json.loads((HERE / "linear.json").read_text())      # for neighbours: no two distances are equal
    scaled = lambda model: make_pipeline(StandardScaler(), model)
    folds, classes = model_selection.KFold(5), model_selection.StratifiedKFold(4)

    def scores(model, y, splitter, scorers, X=X):
        answer = model_selection.cross_validate(model, X, y, cv=splitter, scoring=scorers, return_train_score=True)
        sign = {name: -1 if scorer.startswith("neg_") else 1 for name, scorer in scorers.items()}
        return {side: {name: (sign[name] * answer[f"{side}_{name}"]).tolist() for name in scorers} for side in ("train", "test")}

    numbers = {"r2": "r2", "rmse": "neg_root_mean_squared_error", "mae": "neg_mean_absolute_error"}
    words = {"accuracy": "accuracy", "log_loss": "neg_log_loss", "roc_auc": "roc_auc"}
    grid = model_selection.GridSearchCV(scaled(KNeighborsRegressor()), {"kneighborsregressor__n_neighbors": [1, 3, 5, 7, 9],
                                                                        "kneighborsregressor__weights": ["uniform", "distance"]},
                                        cv=folds, scoring="neg_root_mean_squared_error").fit(free["X"], free["values"])
    alphas = [0.1, 1.0, 10.0, 100.0]
    train, test = model_selection.validation_curve(scaled(Ridge()), X, column("mpg"), param_name="ridge__alpha", param_range=alphas, cv=folds,
                                                   scoring="neg_root_mean_squared_error")
    return {"regression": [
                {"learner": "linear_regression", "scale": False, "hyperparameters": {}, **scores(LinearRegression(), column("mpg"), folds, numbers)},
                {"learner": "ridge_regression", "scale": True, "hyperparameters": {"alpha": 3.0}, **scores(scaled(Ridge(alpha=3)), column("mpg"), folds, numbers)},
                {"learner": "k_nearest_neighbors", "scale": True, "hyperparameters": {"k": 3},
                 **scores(scaled(KNeighborsRegressor(3)), numpy.array(free["values"]), folds, numbers, numpy.array(free["X"]))}],
            "classification": [
                {"learner": "logistic_regression", "scale": True, "hyperparameters": {"C": 2.0},
                 **scores(scaled(LogisticRegression(C=2, tol=1e-12, max_iter=10000)), column("am"), classes, words)},
                {"learner": "gaussian_naive_bayes", "scale": False, "hyperparameters": {}, **scores(GaussianNB(), column("am"), classes, words)}],
            "grid": {"rmse": (-grid.cv_results_["mean_test_score"]).tolist(),
                     "best": {"k": grid.best_params_["kneighborsregressor__n_neighbors"], "weights": grid.best_params_["kneighborsregressor__weights"]}},
            "validation_curve": {"alpha": alphas, "train": (-train).mean(axis=1).tolist(), "test": (-test).mean(axis=1).tolist()}}


def main():
    random = numpy.random.RandomState(5)
    document = {"source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}", "regression": regression(random)}
    truth, probabilities, document["binary"] = classification(random, 2)
    document["curves"] = curves(truth, probabilities[:, 1])
    _, _, document["multiclass"] = classification(random, 3)
    document["folds"] = folds(random)
    document["cross_validation"] = cross_validation()
    (HERE / "evaluation.json").write_text(json.dumps(document, separators=(",", ":")).replace('],"', '],\n"').replace('},"', '},\n"') + "\n")


main()
