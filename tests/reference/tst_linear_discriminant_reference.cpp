#include "core/model/predictor.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

namespace {

DatasetPtr firstClasses(const nlohmann::json& reference, int classes)
{
    const Matrix X = reference::toMatrix(reference["X"]);
    const Vector y = reference::toVector(reference["classes"]);
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = 0; i < y.size(); ++i)
        if (y[i] < classes)
            rows.push_back(i);
    return reference::makeDataset(X(rows, Eigen::all), y(rows), classes);
}

/// Scores against the first class: what is added to all scores alike does not count.
Matrix againstFirst(const Matrix& W) { return W.rows() == 1 ? W : Matrix(W.bottomRows(W.rows() - 1).rowwise() - W.row(0)); }

} // namespace

/// Weights and probabilities of scikit-learn 1.2.1.
class TestLinearDiscriminantReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("linear_discriminant.json");
        QVERIFY(m_reference.is_object());
    }

    void sameBorders_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_reference["cases"].size(); ++i) {
            const auto& expected = m_reference["cases"][i];
            QTest::addRow("%d classes, %s, shrinkage %g", expected["classes"].get<int>(), expected["priors"].get<std::string>().c_str(),
                          expected["shrinkage"].get<double>())
                << int(i);
        }
    }

    void sameBorders()
    {
        QFETCH(int, index);
        const auto& expected = m_reference["cases"][std::size_t(index)];
        const int classes = expected["classes"];
        const double shrinkage = expected["shrinkage"];
        const DatasetPtr data = firstClasses(m_reference, classes);
        const auto outcome = reference::fitTo(data, "linear_discriminant_analysis",
                                              {{"priors", expected["priors"].get<std::string>()}, {"shrinkage", shrinkage}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY(outcome->notices.empty());
        const auto& linear = std::get<Linear>(outcome->parameters);
        QCOMPARE(linear.link, classes == 2 ? Link::Logistic : Link::Softmax);

        const Vector logPrior = reference::toVector(expected["prior"]).array().log();
        const Matrix prior = classes == 2 ? Matrix(logPrior.tail(1) - logPrior.head(1)) : againstFirst(logPrior);
        Matrix W = againstFirst(linear.W), b = againstFirst(linear.b);
        if (shrinkage > 0) {
            // The peer's bell is narrower by (n - classes) / n there, so that its scores without priors are larger.
            const double n = double(data->samples()), larger = n / (n - classes);
            W *= larger;
            b = prior + larger * (b - prior);
        }
        const Matrix theirW = againstFirst(reference::toMatrix(expected["coefficients"]));
        const Matrix theirB = againstFirst(reference::toVector(expected["intercepts"]));
        // Features differ by a factor of 1000: each is compared with its own largest weight. The condition of the bell is below 100.
        for (Eigen::Index j = 0; j < W.cols(); ++j)
            QVERIFY((W.col(j) - theirW.col(j)).cwiseAbs().maxCoeff() < 1e-11 * theirW.col(j).cwiseAbs().maxCoeff());
        QVERIFY((b - theirB).cwiseAbs().maxCoeff() < 1e-10 * theirB.cwiseAbs().maxCoeff());
        if (shrinkage == 0) {
            Matrix P;
            makePredictor(outcome->parameters)->predict(reference::toMatrix(m_reference["queries"]), P);
            QVERIFY((P - reference::toMatrix(expected["probabilities"])).cwiseAbs().maxCoeff() < 1e-11);
        }
    }

    void dependentColumnsCountOnce()
    {
        const auto extended = [](const Matrix& X) {
            Matrix wide(X.rows(), X.cols() + 1);
            wide << X, X.col(0) + X.col(1);
            return wide;
        };
        const DatasetPtr data = firstClasses(m_reference, 3);
        const auto outcome = reference::fitTo(reference::makeDataset(extended(data->X()), data->y, 3), "linear_discriminant_analysis", {});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(outcome->notices.size(), std::size_t(1));
        Matrix P;
        makePredictor(outcome->parameters)->predict(extended(reference::toMatrix(m_reference["queries"])), P);
        QVERIFY((P - reference::toMatrix(m_reference["dependent"])).cwiseAbs().maxCoeff() < 1e-10);
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestLinearDiscriminantReference)
#include "tst_linear_discriminant_reference.moc"
