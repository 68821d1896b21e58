#pragma once

#include "core/evaluate/search.h"

#include <QString>
#include <QStringList>

namespace modelarium {

/// How hyperparameters and their values are called where a search is asked for and told about.

bool isNumber(const HyperparameterSpec& spec);
double numberOf(const HyperparameterValue& value);
/// Numbers are the same whether they were written as 1 or as 1.0.
bool sameValue(const HyperparameterValue& a, const HyperparameterValue& b);
/// Whether these values, and whatever others, are those that are chosen now.
bool areChosen(const HyperparameterValues& values, const HyperparameterValues& now);
QString valueText(const HyperparameterSpec* spec, const HyperparameterValue& value);
QStringList valueTexts(const LearnerInfo& learner, const SearchAxis& axis);
QString labelOf(const LearnerInfo& learner, const std::string& name);
const LearnerInfo* learnerNamed(const std::string& id);

/// "0.85 ± 0.03" on rows kept back; "0.85" where these are judged all together; "0.85 ± 0.03 (2 of 5 folds)" where the score does not exist
/// in all of them. "–" where there is none.
QString scoreText(const PlanScore& score, const std::string& metric);

/// "Depth 4, Criterion gini: 93.1 % ± 2.0 % on rows kept back.", or why there is no score; values in the order of the axes.
QString tryText(const LearnerInfo& learner, const std::vector<SearchAxis>& axes, const HyperparameterValues& values, const PlanScore& score, const std::string& metric);
/// How many tries have the best score, but for the rounding of sums.
std::size_t equallyGood(const SearchResult& result);

} // namespace modelarium
