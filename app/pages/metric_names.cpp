#include "app/pages/metric_names.h"

#include "core/base/number_text.h"

#include <QCoreApplication>

#include <cmath>

namespace modelarium {
namespace {

struct MetricNames {
    Q_DECLARE_TR_FUNCTIONS(modelarium::MetricNames)
};

} // namespace

std::vector<MetricName> metricNames()
{
    using M = MetricNames;
    return {
        {"accuracy", M::tr("Accuracy"), M::tr("Share of the rows whose class is predicted right.")},
        {"balanced_accuracy", M::tr("Balanced accuracy"),
         M::tr("The share predicted right in each class, averaged over the classes: rare classes count as much as common ones.")},
        {"f1_macro", M::tr("F1, averaged"), M::tr("Balance of finding every row of a class and finding no other, averaged over the classes.")},
        {"log_loss", M::tr("Log loss"), M::tr("How surprised the model is by the true classes; smaller is better, and being sure and wrong is dear.")},
        {"r2", M::tr("R²"), M::tr("Share of the target's variance that the model explains; 1 is perfect, 0 is no better than the mean.")},
        {"rmse", M::tr("RMSE"), M::tr("Root of the mean squared error, in the unit of the target; large errors count more.")},
        {"mae", M::tr("Mean error"), M::tr("Mean absolute error, in the unit of the target.")},
        {"max_error", M::tr("Largest error"), M::tr("The largest absolute error of any row, in the unit of the target.")},
    };
}

QString metricValueText(const std::string& id, double value)
{
    if (!std::isfinite(value))
        return QStringLiteral("–");
    if (id == "accuracy" || id == "balanced_accuracy")
        return MetricNames::tr("%1 %").arg(value * 100, 0, 'f', 1);
    return QString::fromStdString(shortText(value));
}

QString metricValueText(const std::string& id, const std::map<std::string, double>& metrics)
{
    const auto found = metrics.find(id);
    return found == metrics.end() ? QStringLiteral("–") : metricValueText(id, found->second);
}

} // namespace modelarium
