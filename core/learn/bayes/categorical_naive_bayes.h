#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Categorical naive Bayes: how often every level of every category comes in every class, as if the categories knew nothing of
/// one another.
///
/// Math     prior_k = n_k / n; P(level l of category c | class k) = (n_kcl + alpha) / (n_k + alpha levels_c);
///          P(class k | x) ~ prior_k prod_c P(x_c | k), as scikit-learn's CategoricalNB with min_categories = levels_c:
///          levels of the column count even where no training row has them
/// Shape    X (n_samples, columns of the categories) -> Linear: the logarithms are weights of the columns of 0 and 1 that the
///          preparation makes of a category, and the model is a softmax (logistic for two classes) of their sum. A level
///          without a column of its own is in the intercept. One step a class
/// Unit     categories only; scaling changes nothing
/// Errors   those of checkDataset; WrongType where a feature is a number or no column a level (names it)
/// Cost     O(n_samples * n_features)
/// Random   nothing
/// Source   C. D. Manning, P. Raghavan, H. Schuetze, Introduction to Information Retrieval, 2008, ch. 13 (smoothing)
LearnerInfo categoricalNaiveBayes();

} // namespace modelarium
