#include "core/base/distributions.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <fstream>

using namespace modelarium;

namespace {

nlohmann::json distributions()
{
    std::ifstream file(MODELARIUM_SOURCE_DIR "/tests/data/reference/inference.json");
    return nlohmann::json::parse(file, nullptr, false)["distributions"];
}

} // namespace

/// Tail probabilities and quantiles against R 4.2.2 (tests/data/reference/make_inference_reference.R).
class TestDistributions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void againstR_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"normal_tail", "normal_quantile", "student_two_sided", "student_quantile", "fisher_tail"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }

    void againstR()
    {
        QFETCH(QString, name);
        const nlohmann::json rows = distributions()[name.toStdString()];
        QVERIFY(rows.size() > 4);
        for (const auto& row : rows) {
            const std::vector<double> x = row;
            const double mine = name == QStringLiteral("normal_tail") ? normalTail(x[0])
                : name == QStringLiteral("normal_quantile")           ? normalQuantile(x[0])
                : name == QStringLiteral("student_two_sided")         ? studentTwoSided(x[0], x[1])
                : name == QStringLiteral("student_quantile")          ? studentQuantile(x[0], x[1])
                                                                      : fisherTail(x[0], x[1], x[2]);
            // R's own algorithms promise about 13 digits; its quantiles of Student's distribution 12.
            const double tolerance = name == QStringLiteral("student_quantile") ? 1e-11 : 2e-13;
            QVERIFY2(std::abs(mine - x.back()) <= tolerance * std::abs(x.back()),
                     qPrintable(QStringLiteral("%1: %2 instead of %3").arg(QString::fromStdString(row.dump())).arg(mine, 0, 'g', 17).arg(x.back(), 0, 'g', 17)));
        }
    }

    /// What a quantile leaves out is what was asked for.
    void quantilesAndTailsAgree()
    {
        for (const double p : {0.5001, 0.6, 0.9, 0.975, 0.99999}) {
            QVERIFY(std::abs(normalTail(normalQuantile(p)) - (1 - p)) < 1e-13 * (1 - p) + 1e-16);
            for (const double nu : {0.5, 1.0, 2.0, 9.0, 250.0, 1e7})
                QVERIFY(std::abs(studentTwoSided(studentQuantile(p, nu), nu) / 2 - (1 - p)) < 1e-12 * (1 - p) + 1e-16);
        }
        // One degree of freedom is Cauchy's distribution, two have a closed form.
        QVERIFY(std::abs(studentQuantile(0.75, 1) - 1) < 1e-14);
        QVERIFY(std::abs(studentTwoSided(std::sqrt(2.0), 2) - (1 - std::sqrt(0.5))) < 1e-15);
    }

    void limits()
    {
        QCOMPARE(studentTwoSided(0, 5), 1.0);
        QCOMPARE(studentTwoSided(INFINITY, 5), 0.0);
        QCOMPARE(fisherTail(0, 2, 3), 1.0);
        QCOMPARE(fisherTail(INFINITY, 2, 3), 0.0);
        QCOMPARE(normalQuantile(0.5), 0.0);
        QVERIFY(std::isfinite(normalQuantile(0)) && std::isfinite(normalQuantile(1)));
        QVERIFY(std::isnan(studentTwoSided(NAN, 5)) && std::isnan(fisherTail(NAN, 1, 1)) && std::isnan(normalQuantile(NAN)));
    }
};

QTEST_GUILESS_MAIN(TestDistributions)
#include "tst_distributions.moc"
