#include "core/learn/training.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

namespace {

std::vector<std::string> levelNames(int levels)
{
    std::vector<std::string> names;
    for (int level = 0; level < levels; ++level)
        names.push_back("level " + std::to_string(level));
    return names;
}

std::shared_ptr<const Column> categoryColumn(const std::string& name, const nlohmann::json& rows, std::size_t column, int levels)
{
    Buffer<std::int32_t> codes;
    for (const auto& row : rows)
        codes.push_back(row[column].get<std::int32_t>());
    return std::make_shared<const Column>(Column::categories(name, std::move(codes), levelNames(levels)));
}

} // namespace

/// Probabilities of scikit-learn 1.2.1, through the whole way from a table with categories to a frozen model.
class TestCategoricalReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("categorical.json");
        QVERIFY(m_reference.is_object());
    }

    void sameProbabilities_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<bool>("scaled");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& one = m_reference["cases"][i];
            for (const bool scaled : {false, true})
                QTest::addRow("%d classes, alpha %g, %s", one["classes"].get<int>(), one["alpha"].get<double>(), scaled ? "scaled" : "as they are")
                    << int(i) << scaled;
        }
    }

    void sameProbabilities()
    {
        QFETCH(int, index);
        QFETCH(bool, scaled);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const int classes = expected["classes"].get<int>();
        auto rows = nlohmann::json::array(), codes = nlohmann::json::array();
        for (std::size_t i = 0; i < m_reference["rows"].size(); ++i) {
            if (m_reference["classes"][i].get<int>() >= classes)
                continue;
            rows.push_back(m_reference["rows"][i]);
            codes.push_back({m_reference["classes"][i]});
        }
        TrainingPlan plan;
        plan.target = "class";
        plan.learner = "categorical_naive_bayes";
        plan.hyperparameters = {{"alpha", expected["alpha"].get<double>()}};
        plan.preparation.scaling = scaled ? Scaling::Standardise : Scaling::None;
        // As min_categories does there: levels are named of which one never comes.
        for (std::size_t j = 0; j < m_reference["levels"].size(); ++j)
            plan.preparation.steps.push_back({EncodeChoice{Encoding::OneHot, {}, 1, levelNames(m_reference["levels"][j].get<int>())}, {"c" + std::to_string(j + 1)}});
        const auto training = prepareTraining(tableOf(rows, categoryColumn("class", codes, 0, classes)), plan);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        const auto outcome = fit(*training->learner, training->train, 1);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto model = snapshotModel(*training, outcome->parameters, 1);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const auto prediction = (*model)->predict(tableOf(m_reference["queries"], categoryColumn("class", m_reference["queries"], 1, 2)));
        QVERIFY2(prediction, prediction ? "" : prediction.error().message.c_str());
        // Sums of at most four logarithms near 20; scaling adds the rounding of a level that never came, whose weight is large.
        QVERIFY((prediction->probabilities - reference::toMatrix(expected["probabilities"])).cwiseAbs().maxCoeff() < 1e-13);
    }

private:
    Table tableOf(const nlohmann::json& rows, std::shared_ptr<const Column> last) const
    {
        std::vector<ColumnPtr> columns;
        for (std::size_t j = 0; j < m_reference["levels"].size(); ++j)
            columns.push_back(categoryColumn("c" + std::to_string(j + 1), rows, j, m_reference["levels"][j].get<int>()));
        columns.push_back(std::move(last));
        return *Table::make(std::move(columns));
    }

    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestCategoricalReference)
#include "tst_categorical_reference.moc"
