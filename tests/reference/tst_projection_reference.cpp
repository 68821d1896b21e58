#include "core/evaluate/projection_metrics.h"
#include "core/model/predictor.h"
#include "core/model/projection_text.h"
#include "tests/support/reference_data.h"

#include <QTest>

using namespace modelarium;

namespace {

double farthest(const Matrix& ours, const Matrix& theirs) { return (ours - theirs).cwiseAbs().maxCoeff(); }

/// Every fifth row is one of the test.
Matrix part(const Matrix& X, bool test)
{
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = 0; i < X.rows(); ++i)
        if ((i % 5 == 4) == test)
            rows.push_back(i);
    return X(rows, Eigen::all);
}

} // namespace

/// The components of scikit-learn 1.9.1, signs included, and figures that are in books.
class TestProjectionReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_reference = reference::read("projection.json");
        QVERIFY(m_reference.is_object());
    }

    void components_data()
    {
        QTest::addColumn<QString>("data");
        QTest::addColumn<int>("index");
        for (const char* data : {"iris", "tilted"})
            for (int i = 0; i < int(m_reference[data]["cases"].size()); ++i)
                QTest::addRow("%s, %d", data, i) << QString::fromLatin1(data) << i;
    }

    void components()
    {
        QFETCH(QString, data);
        QFETCH(int, index);
        const auto& document = m_reference[data.toStdString()];
        const auto& expected = document["cases"][std::size_t(index)];
        const Matrix X = reference::toMatrix(document["X"]), test = part(X, true);
        const auto outcome = reference::fitTo(reference::makeDataset(part(X, false), Task::Projection), "pca",
                                              {{"components", expected["count"].get<std::int64_t>()}, {"whiten", expected["whiten"].get<bool>()}});
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        const auto& projection = std::get<Projection>(outcome->parameters);

        const Vector variance = reference::toVector(expected["variance"]);
        const Eigen::Index count = variance.size();
        const double size = variance[0];
        QVERIFY(farthest(projection.mean, reference::toVector(expected["mean"])) < 1e-12 * X.cwiseAbs().maxCoeff());
        QVERIFY(farthest(projection.variance.head(count), variance) < 1e-11 * size);
        QVERIFY(farthest(varianceShares(projection).head(count), reference::toVector(expected["share"])) < 1e-11);
        // The least of the directions of the tilted rows lie in noise alone, and are the less certain for it.
        QVERIFY(farthest(projection.directions, reference::toMatrix(expected["directions"])) < 1e-9);

        Matrix coordinates;
        makePredictor(outcome->parameters)->predict(test, coordinates);
        QVERIFY(farthest(coordinates, reference::toMatrix(expected["coordinates_of_test"])) < 1e-9 * std::sqrt(size));
        const Metrics metrics = projectionMetrics(projection, test);
        QVERIFY(std::abs(metrics.at("explained_variance_ratio") - expected["share_of_test"].get<double>()) < 1e-11);
        QVERIFY(std::abs(metrics.at("reconstruction_error") - expected["error_of_test"].get<double>()) < 1e-9 * size);
    }

    /// The correlation matrix of the arrests: figures that every book about this method prints.
    void publishedVariances()
    {
        const Matrix X = reference::toMatrix(m_reference["arrests"]["X"]);
        const auto outcome = reference::fitTo(reference::makeDataset(X, Task::Projection), "pca", {{"components", std::int64_t(4)}});
        QVERIFY(outcome);
        const auto& projection = std::get<Projection>(outcome->parameters);
        const double published[] = {2.4802, 0.9898, 0.3566, 0.1734};
        for (Eigen::Index k = 0; k < 4; ++k)
            QVERIFY2(std::abs(projection.variance[k] - published[k]) <= 0.00005, qPrintable(QString::number(projection.variance[k], 'g', 9)));
        QVERIFY(farthest(projection.variance, reference::toVector(m_reference["arrests"]["variance"])) < 1e-12);
    }

private:
    nlohmann::json m_reference;
};

QTEST_GUILESS_MAIN(TestProjectionReference)
#include "tst_projection_reference.moc"
