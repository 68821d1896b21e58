#include "app/pages/metric_names.h"

#include "core/base/number_text.h"

#include <QCoreApplication>

#include <cmath>
#include <utility>

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
        {"silhouette", M::tr("Silhouette"),
         M::tr("How much nearer a row is to its own group than to the next one, on average: 1 is clearly apart, 0 is on the border.")},
        {"inertia", M::tr("Inertia"), M::tr("The sum of the squared distances of the rows to their centres. It falls with every further centre.")},
        {"log_likelihood", M::tr("Log likelihood"), M::tr("How likely the rows are under the bells, on average; larger is better.")},
        {"noise_share", M::tr("Share of noise"), M::tr("The share of the rows that belong to no group.")},
        {"explained_variance_ratio", M::tr("Variance kept"),
         M::tr("The share of the rows' spread about the mean that their coordinates keep. It rises with every further component.")},
        {"reconstruction_error", M::tr("Squared error of a row"), M::tr("The mean squared distance between a row and what its coordinates give back.")},
    };
}

QString metricWord(const std::string& id)
{
    using M = MetricNames;
    const std::pair<const char*, QString> words[] = {
        {"accuracy", M::tr("accuracy")},         {"r2", M::tr("R²")},           {"rmse", M::tr("RMSE")},
        {"silhouette", M::tr("silhouette")},     {"inertia", M::tr("inertia")}, {"log_likelihood", M::tr("log likelihood")},
        {"noise_share", M::tr("share of noise")}, {"explained_variance_ratio", M::tr("variance kept")}};
    for (const auto& [known, word] : words)
        if (id == known)
            return word;
    return QString::fromStdString(id);
}

bool isPercentage(const std::string& id)
{
    return id == "accuracy" || id == "balanced_accuracy" || id == "noise_share" || id == "explained_variance_ratio";
}

bool alwaysGrows(const std::string& id)
{
    return id == "explained_variance_ratio" || id == "reconstruction_error" || id == "inertia";
}

QString metricValueText(const std::string& id, double value)
{
    if (!std::isfinite(value))
        return QStringLiteral("–");
    if (isPercentage(id))
        return MetricNames::tr("%1 %").arg(value * 100, 0, 'f', 1);
    return QString::fromStdString(shortText(value));
}

QString metricValueText(const std::string& id, const std::map<std::string, double>& metrics)
{
    const auto found = metrics.find(id);
    return found == metrics.end() ? QStringLiteral("–") : metricValueText(id, found->second);
}

} // namespace modelarium
