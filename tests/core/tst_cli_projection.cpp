#include "tests/support/cli_run.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using modelarium::cli::Run;
using modelarium::cli::run;
using nlohmann::json;

namespace {

QString iris() { return QStringLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/iris.csv"); }

/// The four measures, on a common scale.
QString measures() { return QStringLiteral(" --features sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm --scale standard"); }

} // namespace

/// The verbs of the command line for principal components. The figures are those of scikit-learn 1.9.1 for the standardised flowers.
class TestCliProjection : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_model = m_folder.filePath(QStringLiteral("plane.model.json"));

private Q_SLOTS:
    void initTestCase()
    {
        const Run result = run(QStringLiteral("train %1 --learner pca%2 --save %3 --json").arg(iris(), measures(), m_model));
        QVERIFY2(result.exitCode == 0, result.err.constData());
        const json document = result.json();
        QVERIFY(document["target"].is_null());
        QCOMPARE(document["task"].get<std::string>(), std::string("projection"));
        QCOMPARE(document["steps"].get<int>(), 2);
        QCOMPARE(document["parameters"]["shape"].get<std::string>(), std::string("projection"));
        QCOMPARE(document["parameters_in_data_units"].size(), std::size_t(10));
        const json& metrics = document["metrics"]["train"];
        QVERIFY(std::abs(metrics["explained_variance_ratio"].get<double>() - 0.95813207) < 1e-8);
        QVERIFY(std::abs(metrics["reconstruction_error"].get<double>() - 4 * (1 - 0.95813207)) < 1e-7);
    }

    void predictWritesCoordinates()
    {
        const Run result = run(QStringLiteral("predict %1 %2").arg(m_model, iris()));
        QVERIFY2(result.exitCode == 0, result.err.constData());
        const QList<QByteArray> lines = result.out.split('\n');
        QVERIFY2(lines[0].trimmed().endsWith(",species,pc1,pc2"), lines[0].constData());
        QVERIFY2(lines[1].contains("setosa,-2.2647"), lines[1].constData());
        const json document = run(QStringLiteral("predict %1 %2 --json").arg(m_model, iris())).json();
        QCOMPARE(document["columns"].dump(), std::string("[\"pc1\",\"pc2\"]"));
        QCOMPARE(document["predictions"].size(), std::size_t(150));
        QVERIFY(std::abs(document["predictions"][0][0].get<double>() + 2.26470281) < 1e-8);
        QVERIFY(std::abs(document["predictions"][0][1].get<double>() - 0.4800266) < 1e-7);
        QVERIFY(!document.contains("probabilities") && document["target"].is_null());
    }

    void showSaysWhatTheDirectionsAre()
    {
        const Run shown = run(QStringLiteral("show %1").arg(m_model));
        QVERIFY2(shown.exitCode == 0, shown.err.constData());
        for (const char* words : {"pc1 = ", "pc1 keeps 73 % of the variance, pc2 22.9 %: 95.8 % in all.", "none: the answer is 2 coordinates", "0.729624", "pc2: petal_width_cm"})
            QVERIFY2(shown.out.contains(words), words);
        for (const char* words : {"group", "cluster", "class"})
            QVERIFY2(!shown.out.contains(words), words);
        const json document = run(QStringLiteral("show %1 --json").arg(m_model)).json();
        QCOMPARE(document["explained_variance_ratio"].size(), std::size_t(4));
        QVERIFY(std::abs(document["explained_variance_ratio"][0].get<double>() - 0.72962445) < 1e-8);
    }

    void evaluateNeedsNoTruth()
    {
        const Run told = run(QStringLiteral("evaluate %1 %2").arg(m_model, iris()));
        QVERIFY2(told.exitCode == 0, told.err.constData());
        QVERIFY(told.out.contains("explained_variance_ratio") && told.out.contains("share of the variance"));
        const json document = run(QStringLiteral("evaluate %1 %2 --json --dependence petal_width_cm").arg(m_model, iris())).json();
        QCOMPARE(document["components"].size(), std::size_t(2));
        QVERIFY(std::abs(document["components"][1]["share"].get<double>() - document["components"][1]["share_in_training"].get<double>()) < 1e-12);
        QCOMPARE(document["dependence"][0]["outputs"][1]["name"].get<std::string>(), std::string("pc2"));
        const Run importance = run(QStringLiteral("evaluate %1 %2 --importance").arg(m_model, iris()));
        QCOMPARE(importance.exitCode, 1);
        QVERIFY2(importance.err.contains("no target"), importance.err.constData());
    }

    void judgedByRowsThatItHasNotSeen()
    {
        const Run judged = run(QStringLiteral("crossval %1 --learner pca%2 --json --vary components=1,2,3").arg(iris(), measures()));
        QVERIFY2(judged.exitCode == 0, judged.err.constData());
        const json document = judged.json();
        const double mean = document["test"]["explained_variance_ratio"]["mean"].get<double>();
        QVERIFY2(mean > 0.9 && mean < 0.99, qPrintable(QString::number(mean)));
        QVERIFY(document["pooled"].empty());
        QCOMPARE(document["validation_curve"]["points"].size(), std::size_t(3));
        const Run searched = run(QStringLiteral("search %1 --learner pca%2 --grid components=1,3 --metric reconstruction_error --json").arg(iris(), measures()));
        QVERIFY2(searched.exitCode == 0, searched.err.constData());
        QCOMPARE(searched.json()["best"]["hyperparameters"]["components"].get<int>(), 3);
        const Run compared = run(QStringLiteral("compare %1 --learners pca%2 --json").arg(iris(), measures()));
        QVERIFY2(compared.exitCode == 0, compared.err.constData());
        QCOMPARE(compared.json()["metric"].get<std::string>(), std::string("explained_variance_ratio"));
    }

    void wrongUseIsASentence()
    {
        const Run withTarget = run(QStringLiteral("train %1 --learner pca --target species").arg(iris()));
        QCOMPARE(withTarget.exitCode, 1);
        QVERIFY2(withTarget.err.contains("finds directions and takes no target"), withTarget.err.constData());
        const Run mixed = run(QStringLiteral("compare %1 --learners k_means,pca").arg(iris()));
        QCOMPARE(mixed.exitCode, 1);
        QVERIFY2(mixed.err.contains("no metric in common"), mixed.err.constData());
        const Run noSuch = run(QStringLiteral("crossval %1 --learner pca%2 --metric silhouette").arg(iris(), measures()));
        QVERIFY(noSuch.exitCode != 0);
        const Run silhouette = run(QStringLiteral("search %1 --learner pca%2 --grid components=1,2 --metric silhouette").arg(iris(), measures()));
        QCOMPARE(silhouette.exitCode, 1);
        QVERIFY2(silhouette.err.contains("explained_variance_ratio"), silhouette.err.constData());
        QCOMPARE(run(QStringLiteral("train %1 --learner pca%2 --set components=0").arg(iris(), measures())).exitCode, 1);
        QCOMPARE(run(QStringLiteral("train %1 --learner pca%2 --inference").arg(iris(), measures())).exitCode, 1);
        QVERIFY(run(QStringLiteral("train %1 --online --learner pca").arg(iris())).exitCode != 0);
        QCOMPARE(run(QStringLiteral("train %1 --learner pca --threshold 0.5").arg(iris())).exitCode, 1);
    }
};

QTEST_GUILESS_MAIN(TestCliProjection)
#include "tst_cli_projection.moc"
