#include "tests/support/cli_run.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using modelarium::cli::Run;
using modelarium::cli::run;
using nlohmann::json;

namespace {

QString sample(const char* name) { return QStringLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/") + QLatin1String(name); }

} // namespace

/// The verbs of the command line for learners that take no target.
class TestCliClustering : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    QString trained(const char* learner, const QString& more = {}) const
    {
        const QString model = path(learner);
        const Run result = run(QStringLiteral("train %1 --learner %2 --save %3%4").arg(sample("faithful.csv"), QLatin1String(learner), model, more));
        return result.exitCode == 0 ? model : QString();
    }

private Q_SLOTS:
    void trainsWithoutATarget()
    {
        const Run result = run(QStringLiteral("train %1 --learner k_means --set clusters=2 --scale standard --json").arg(sample("faithful.csv")));
        QVERIFY2(result.exitCode == 0, result.err.constData());
        const json document = result.json();
        QVERIFY(document["target"].is_null());
        QCOMPARE(document["task"].get<std::string>(), std::string("clustering"));
        QCOMPARE(document["rows_train"].get<int>(), 272);
        QCOMPARE(document["parameters"]["shape"].get<std::string>(), std::string("centroids"));
        QCOMPARE(document["parameters_in_data_units"].size(), std::size_t(4));
        QVERIFY(document["metrics"]["train"].contains("silhouette"));
        QVERIFY(document["metrics"]["train"].contains("inertia"));
    }

    void predictWritesTheCluster()
    {
        const QString model = trained("k_means", QStringLiteral(" --set clusters=2"));
        QVERIFY(!model.isEmpty());
        const Run result = run(QStringLiteral("predict %1 %2").arg(model, sample("faithful.csv")));
        QVERIFY2(result.exitCode == 0, result.err.constData());
        const QByteArray header = result.out.left(result.out.indexOf('\n')).trimmed();
        QVERIFY2(header.endsWith(",cluster"), header.constData());
        QCOMPARE(result.out.count("cluster 1") + result.out.count("cluster 2"), qsizetype(272));
    }

    void aMixtureSaysHowSureItIs()
    {
        const QString model = trained("gaussian_mixture", QStringLiteral(" --set clusters=2"));
        const Run result = run(QStringLiteral("predict %1 %2").arg(model, sample("faithful.csv")));
        QVERIFY2(result.exitCode == 0, result.err.constData());
        QVERIFY(result.out.startsWith("eruptions") || result.out.contains("probability_cluster 1,probability_cluster 2"));
        const json document = run(QStringLiteral("predict %1 %2 --json").arg(model, sample("faithful.csv"))).json();
        QCOMPARE(document["probabilities"].size(), std::size_t(2));
        for (std::size_t i = 0; i < 272; ++i)
            QVERIFY(std::abs(document["probabilities"]["cluster 1"][i].get<double>() + document["probabilities"]["cluster 2"][i].get<double>() - 1) < 1e-12);
    }

    void evaluateAndShowNeedNoTruth()
    {
        const QString model = trained("dbscan", QStringLiteral(" --scale standard --set eps=0.3"));
        const Run judged = run(QStringLiteral("evaluate %1 %2 --json").arg(model, sample("faithful.csv")));
        QVERIFY2(judged.exitCode == 0, judged.err.constData());
        const json document = judged.json();
        QVERIFY(document["metrics"].contains("noise_share"));
        int rows = 0;
        for (const auto& count : document["rows_in_cluster"])
            rows += count.get<int>();
        QCOMPARE(rows, 272);
        QVERIFY(document["rows_in_cluster"].contains("noise"));
        const Run shown = run(QStringLiteral("show %1").arg(model));
        QVERIFY2(shown.exitCode == 0, shown.err.constData());
        QVERIFY(shown.out.contains("nearest core sample within 0.3 (on the scaled features)"));
        QVERIFY(run(QStringLiteral("evaluate %1 %2").arg(model, sample("faithful.csv"))).out.contains("noise_share"));
    }

