#include "core/model/neighbours_predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>

using namespace modelarium;

/// Neighbours, probabilities and values of scikit-learn 1.2.1, on data without equal distances.
class TestNeighborsReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("neighbors.json");
        QVERIFY(m_reference.is_object());
    }

    void sameAnswers_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& one = m_reference["cases"][i];
            QTest::addRow("k %d, %s, %s", one["k"].get<int>(), one["weights"].get<std::string>().c_str(),
                          one["metric"].get<std::string>().c_str())
                << int(i);
        }
    }

    void sameAnswers()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const HyperparameterValues values{{"k", expected["k"].get<std::int64_t>()},
                                          {"weights", expected["weights"].get<std::string>()},
                                          {"metric", expected["metric"].get<std::string>()}};
        const Matrix queries = reference::toMatrix(m_reference["queries"]);
        // A weighted mean of at most 15 numbers of size 1: both sides round a few dozen times.
        constexpr double rounding = 1e-13;
        Matrix answers;

        const auto classes = reference::fitTo(reference::datasetOf(m_reference, Task::Classification), "k_nearest_neighbors", values);
        QVERIFY(classes);
        makePredictor(classes->parameters)->predict(queries, answers);
        QVERIFY((answers - reference::toMatrix(expected["probabilities"])).cwiseAbs().maxCoeff() < rounding);

        const auto numbers = reference::fitTo(reference::datasetOf(m_reference, Task::Regression), "k_nearest_neighbors", values);
        QVERIFY(numbers);
        makePredictor(numbers->parameters)->predict(queries, answers);
        QVERIFY((answers.col(0) - reference::toVector(expected["values"])).cwiseAbs().maxCoeff() < rounding);

        const NeighboursPredictor predictor(std::get<NearestNeighbours>(numbers->parameters));
        std::vector<Neighbour> nearest(std::size_t(predictor.k()));
        for (Eigen::Index i = 0; i < queries.rows(); ++i) {
            const Vector x = queries.row(i);
            predictor.search().findNearest(x.data(), predictor.k(), nearest.data());
            for (std::size_t place = 0; place < nearest.size(); ++place)
                QCOMPARE(nearest[place].index, expected["neighbours"][std::size_t(i)][place].get<std::int64_t>());
        }
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestNeighborsReference)
#include "tst_neighbors_reference.moc"
