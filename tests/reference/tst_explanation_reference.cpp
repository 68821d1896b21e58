#include "core/evaluate/partial_dependence.h"
#include "core/evaluate/permutation_importance.h"
#include "tests/support/reference_data.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace modelarium;

/// Partial dependence and permutation importance of scikit-learn 1.9.1, of a tree (numbers) and of Gaussian naive Bayes (classes).
class TestExplanationReference : public QObject {
    Q_OBJECT

private:
    nlohmann::json m_data;
    nlohmann::json m_reference;

    void cases() const
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("tree") << QStringLiteral("tree");
        QTest::newRow("bayes") << QStringLiteral("bayes");
    }

    /// Columns x1 .. x4 and the answer, as the peer had them.
    Table table(bool classification) const
    {
        const Matrix X = reference::toMatrix(m_data["X"]);
        std::vector<ColumnPtr> columns;
        for (Eigen::Index j = 0; j < X.cols(); ++j)
            columns.push_back(std::make_shared<const Column>(Column::numbers("x" + std::to_string(j + 1), Buffer<double>(X.col(j).begin(), X.col(j).end()))));
        if (classification) {
            std::vector<std::string> names;
            for (const int code : m_data["classes"])
                names.push_back(std::string(1, char('a' + code)));
            columns.push_back(std::make_shared<const Column>(Column::categories("y", names)));
        } else {
            const Vector y = reference::toVector(m_data["values"]);
            columns.push_back(std::make_shared<const Column>(Column::numbers("y", Buffer<double>(y.begin(), y.end()))));
        }
        return *Table::make(columns);
    }

    struct Case {
        Table table;
        ModelPtr model;
        std::vector<std::size_t> rows;
        nlohmann::json inputs;
    };

    Case given() const
    {
        const QString name = *static_cast<QString*>(QTest::qData("name", QMetaType::QString));
        const bool classification = name == QStringLiteral("bayes");
        Case result{table(classification), nullptr, {}, m_reference[name.toStdString()]["inputs"]};
        TrainingPlan plan;
        plan.target = "y";
        plan.learner = classification ? "gaussian_naive_bayes" : "decision_tree";
        if (!classification)
            plan.hyperparameters = {{"max_leaf_nodes", std::int64_t(12)}};
        result.model = *samples::trainedModel(result.table, plan);
        result.rows.resize(result.table.rows());
        std::iota(result.rows.begin(), result.rows.end(), std::size_t(0));
        return result;
    }

    /// Classes are coded by their order of appearance here, and by their letters there.
    static Eigen::Index codeThere(const Model& model, Eigen::Index output)
    {
        return model.target().task == Task::Regression ? 0 : model.target().classes[std::size_t(output)][0] - 'a';
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_data = reference::read("tree.json");
        m_reference = reference::read("explanation.json");
        QVERIFY(m_data.is_object() && m_reference.is_object());
    }

    void dependence_data() { cases(); }
    void dependence()
    {
        const Case one = given();
        for (std::size_t j = 0; j < one.inputs.size(); ++j) {
            PartialDependenceOptions options;
            options.curves = one.rows.size();
            const auto result = partialDependence(*one.model, one.table, one.rows, "x" + std::to_string(j + 1), options);
            QVERIFY2(result, result ? "" : result.error().message.c_str());
            const std::vector<double> grid = one.inputs[j]["grid"];
            QCOMPARE(result->grid.size(), grid.size());
            for (std::size_t i = 0; i < grid.size(); ++i)
                QVERIFY(std::abs(result->grid[i] - grid[i]) < 1e-14);
            const Matrix mean = reference::toMatrix(one.inputs[j]["mean"]), curve = reference::toMatrix(one.inputs[j]["curve_of_first_row"]);
            for (Eigen::Index k = 0; k < result->mean.cols(); ++k) {
                const Eigen::Index there = codeThere(*one.model, k);
                // Means of 150 numbers near 1; the bells agree to 1e-11, see tst_bayes_reference.
                QVERIFY((result->mean.col(k) - mean.row(there).transpose()).cwiseAbs().maxCoeff() < 1e-11);
                QVERIFY((result->curves[std::size_t(k)].row(0) - curve.row(there)).cwiseAbs().maxCoeff() < 1e-11);
            }
        }
    }

    void importance_data() { cases(); }

    /// The mean over many shuffles lies within five of its standard deviations of the peer's, which it leaves once in a million times.
    void importance()
    {
        const Case one = given();
        const bool classification = one.model->target().task == Task::Classification;
        constexpr int repeats = 500;
        const auto result = permutationImportance(*one.model, one.table, one.rows, {classification ? "accuracy" : "r2", repeats, 3});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const double there = m_reference["repeats"];
        for (std::size_t j = 0; j < one.inputs.size(); ++j) {
            const double mean = one.inputs[j]["importance"], deviation = one.inputs[j]["deviation"];
            const double allowed = 5 * deviation * std::sqrt(1 / double(repeats) + 1 / there);
            QVERIFY2(std::abs(result->inputs[j].mean - mean) <= allowed + 1e-12, qPrintable(QString::number(result->inputs[j].mean - mean)));
            // The deviation of n numbers is itself uncertain by about 1 / sqrt(2 n) of it.
            QVERIFY(std::abs(result->inputs[j].standardDeviation - deviation) <= 5 * deviation * std::sqrt(0.5 / repeats + 0.5 / there) + 1e-12);
        }
    }
};

QTEST_GUILESS_MAIN(TestExplanationReference)
#include "tst_explanation_reference.moc"
