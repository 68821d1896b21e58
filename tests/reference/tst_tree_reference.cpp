#include "core/learn/trees/weakest_links.h"
#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

/// The nodes of a tree from the top, left before right: an order that does not depend on which was split first.
std::vector<std::size_t> preorder(const Tree& tree, std::size_t node = 0)
{
    std::vector<std::size_t> nodes{node};
    if (tree.feature[node] < 0)
        return nodes;
    for (const std::int32_t child : {tree.left[node], tree.right[node]})
        for (const std::size_t below : preorder(tree, std::size_t(child)))
            nodes.push_back(below);
    return nodes;
}

HyperparameterValues valuesOf(const nlohmann::json& expected)
{
    HyperparameterValues values;
    if (expected["task"] == "classification")
        values["criterion"] = expected["criterion"].get<std::string>();
    for (const auto& [name, value] : expected["limits"].items()) {
        if (value.is_number_integer())
            values[name] = value.get<std::int64_t>();
        else
            values[name] = value.get<double>();
    }
    return values;
}

} // namespace

/// Trees grown by scikit-learn 1.2.1 and pruned by 1.9.1, on data without ties, node by node.
class TestTreeReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("tree.json");
        QVERIFY(m_reference.is_object());
        m_pruning = reference::read("pruning.json");
        QVERIFY(m_pruning.is_object());
    }

    void sameNodes_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& one = m_reference["cases"][i];
            QTest::newRow((one["criterion"].get<std::string>() + " " + one["limits"].dump()).c_str()) << int(i);
        }
    }

    void sameNodes()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const bool classification = expected["task"] == "classification";
        const Task task = classification ? Task::Classification : Task::Regression;
        const auto outcome = reference::fitTo(reference::datasetOf(m_reference, task), "decision_tree", valuesOf(expected));
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const Tree& tree = std::get<TreeEnsemble>(outcome->parameters).trees.front();

        const auto& nodes = expected["nodes"];
        const std::vector<std::size_t> order = preorder(tree);
        QCOMPARE(order.size(), nodes.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            const std::size_t node = order[i];
            QCOMPARE(tree.feature[node], nodes[i]["feature"].get<int>());
            QCOMPARE(tree.samples[node], nodes[i]["samples"].get<double>());
            // Both add at most 150 numbers in double: a few hundred roundings of 1.1e-16 each.
            QVERIFY(std::abs(tree.impurity[node] - nodes[i]["impurity"].get<double>()) < 1e-13);
            for (Eigen::Index k = 0; k < tree.values.cols(); ++k)
                QVERIFY(std::abs(tree.values(Eigen::Index(node), k) - nodes[i]["value"][std::size_t(k)].get<double>()) < 1e-13);
            if (tree.feature[node] >= 0)
                QCOMPARE(tree.threshold[node], nodes[i]["threshold"].get<double>());
        }
    }

    void sameNodesAfterPruning_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_pruning["cases"].size(); ++i) {
            const auto& one = m_pruning["cases"][i];
            QTest::newRow((one["criterion"].get<std::string>() + " " + one["limits"].dump()).c_str()) << int(i);
        }
    }

    void sameNodesAfterPruning()
    {
        QFETCH(int, index);
        const auto& expected = m_pruning["cases"][std::size_t(index)];
        const Task task = expected["task"] == "classification" ? Task::Classification : Task::Regression;
        const auto outcome = reference::fitTo(reference::datasetOf(m_reference, task), "decision_tree", valuesOf(expected));
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const Tree& tree = std::get<TreeEnsemble>(outcome->parameters).trees.front();
        const auto& nodes = expected["nodes"];
        const std::vector<std::size_t> order = preorder(tree);
        QCOMPARE(order.size(), nodes.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            QCOMPARE(tree.feature[order[i]], nodes[i]["feature"].get<int>());
            QCOMPARE(tree.threshold[order[i]], nodes[i]["threshold"].get<double>());
            QCOMPARE(tree.samples[order[i]], nodes[i]["samples"].get<double>());
        }
    }

    void samePathOfPruning_data() { sameNodesAfterPruning_data(); }

    /// From the grown tree to the single leaf: what each split is worth, and what is left after it.
    void samePathOfPruning()
    {
        QFETCH(int, index);
        const auto& expected = m_pruning["cases"][std::size_t(index)];
        const Task task = expected["task"] == "classification" ? Task::Classification : Task::Regression;
        HyperparameterValues values = valuesOf(expected);
        values.erase("ccp_alpha");
        const auto outcome = reference::fitTo(reference::datasetOf(m_reference, task), "decision_tree", values);
        QVERIFY(outcome);
        WeakestLinks links(std::get<TreeEnsemble>(outcome->parameters).trees.front());
        const auto& alphas = expected["alphas"];
        const auto& impurities = expected["impurities"];
        // Sums of at most 150 numbers of size 1: a few hundred roundings of 1.1e-16 each.
        constexpr double rounding = 1e-13;
        QVERIFY(std::abs(links.impurity() - impurities[0].get<double>()) < rounding);
        for (std::size_t i = 1; i < alphas.size(); ++i) {
            QVERIFY(!links.isLeafAlone());
            QVERIFY(std::abs(links.alpha() - alphas[i].get<double>()) < rounding);
            // Splits of equal worth go together there.
            const double alpha = links.alpha();
            while (!links.isLeafAlone() && links.alpha() <= alpha + rounding)
                links.prune();
            QVERIFY(std::abs(links.impurity() - impurities[i].get<double>()) < rounding);
        }
        QVERIFY(links.isLeafAlone());
    }

private:
    nlohmann::json m_reference;
    nlohmann::json m_pruning;
};

QTEST_GUILESS_MAIN(TestTreeReference)
#include "tst_tree_reference.moc"
