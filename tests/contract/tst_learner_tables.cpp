#include "core/evaluate/decision_surface.h"
#include "core/evaluate/inference.h"
#include "core/learn/training.h"
#include "core/model/equation.h"
#include "core/model/model_file.h"
#include "tests/support/odd_data.h"
#include "tests/support/sample_tables.h"

#include <QRegularExpression>
#include <QTest>

using namespace modelarium;
using namespace modelarium::contract;

namespace {

ColumnPtr numberColumn(const std::string& name, const Vector& values)
{
    return std::make_shared<const Column>(Column::numbers(name, Buffer<double>(values.begin(), values.end())));
}

ColumnPtr wordColumn(const std::string& name, const Vector& codes, const std::vector<std::string>& words)
{
    std::vector<std::string> cells;
    for (const double code : codes)
        cells.push_back(words[std::size_t(code)]);
    return std::make_shared<const Column>(Column::categories(name, cells));
}

/// The data as a file would have them: columns x1, x2, ... and y, where there is a target. Learners of categories get those that stand above 0.5.
Table tableOf(const Dataset& data, const LearnerInfo& learner)
{
    std::vector<ColumnPtr> columns;
    for (std::size_t j = 0; j < data.features(); ++j) {
        const Vector x = data.X().col(Eigen::Index(j));
        columns.push_back(learner.wantsCategories ? wordColumn(data.featureNames[j], (x.array() > 0.5).cast<double>(), {"no", "yes"})
                                                  : numberColumn(data.featureNames[j], x));
    }
    if (!hasTarget(data.task))
        return *Table::make(columns);
    columns.push_back(data.task == Task::Classification ? wordColumn("y", data.y, data.classNames) : numberColumn("y", data.y));
    return *Table::make(columns);
}

/// What a person must never read where a number belongs.
bool hasNoNumber(const std::string& text)
{
    static const QRegularExpression wrong(QStringLiteral("\\b(nan|inf|infinity)\\b"), QRegularExpression::CaseInsensitiveOption);
    return wrong.match(QString::fromStdString(text)).hasMatch();
}

QString complaintAboutTexts(const Model& model, const std::vector<double>& raw)
{
    for (const std::string& text : {equationText(model), equationText(model, 17), equationLatex(model), readingNote(model)})
        if (hasNoNumber(text))
            return QStringLiteral("the equation is ") + QString::fromStdString(text);
    for (const std::string& line : arithmeticText(model, raw.data()))
        if (hasNoNumber(line))
            return QStringLiteral("the arithmetic is ") + QString::fromStdString(line);
    for (const auto* metrics : {&model.provenance().metricsTrain, &model.provenance().metricsTest})
        for (const auto& [name, value] : *metrics)
            if (!std::isfinite(value))
                return QStringLiteral("this metric is no number: ") + QString::fromStdString(name);
    return {};
}

QString complaintAboutInference(const Result<Inference>& inference)
{
    if (!inference)
        return isSentence(inference.error().message) ? QString() : QStringLiteral("no sentence: ") + QString::fromStdString(inference.error().message);
    for (const CoefficientInference& one : inference->coefficients)
        for (const double value : {one.value, one.standardError, one.statistic, one.pValue, one.low, one.high})
            if (!std::isfinite(value))
                return QStringLiteral("this coefficient is not told in numbers: ") + QString::fromStdString(one.name);
    for (const double value : {inference->residualStandardDeviation, inference->r2, inference->adjustedR2, inference->fStatistic, inference->fPValue,
                               inference->deviance, inference->nullDeviance, inference->aic})
        if (!std::isfinite(value))
            return QStringLiteral("a figure of the inference is no number");
    return {};
}

QString complaintAboutSurface(const Model& model, const std::vector<double>& raw)
{
    SurfaceSlice slice;
    slice.yInput = raw.size() > 1 ? 1 : 0;
    slice.held = raw;
    slice.columns = slice.rows = 4;
    slice.rows = raw.size() > 1 ? 4 : 1;
    slice.xMinimum = model.inputs()[slice.xInput].minimum;
    slice.xMaximum = model.inputs()[slice.xInput].maximum;
    slice.yMinimum = model.inputs()[slice.yInput].minimum;
    slice.yMaximum = model.inputs()[slice.yInput].maximum;
    const auto surface = evaluateSurface(model, slice);
    if (!surface)
        return isSentence(surface.error().message) ? QString() : QStringLiteral("no sentence: ") + QString::fromStdString(surface.error().message);
    return std::any_of(surface->values.begin(), surface->values.end(), [](float value) { return !std::isfinite(value); })
        ? QStringLiteral("the surface has cells that are no numbers") : QString();
}

} // namespace

/// The whole way of odd data through the program: from a table to a model, into its file and back, and to all that is read of it.
class TestLearnerTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wholeWay_data() { addOddData(); }
    void wholeWay()
    {
        QFETCH(QString, kind);
        const Table table = tableOf(*contract::oddData().at(kind)(), info());
        for (const Scaling scaling : {Scaling::None, Scaling::Standardise}) {
            TrainingPlan plan;
            plan.target = hasTarget(task()) ? "y" : "";
            plan.task = task();
            plan.learner = info().id;
            plan.preparation.scaling = scaling;
            plan.testFraction = kind == QStringLiteral("every row twice") ? 0.25 : 0;
            const auto training = prepareTraining(table, plan);
            if (!training) {
                QVERIFY2(isSentence(training.error().message), training.error().message.c_str());
                continue;
            }
            const auto outcome = fit(*training->learner, training->train, 1, noMoreThan(2000));
            QCOMPARE(complaintAbout(outcome, *training->train), QString());
            if (!outcome)
                continue;
            const auto model = freezeModel(*training, outcome->parameters, outcome->last.step, 0);
            QVERIFY2(model, model ? "" : model.error().message.c_str());
            followModel(**model, table, training->split.train);
        }
    }

private:
    static void followModel(const Model& model, const Table& table, const std::vector<std::size_t>& trainingRows)
    {
        const std::string saved = modelToJson(model);
        const auto loaded = modelFromJson(saved);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QCOMPARE(modelToJson(**loaded), saved);
        const auto before = model.predict(table), after = (*loaded)->predict(table);
        QVERIFY(before && after);
        QVERIFY(before->values.allFinite());
        QVERIFY(samples::sameBits(before->values, after->values));

        std::vector<double> raw, far;
        for (const InputColumn& input : model.inputs()) {
            raw.push_back(input.typical);
            far.push_back(input.isCategorical() ? input.typical : -1e300);
        }
        QCOMPARE(complaintAboutTexts(model, raw), QString());
        QCOMPARE(complaintAboutTexts(model, far), QString());
        QCOMPARE(complaintAboutInference(inferCoefficients(model, table, trainingRows)), QString());
        QCOMPARE(complaintAboutSurface(model, raw), QString());
    }
};

QTEST_GUILESS_MAIN(TestLearnerTables)
#include "tst_learner_tables.moc"