    void comparesAndSearches()
    {
        const Run compared = run(QStringLiteral("compare %1 --scale standard --json").arg(sample("faithful.csv")));
        QVERIFY2(compared.exitCode == 0, compared.err.constData());
        QCOMPARE(compared.json()["learners"].size(), std::size_t(3));
        QCOMPARE(compared.json()["metric"].get<std::string>(), std::string("silhouette"));
        const Run searched = run(QStringLiteral("search %1 --learner gaussian_mixture --grid clusters=1,2,3 --metric log_likelihood --json").arg(sample("faithful.csv")));
        QVERIFY2(searched.exitCode == 0, searched.err.constData());
        QVERIFY(searched.json()["best"]["hyperparameters"]["clusters"].get<int>() >= 2);
        const Run judged = run(QStringLiteral("crossval %1 --learner k_means --scale standard --learning-curve --json").arg(sample("faithful.csv")));
        QVERIFY2(judged.exitCode == 0, judged.err.constData());
        QVERIFY(judged.json()["test"].contains("silhouette"));
        QVERIFY(judged.json()["pooled"].empty());
        QVERIFY(!judged.json()["learning_curve"].empty());
    }

    void dependenceHasACurveACluster()
    {
        const QString model = trained("k_means", QStringLiteral(" --set clusters=2"));
        const Run told = run(QStringLiteral("evaluate %1 %2 --dependence waiting_minutes --json").arg(model, sample("faithful.csv")));
        QVERIFY2(told.exitCode == 0, told.err.constData());
        QVERIFY2(told.out.contains("\"cluster 1\"") && told.out.contains("\"cluster 2\""), told.out.constData());
    }

    void wrongUseIsASentence()
    {
        const Run withTarget = run(QStringLiteral("train %1 --learner k_means --target waiting_minutes").arg(sample("faithful.csv")));
        QCOMPARE(withTarget.exitCode, 1);
        QVERIFY2(withTarget.err.contains("takes no target"), withTarget.err.constData());
        QCOMPARE(run(QStringLiteral("train %1 --learner linear_regression").arg(sample("faithful.csv"))).exitCode, 2);
        QCOMPARE(run(QStringLiteral("crossval %1 --learner linear_regression").arg(sample("faithful.csv"))).exitCode, 2);
        const Run tooMany = run(QStringLiteral("train %1 --learner k_means --set clusters=2001").arg(sample("faithful.csv")));
        QCOMPARE(tooMany.exitCode, 1);
        const Run online = run(QStringLiteral("train %1 --online --learner k_means").arg(sample("faithful.csv")));
        QVERIFY(online.exitCode != 0);
        QVERIFY(!online.err.isEmpty());
        QCOMPARE(run(QStringLiteral("train %1 --learner k_means --task classification").arg(sample("faithful.csv"))).exitCode, 2);
        QCOMPARE(run(QStringLiteral("compare %1 --task regression").arg(sample("faithful.csv"))).exitCode, 2);
        const Run noSuch = run(QStringLiteral("compare %1 --learners k_means --metric log_likelihood").arg(sample("faithful.csv")));
        QCOMPARE(noSuch.exitCode, 1);
        QVERIFY2(noSuch.err.contains("log_likelihood"), noSuch.err.constData());
        const Run oneGroup = run(QStringLiteral("search %1 --learner k_means --grid clusters=1").arg(sample("faithful.csv")));
        QCOMPARE(oneGroup.exitCode, 1);
        QVERIFY2(oneGroup.err.contains("two clusters or more"), oneGroup.err.constData());
        const Run inference = run(QStringLiteral("train %1 --learner k_means --inference").arg(sample("faithful.csv")));
        QCOMPARE(inference.exitCode, 1);
    }
};

QTEST_GUILESS_MAIN(TestCliClustering)
#include "tst_cli_clustering.moc"
