#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>
#include <functional>

using namespace modelarium;

namespace {

/// The nodes of a tree from the top, left before right: an order that does not depend on which was split first.
void collect(const Tree& tree, std::size_t node, std::vector<std::size_t>& nodes)
{
    nodes.push_back(node);
    if (tree.feature[node] < 0)
        return;
    collect(tree, std::size_t(tree.left[node]), nodes);
    collect(tree, std::size_t(tree.right[node]), nodes);
}

HyperparameterValues settingsOf(const nlohmann::json& settings)
{
    static const std::map<std::string, std::string> names{{"max_iter", "n_rounds"}, {"l2_regularization", "l2"}};
    HyperparameterValues values;
    for (const auto& [name, value] : settings.items()) {
        const auto renamed = names.find(name);
        const std::string& ours = renamed == names.end() ? name : renamed->second;
        if (value.is_null())
            values[ours] = std::int64_t(0);
        else if (value.is_number_integer())
            values[ours] = value.get<std::int64_t>();
        else
            values[ours] = value.get<double>();
    }
    return values;
}

} // namespace

/// HistGradientBoosting of scikit-learn 1.9.1 on data whose every value has a bin of its own.
class TestBoostingReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("boosting.json");
        QVERIFY(m_reference.is_object());
    }

    void sameModel_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& one = m_reference["cases"][i];
            QTest::newRow((one["target"].get<std::string>() + " " + one["settings"].dump()).c_str()) << int(i);
        }
    }

    void sameModel();

private:
    nlohmann::json m_reference;
};

void TestBoostingReference::sameModel()
{
    QFETCH(int, index);
    const auto& expected = m_reference["cases"][std::size_t(index)];
    const std::string target = expected["target"];
    const Vector y = reference::toVector(m_reference[target]);
    const DatasetPtr data = reference::makeDataset(reference::toMatrix(m_reference["X"]), y, target == "values" ? 0 : int(y.maxCoeff()) + 1);
    std::vector<double> losses;
    const auto outcome = reference::fitTo(data, "gradient_boosting", settingsOf(expected["settings"]),
                                          [&](const TrainingRun&, const Progress& progress) {
                                              losses.push_back(progress.loss);
                                              return Answer::Continue;
                                          });
    QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
    const auto& ensemble = std::get<TreeEnsemble>(outcome->parameters);
    QVERIFY((ensemble.base - reference::toVector(expected["base"])).cwiseAbs().maxCoeff() < 1e-14);

    for (std::size_t k = 0; k < expected["first"].size(); ++k) {
        const auto& nodes = expected["first"][k];
        const Tree& tree = ensemble.trees[k];
        std::vector<std::size_t> order;
        collect(tree, 0, order);
        QCOMPARE(order.size(), nodes.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            QCOMPARE(tree.feature[order[i]], nodes[i]["feature"].get<int>());
            QCOMPARE(tree.samples[order[i]], nodes[i]["samples"].get<double>());
            // Their gradients are floats: a mean of them is off by a few roundings of 6e-8 of the largest, 6.
            if (tree.feature[order[i]] >= 0)
                QCOMPARE(tree.threshold[order[i]], nodes[i]["threshold"].get<double>());
            else
                QVERIFY(std::abs(tree.values(Eigen::Index(order[i]), 0) - nodes[i]["value"].get<double>()) < 1e-6);
        }
    }

    // What the floats of the peer have made of the losses and the answers after all rounds.
    const Vector theirs = reference::toVector(expected["losses"]);
    QCOMPARE(losses.size(), std::size_t(theirs.size()));
    for (std::size_t round = 0; round < losses.size(); ++round)
        QVERIFY2(std::abs(losses[round] - theirs[Eigen::Index(round)]) < 1e-5, qPrintable(QString("round %1: %2 and %3").arg(round + 1).arg(losses[round], 0, 'g', 10).arg(theirs[Eigen::Index(round)], 0, 'g', 10)));
    Matrix out;
    makePredictor(outcome->parameters)->predict(reference::toMatrix(m_reference["queries"]), out);
    const double difference = (out - reference::toMatrix(expected["answers"])).cwiseAbs().maxCoeff();
    QVERIFY2(difference < 1e-5, qPrintable(QString::number(difference)));
}

QTEST_GUILESS_MAIN(TestBoostingReference)
#include "tst_boosting_reference.moc"
