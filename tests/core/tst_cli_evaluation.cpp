#include "core/evaluate/metrics.h"
#include "core/learn/registry.h"
#include "tests/support/cli_run.h"

#include <QFile>
#include <QTemporaryDir>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

using namespace modelarium;
using cli::Run;
using cli::run;
using nlohmann::ordered_json;

namespace {

std::vector<std::string> keysOf(const ordered_json& object)
{
    std::vector<std::string> keys;
    for (const auto& item : object.items())
        keys.push_back(item.key());
    return keys;
}

const QString penguins = QStringLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/penguins.csv");
const QString cars = QStringLiteral(MODELARIUM_SOURCE_DIR "/tests/data/reference/mtcars.csv");

/// The document without the times that trainings took.
ordered_json timeless(ordered_json document)
{
    if (document.is_object())
        document.erase("seconds");
    if (document.is_structured())
        for (auto& part : document)
            part = timeless(part);
    return document;
}

} // namespace

/// crossval, search, compare, and what evaluate and train tell on request: the contract from outside.
class TestCliEvaluation : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    void verifyJson(const Run& answer)
    {
        QVERIFY2(answer.exitCode == 0, answer.err.constData());
        QVERIFY(answer.json().is_object());
        static const QRegularExpression nothing(QStringLiteral("\\bnull\\b"));      // "null_deviance" is a name
        QVERIFY2(!nothing.match(QString::fromUtf8(answer.out)).hasMatch(), answer.out.constData());
    }

private Q_SLOTS:
    void help_data()
    {
        QTest::addColumn<QString>("verb");
        for (const char* verb : {"crossval", "search", "compare", "evaluate"})
            QTest::newRow(verb) << QString::fromUtf8(verb);
    }

    void help()
    {
        QFETCH(QString, verb);
        const Run help = run(verb + QStringLiteral(" --help"));
        QCOMPARE(help.exitCode, 0);
        QVERIFY(help.err.isEmpty());
        QVERIFY2(help.out.contains("--json") && help.out.contains("--seed"), help.out.constData());
    }

    void wrongUsage_data()
    {
        QTest::addColumn<QString>("arguments");
        for (const char* text : {"crossval", "crossval a.csv --target y", "crossval a.csv --target y --learner decision_tree --folds 1",
                                 "crossval a.csv --target y --learner decision_tree --split sideways", "crossval a.csv --target y --learner decision_tree --split grouped",
                                 "crossval a.csv --target y --learner decision_tree --group g", "crossval a.csv --target y --learner decision_tree --time t",
                                 "crossval a.csv --target y --learner decision_tree --repeats 0",
                                 "crossval a.csv --target y --learner decision_tree --split loo --folds 3",
                                 "crossval a.csv --target y --learner decision_tree --split time --repeats 3",
                                 "crossval a.csv --target y --learner decision_tree --split kfold --test-fraction 0.5", "search a.csv --target y --learner decision_tree",
                                 "search a.csv --target y --learner decision_tree --random 0", "search a.csv --target y --learner decision_tree --range max_depth=1:2",
                                 "compare", "search a.csv --target y --learner ridge_regression --grid alpha", "compare a.csv --target y --learner decision_tree", "evaluate a b --bootstrap -1", "evaluate a b --bootstrap 39", "evaluate a b --bootstrap 3 --level 0.5", "evaluate a b --level 1",
                                 "train a.csv --target y --learner decision_tree --bootstrap 100", "train a.csv --target y --learner decision_tree --test-fraction 0.2 --level 0.9",
                                 "train a.csv --target y --learner decision_tree --test-fraction 0.2 --level 0.9 --bootstrap 0", "evaluate a b --level 0.9 --bootstrap 0", "train a.csv --target y --learner decision_tree --test-fraction 0.2 --bootstrap 3",
                                 "evaluate a b --level nan", "evaluate a b --seed many", "evaluate a b --repeats 3", "evaluate a b --importance --repeats 0",
                                 "evaluate a b --metric r2"})
            QTest::addRow("%s", text) << QString::fromUtf8(text);
    }

    void wrongUsage()
    {
        QFETCH(QString, arguments);
        const Run wrong = run(arguments);
        QCOMPARE(wrong.exitCode, 2);
        QVERIFY(wrong.out.isEmpty());
        QVERIFY(!wrong.err.isEmpty());
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QByteArray>("word");
        const auto crossval = [](const char* rest) { return QStringLiteral("crossval %1 --target mpg --learner ").arg(cars) + QString::fromUtf8(rest); };
        const auto search = [](const char* rest) { return QStringLiteral("search %1 --target mpg --learner ridge_regression ").arg(cars) + QString::fromUtf8(rest); };
        QTest::newRow("no such file") << QStringLiteral("crossval nowhere.csv --target y --learner decision_tree") << QByteArray("nowhere.csv");
        QTest::newRow("no such learner") << crossval("oracle") << QByteArray("decision_tree");
        QTest::newRow("wrong task") << crossval("logistic_regression") << QByteArray("another learner");
        QTest::newRow("too many folds") << crossval("linear_regression --folds 33") << QByteArray("33");
        QTest::newRow("no such group") << crossval("linear_regression --split grouped --group maker") << QByteArray("\"maker\"");
        QTest::newRow("classes of numbers") << crossval("linear_regression --split stratified --folds 9") << QByteArray("stratified folds are for classes");
        QTest::newRow("ordered by the target") << crossval("linear_regression --split time --time mpg") << QByteArray("\"mpg\" is the target");
        QTest::newRow("grouped by the target") << crossval("linear_regression --split grouped --group mpg") << QByteArray("\"mpg\" is the target");
        QTest::newRow("rows kept back grouped by the target") << QStringLiteral("train %1 --target mpg --learner linear_regression --test-fraction 0.2 --test-rows grouped --group mpg").arg(cars)
                                                              << QByteArray("\"mpg\" is the target");
        QTest::newRow("the last rows in order of the target") << QStringLiteral("train %1 --target mpg --learner linear_regression --test-fraction 0.2 --test-rows last --time mpg").arg(cars)
                                                              << QByteArray("\"mpg\" is the target");
        QTest::newRow("precision of three classes") << QStringLiteral("search %1 --target species --learner gaussian_naive_bayes --features body_mass_g --impute mean --grid var_smoothing=1e-9 --metric precision").arg(penguins)
                                                    << QByteArray("is for two classes, and there are 3");
        QTest::newRow("classes that k-means has no BIC of") << QStringLiteral("search %1 --features wt,hp --learner k_means --grid clusters=2,3 --metric bic").arg(cars)
                                                           << QByteArray("is for Gaussian mixtures");
        QTest::newRow("nothing to vary") << crossval("linear_regression --vary depth") << QByteArray("\"depth\"");
        QTest::newRow("no values to vary") << crossval("ridge_regression --vary alpha=") << QByteArray("v1,v2");
        QTest::newRow("no such hyperparameter") << search("--grid depth=1,2") << QByteArray("\"depth\"");
        QTest::newRow("a word as a value") << search("--grid alpha=1,much") << QByteArray("much");
        QTest::newRow("value out of range") << search("--grid alpha=1,-1") << QByteArray("alpha");
        QTest::newRow("a grid twice") << search("--grid alpha=1,2 --grid alpha=3") << QByteArray("\"alpha\" is named twice: once is enough.");
        QTest::newRow("a grid and a range") << search("--grid alpha=1,2 --random 3 --range alpha=3:4") << QByteArray("\"alpha\" is named twice: once is enough.");
        QTest::newRow("set and varied") << search("--set alpha=1 --grid alpha=1,2") << QByteArray("\"alpha\" is set and varied: leave out one of the two.");
        QTest::newRow("range without an end") << search("--random 3 --range alpha=1") << QByteArray("low:high");
        QTest::newRow("range backwards") << search("--random 3 --range alpha=2:1") << QByteArray("before it begins");
        QTest::newRow("no such metric") << search("--grid alpha=1 --metric beauty") << QByteArray("rmse");
        QTest::newRow("metric of another task") << search("--grid alpha=1 --metric accuracy") << QByteArray("rmse");
        QTest::newRow("a value that does nothing") << QStringLiteral("search %1 --target mpg --learner linear_regression --set solver=exact --grid learning_rate=0.1,1").arg(cars)
                                                   << QByteArray("it needs solver = ");
        QTest::newRow("areas of who only decides") << QStringLiteral("search %1 --target sex --learner linear_svm --impute mean --scale standard --grid C=1,2 --metric roc_auc").arg(penguins)
                                                   << QByteArray("only decide");
        QTest::newRow("threshold of who only decides") << QStringLiteral("train %1 --target sex --learner perceptron --impute mean --threshold 0.3").arg(penguins)
                                                       << QByteArray("only decide");
        QTest::newRow("compare without a target") << QStringLiteral("compare %1 --target price").arg(cars) << QByteArray("\"price\"");
        QTest::newRow("compare with an oracle") << QStringLiteral("compare %1 --target mpg --learners linear_regression,oracle").arg(cars) << QByteArray("oracle");
        QTest::newRow("errors of a penalised fit") << QStringLiteral("train %1 --target mpg --learner ridge_regression --inference").arg(cars) << QByteArray("standard errors");
        QTest::newRow("residuals of classes") << QStringLiteral("train %1 --target species --learner decision_tree --diagnostics").arg(penguins) << QByteArray("classes");
    }

    void refusals()
    {
        QFETCH(QString, arguments);
        QFETCH(QByteArray, word);
        for (const QString& json : {QString(), QStringLiteral(" --json")}) {
            const Run refused = run(arguments + json);
            QCOMPARE(refused.exitCode, 1);
            QVERIFY2(refused.out.isEmpty(), refused.out.constData());
            QVERIFY2(refused.err.contains(word), refused.err.constData());
            QVERIFY2(refused.err.trimmed().endsWith('.'), refused.err.constData());
        }
    }

    /// A search that names nothing draws what is open: a value that is set is not.
    void whatIsSetIsNotDrawn()
    {
        const Run answer = run(QStringLiteral("search %1 --target mpg --learner elastic_net --scale standard --set alpha=0.3 --random 3 --json").arg(cars));
        QVERIFY2(answer.exitCode == 0, answer.err.constData());
        const QByteArray drawn = answer.err.mid(answer.err.indexOf("these are drawn"));
        QVERIFY2(drawn.contains(" l1_ratio,") && !drawn.contains(" alpha,"), answer.err.constData());
        const ordered_json candidates = answer.json()["candidates"];
        QCOMPARE(candidates.size(), std::size_t(3));
        for (const ordered_json& candidate : candidates)
            QCOMPARE(candidate["hyperparameters"].value("alpha", 0.3), 0.3);
    }

    /// A level is a word for intervals, however many rows there are; where there is no target there are none.
    void aLevelAsksForIntervals()
    {
        const QString data = m_folder.filePath(QStringLiteral("many.csv")), model = m_folder.filePath(QStringLiteral("many.model.json"));
        QFile file(data);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("x,y\n");
        for (int i = 0; i < 10'500; ++i)
            file.write(QByteArray::number(i % 97) + ',' + QByteArray::number(3 * (i % 97) + i % 13) + '\n');
        file.close();
        QCOMPARE(run(QStringLiteral("train %1 --target y --learner linear_regression --save %2").arg(data, model)).exitCode, 0);
        QVERIFY(!run(QStringLiteral("evaluate %1 %2 --json").arg(model, data)).json().contains("intervals"));
        const ordered_json judged = run(QStringLiteral("evaluate %1 %2 --level 0.9 --json").arg(model, data)).json();
        QCOMPARE(judged["level"].get<double>(), 0.9);
        QVERIFY(judged["intervals"]["rmse"]["low"].get<double>() < judged["intervals"]["rmse"]["high"].get<double>());
        QCOMPARE(run(QStringLiteral("train %1 --features x --learner k_means --save %2").arg(data, model)).exitCode, 0);
        for (const QString& flag : {QStringLiteral("--level 0.9"), QStringLiteral("--bootstrap 100")}) {
            const Run refused = run(QStringLiteral("evaluate %1 %2 %3").arg(model, data, flag));
            QCOMPARE(refused.exitCode, 1);
            QVERIFY2(refused.err.contains("the model has no target"), refused.err.constData());
        }
    }

    void crossval()
    {
        const QString command = QStringLiteral("crossval %1 --target mpg --learner linear_regression --folds 4 --repeats 2 --seed 3").arg(cars);
        const Run answer = run(command + QStringLiteral(" --json"));
        verifyJson(answer);
        const ordered_json document = answer.json();
        QCOMPARE(keysOf(document), (std::vector<std::string>{"learner", "hyperparameters", "target", "task", "split", "train", "test", "pooled", "folds", "notices"}));
        QCOMPARE(document["split"].dump(), std::string("{\"kind\":\"kfold\",\"folds\":4,\"repeats\":2,\"seed\":3}"));
        QCOMPARE(document["folds"].size(), std::size_t(8));
        double sum = 0;
        for (const auto& fold : document["folds"])
            sum += fold["test"]["rmse"].get<double>();
        QVERIFY(std::abs(document["test"]["rmse"]["mean"].get<double>() - sum / 8) < 1e-12);
        QCOMPARE(keysOf(document["test"]["rmse"]), (std::vector<std::string>{"mean", "standard_deviation", "lowest", "highest", "folds"}));
        QCOMPARE(timeless(run(command + QStringLiteral(" --json")).json()).dump(), timeless(document).dump());
        const Run text = run(command);
        QVERIFY2(text.out.contains("4 folds, drawn 2 times") && text.out.contains("rmse"), text.out.constData());
    }

    void everyWayToPartRows_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("folds");
        QTest::newRow("by default") << "" << "stratified" << 5;
        QTest::newRow("k-fold") << "--split kfold --folds 3" << "kfold" << 3;
        QTest::newRow("grouped") << "--split grouped --group island --folds 3" << "grouped" << 3;
        QTest::newRow("time") << "--split time --time year --folds 2" << "time" << 2;
        QTest::newRow("leave one out") << "--split loo" << "loo" << 344;
        QTest::newRow("repeated") << "--split repeated --folds 2" << "stratified" << 20;
        QTest::newRow("hold-out") << "--split holdout --test-fraction 0.3 --repeats 2" << "holdout" << 2;
    }

    void everyWayToPartRows()
    {
        QFETCH(QString, flags);
        QFETCH(QString, kind);
        QFETCH(int, folds);
        const Run answer = run(QStringLiteral("crossval %1 --target species --learner gaussian_naive_bayes --features bill_length_mm,body_mass_g --json %2")
                                   .arg(penguins, flags).trimmed());
        verifyJson(answer);
        QCOMPARE(answer.json()["split"]["kind"].get<std::string>(), kind.toStdString());
        QCOMPARE(answer.json()["folds"].size(), std::size_t(folds));
        QVERIFY(answer.json()["pooled"].contains("f1_macro"));
    }

    /// One seed keeps back the same rows, whether a model is trained or cross-validated: of numbers that are classes from each in proportion.
    void aShareKeptBackIsThatOfTraining()
    {
        for (const char* seed : {"1", "2", "3"}) {
            const QString flags = QStringLiteral(" %1 --target am --task classification --learner logistic_regression --features wt,hp --scale standard --test-fraction 0.25 --json --seed ").arg(cars)
                + QString::fromUtf8(seed);
            const Run trained = run(QStringLiteral("train") + flags), folded = run(QStringLiteral("crossval") + flags + QStringLiteral(" --split holdout"));
            verifyJson(trained);
            verifyJson(folded);
            const ordered_json fold = folded.json()["folds"][0];
            QCOMPARE(fold["rows_test"].get<int>(), 8);
            QCOMPARE(fold["test"].dump(), trained.json()["metrics"]["test"].dump());
            QCOMPARE(fold["train"].dump(), trained.json()["metrics"]["train"].dump());
        }
    }

    /// The column of the groups is no feature unasked; where it is asked for, no fold knows the words of its test rows, and that is told.
    void whatGroupsRowsIsNoFeatureUnasked_data()
    {
        QTest::addColumn<QString>("command");
        const QString bayes = QStringLiteral(" %1 --target species --learner gaussian_naive_bayes").arg(penguins);
        QTest::newRow("crossval") << QStringLiteral("crossval") + bayes;
        QTest::newRow("search") << QStringLiteral("search") + bayes + QStringLiteral(" --grid var_smoothing=1e-9,1e-3");
        QTest::newRow("compare") << QStringLiteral("compare %1 --target species --learners gaussian_naive_bayes,categorical_naive_bayes").arg(penguins);
    }

    void whatGroupsRowsIsNoFeatureUnasked()
    {
        QFETCH(QString, command);
        command += QStringLiteral(" --split grouped --group island --folds 3 --json");
        const std::string left = "Left out of the features: \"island\" (groups the rows).";
        const Run unasked = run(command);
        verifyJson(unasked);
        QCOMPARE(unasked.json()["notices"].dump(), ordered_json::array({left}).dump());
        QVERIFY2(unasked.err.contains(("Note: " + left).c_str()), unasked.err.constData());
        const std::string told = "344 cells of the test rows hold a category that the training rows did not (such as \"";
        const Run asked = run(command + QStringLiteral(" --features island,sex,bill_length_mm"));
        verifyJson(asked);
        QCOMPARE(asked.json()["notices"].size(), std::size_t(1));
        QVERIFY2(asked.err.contains(("Note: " + told).c_str()), asked.err.constData());
        QVERIFY(asked.json().dump() != unasked.json().dump());
    }

    /// The root mean square of single rows is their size: a line that is far off in one row would look no worse than one that is a little off in all.
    void leavingOneOutRanksByAllRowsTogether()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("far.csv")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("x,y\n");
        for (int i = 0; i < 20; ++i)
            file.write(QByteArray::number(i) + "," + QByteArray::number(2 * i + (i % 7 == 3 ? 40 : 0)) + "\n");
        file.close();
        const QString flags = QStringLiteral(" %1 --target y --split loo --json").arg(file.fileName());
        const Run compared = run(QStringLiteral("compare") + flags + QStringLiteral(" --learners huber_regression,linear_regression,huber_regression"));
        verifyJson(compared);
        const ordered_json learners = compared.json()["learners"];
        QCOMPARE(learners.size(), std::size_t(2));
        double before = 0;
        for (const ordered_json& one : learners) {
            const Run alone = run(QStringLiteral("crossval") + flags + QStringLiteral(" --learner ") + QString::fromStdString(one["learner"].get<std::string>()));
            const double rmse = one["test"]["rmse"]["mean"].get<double>();
            QCOMPARE(rmse, alone.json()["pooled"]["rmse"].get<double>());
            QVERIFY(one["test"].contains("r2") && one["pooled"].get<bool>());
            QVERIFY(rmse >= before);
            before = rmse;
        }
        const Run areas = run(QStringLiteral("search %1 --target am --task classification --learner logistic_regression --scale standard --split loo --metric roc_auc --grid C=0.1,1 --json").arg(cars));
        verifyJson(areas);
        QVERIFY(areas.json()["best"]["score"].get<double>() > 0.5);
    }

    /// What is left out of the ranking says why, and what is wrong in every fold is not said of one.
    void whatHasNoScoreSaysWhy()
    {
        const QString search = QStringLiteral("search %1 --features wt,hp --scale standard --learner k_means --grid clusters=1,2").arg(cars);
        const Run text = run(search), json = run(search + QStringLiteral(" --json"));
        QVERIFY2(text.out.contains("clusters=1: The metric \"silhouette\" needs two clusters"), text.out.constData());
        QVERIFY(json.json()["candidates"][0].contains("no_score") && !json.json()["candidates"][1].contains("no_score"));
        const Run wrong = run(QStringLiteral("compare %1 --target mpg --learners linear_regression,logistic_regression").arg(cars));
        QVERIFY2(wrong.out.contains("does not do") && !wrong.out.contains("In fold"), wrong.out.constData());
    }

    /// BIC is about the rows learned from: its price on parameters stands for rows kept back.
    void criteriaRankByTheRowsLearnedFrom()
    {
        const QString search = QStringLiteral("search %1 --features wt,hp --scale standard --learner gaussian_mixture --grid clusters=1,2,3 --metric bic").arg(cars);
        const Run answer = run(search + QStringLiteral(" --json"));
        QVERIFY2(answer.exitCode == 0, answer.err.constData());
        const ordered_json document = answer.json();
        double least = std::numeric_limits<double>::infinity();
        for (const ordered_json& one : document["candidates"])
            least = std::min(least, one["train"]["bic"]["mean"].get<double>());
        QCOMPARE(document["best"]["score"].get<double>(), least);
        QVERIFY(run(search).out.contains("by bic of the rows learned from"));
    }

    void trainTellsIntervalsOfTheRowsKeptBack()
    {
        const QString command = QStringLiteral("train %1 --target mpg --features wt,hp --learner linear_regression --test-fraction 0.4").arg(cars);
        const QString drawn = command + QStringLiteral(" --bootstrap 200 --level 0.9");
        const Run answer = run(drawn + QStringLiteral(" --json"));
        verifyJson(answer);
        const ordered_json document = answer.json();
        QCOMPARE(document["level"].get<double>(), 0.9);
        QCOMPARE(document["intervals"]["rmse"]["resamples"].get<int>(), 200);
        QVERIFY(document["intervals"]["rmse"]["low"] < document["metrics"]["test"]["rmse"] && document["metrics"]["test"]["rmse"] < document["intervals"]["rmse"]["high"]);
        QVERIFY(run(drawn).out.contains("90 % interval"));
        QVERIFY(!run(command + QStringLiteral(" --json")).json().contains("intervals"));
        const Run groups = run(QStringLiteral("train %1 --features wt,hp --learner k_means --test-fraction 0.4 --bootstrap 200").arg(cars));
        QCOMPARE(groups.exitCode, 1);
        QVERIFY2(groups.err.contains("--bootstrap"), groups.err.constData());
    }

    /// Values to try are those that a person would write.
    void valuesThatAreVariedAreShort()
    {
        const Run answer = run(QStringLiteral("crossval %1 --target am --task classification --features wt,hp --learner gaussian_naive_bayes --vary var_smoothing").arg(cars));
        QVERIFY2(answer.out.contains("1e-11 ") && !answer.out.contains("0000000"), answer.out.constData());
    }

    void curvesOfCrossval()
    {
        const Run answer = run(QStringLiteral("crossval %1 --target mpg --learner ridge_regression --learning-curve --vary alpha=0.1,1,10 --json").arg(cars));
        verifyJson(answer);
        QCOMPARE(answer.json()["learning_curve"].size(), std::size_t(5));
        QCOMPARE(answer.json()["validation_curve"]["hyperparameter"].get<std::string>(), std::string("alpha"));
        QCOMPARE(answer.json()["validation_curve"]["points"].size(), std::size_t(3));
        QCOMPARE(answer.json()["validation_curve"]["points"][2]["value"].get<double>(), 10.0);
        QVERIFY(run(QStringLiteral("crossval %1 --target mpg --learner ridge_regression --learning-curve --vary alpha").arg(cars)).exitCode == 0);
    }

    void searchOfAGrid()
    {
        const QString command = QStringLiteral("search %1 --target mpg --learner k_nearest_neighbors --scale standard --grid k=1,3,5 --grid weights=uniform,distance").arg(cars);
        const Run answer = run(command + QStringLiteral(" --json"));
        verifyJson(answer);
        const ordered_json document = answer.json();
        QCOMPARE(keysOf(document), (std::vector<std::string>{"learner", "target", "split", "metric", "higher_is_better", "best", "candidates", "notices"}));
        QCOMPARE(document["candidates"].size(), std::size_t(6));
        QCOMPARE(document["metric"].get<std::string>(), std::string("rmse"));
        double best = 1e300;
        for (const auto& candidate : document["candidates"]) {
            best = std::min(best, candidate["test"]["rmse"]["mean"].get<double>());
            if (candidate["rank"] == 1)
                QCOMPARE(candidate["hyperparameters"].dump(), document["best"]["hyperparameters"].dump());
        }
        QCOMPARE(document["best"]["score"].get<double>(), best);
        const Run text = run(command);
        QVERIFY2(text.exitCode == 0 && text.out.contains("--set k="), text.out.constData());
    }

    /// A value that matters only with some value of another hyperparameter brings that along: none is tried in vain.
    void noValueIsIdle()
    {
        const Run grid = run(QStringLiteral("search %1 --target mpg --learner support_vector_regression --scale standard --grid gamma_value=0.01,1,100 --json").arg(cars));
        verifyJson(grid);
        QCOMPARE(grid.json()["candidates"].size(), std::size_t(3));
        QCOMPARE(grid.json()["best"]["hyperparameters"]["gamma"].get<std::string>(), std::string("number"));
        const Run varied = run(QStringLiteral("crossval %1 --target mpg --learner support_vector_regression --scale standard --vary gamma_value=0.01,100 --json").arg(cars));
        verifyJson(varied);
        const ordered_json points = varied.json()["validation_curve"]["points"];
        QVERIFY(points[0]["test"]["rmse"]["mean"] != points[1]["test"]["rmse"]["mean"]);
        const Run trained = run(QStringLiteral("train %1 --target mpg --learner support_vector_regression --scale standard --set gamma_value=0.5 --json").arg(cars));
        verifyJson(trained);
        QCOMPARE(trained.json()["hyperparameters"]["gamma"].get<std::string>(), std::string("number"));
    }

    /// The alpha that cross-validation chose is the one that the model remembers.
    void chosenAlphaIsRemembered()
    {
        const Run chosen = run(QStringLiteral("train %1 --target mpg --learner lasso_regression --scale standard --set penalty_choice=cross_validated --json").arg(cars));
        verifyJson(chosen);
        const double alpha = chosen.json()["hyperparameters"]["alpha"].get<double>();
        QVERIFY(alpha > 0 && alpha != 1);
        QVERIFY(!chosen.json()["notices"].empty());
        const Run again = run(QStringLiteral("train %1 --target mpg --learner lasso_regression --scale standard --set alpha=%2 --json").arg(cars).arg(alpha, 0, 'g', 17));
        verifyJson(again);
        const double difference = again.json()["metrics"]["train"]["rmse"].get<double>() - chosen.json()["metrics"]["train"]["rmse"].get<double>();
        QVERIFY2(std::abs(difference) < 1e-3, qPrintable(QString::number(difference)));      // both end within their tolerance of one minimum
    }

    /// Metrics stand in the order in which they should be read, as text and in the document; those out of bag beside those of training.
    void metricsStandInReadingOrder()
    {
        const QString model = m_folder.filePath(QStringLiteral("forest.model.json"));
        const QString command = QStringLiteral("train %1 --target species --learner random_forest --set n_trees=40 --test-fraction 0.25 --save %2").arg(penguins, model);
        const Run trained = run(command + QStringLiteral(" --json"));
        verifyJson(trained);
        const Run shown = run({QStringLiteral("show"), model, QStringLiteral("--json")});
        verifyJson(shown);
        const ordered_json metrics = trained.json()["metrics"];
        QCOMPARE(shown.json()["metrics"].dump(), metrics.dump());
        for (const char* side : {"train", "test"}) {
            std::vector<std::string> expected, found = keysOf(metrics[side]);
            for (const MetricInfo& metric : metricTable())
                if (std::find(found.begin(), found.end(), metric.id) != found.end())
                    expected.push_back(metric.id);
            QCOMPARE(found, expected);
            QVERIFY(found.size() > 5);
        }
        // What trees say of rows that they have not seen is an estimate of what they say of others: 258 and 86 rows, of which nearly all
        // are right, differ by less than 6 % with near certainty.
        QCOMPARE(keysOf(metrics["out_of_bag"]), std::vector<std::string>{"accuracy"});
        QVERIFY(std::abs(metrics["out_of_bag"]["accuracy"].get<double>() - metrics["test"]["accuracy"].get<double>()) < 0.06);
        QVERIFY(metrics["out_of_bag"]["accuracy"].get<double>() <= metrics["train"]["accuracy"].get<double>());
        for (const QByteArray& text : {run(command).out, run({QStringLiteral("show"), model}).out}) {
            QVERIFY2(text.contains("out of bag") && text.indexOf("accuracy") < text.indexOf("balanced_accuracy") && text.indexOf("f1_macro") < text.indexOf("brier"), text.constData());
        }
        const Run line = run(QStringLiteral("train %1 --target mpg --learner linear_regression --json").arg(cars));
        QVERIFY(!line.json()["metrics"].contains("out_of_bag"));
    }

    void thePathOfPenaltiesIsTold_data()
    {
        QTest::addColumn<QString>("learner");
        for (const char* learner : {"lasso_regression", "elastic_net", "ridge_regression"})
            QTest::newRow(learner) << QString::fromUtf8(learner);
    }

    void thePathOfPenaltiesIsTold()
    {
        QFETCH(QString, learner);
        const QString model = m_folder.filePath(learner + QStringLiteral(".model.json"));
        const QString command = QStringLiteral("train %1 --target mpg --learner %2 --scale standard --set penalty_choice=cross_validated --save %3").arg(cars, learner, model);
        const Run trained = run(command + QStringLiteral(" --json"));
        verifyJson(trained);
        const ordered_json path = trained.json()["penalty_path"];
        QCOMPARE(keysOf(path), (std::vector<std::string>{"folds", "chosen", "alphas", "features_in_use", "mean_squared_errors", "standard_errors"}));
        for (const char* list : {"alphas", "features_in_use", "mean_squared_errors", "standard_errors"})
            QCOMPARE(path[list].size(), std::size_t(100));
        const std::size_t chosen = path["chosen"];
        QCOMPARE(path["alphas"][chosen].get<double>(), trained.json()["hyperparameters"]["alpha"].get<double>());
        QCOMPARE(path["mean_squared_errors"][chosen].get<double>(), std::ranges::min(path["mean_squared_errors"].get<std::vector<double>>()));
        QVERIFY(std::ranges::is_sorted(path["alphas"].get<std::vector<double>>(), std::greater()));
        const Run shown = run({QStringLiteral("show"), model, QStringLiteral("--json")});
        QCOMPARE(shown.json()["penalty_path"].dump(), path.dump());
        for (const QByteArray& text : {run(command).out, run({QStringLiteral("show"), model}).out})
            QVERIFY2(text.contains("features in use") && text.count("chosen") == 1 && text.contains("of 100 alphas"), text.constData());
        const Run fixed = run(QStringLiteral("train %1 --target mpg --learner %2 --scale standard --json").arg(cars, learner));
        QVERIFY(fixed.exitCode == 0 && !fixed.json().contains("penalty_path"));
    }

    /// A step that no column fits leaves no trace but a sentence.
    void aStepThatDoesNothingSaysSo()
    {
        const Run counted = run(QStringLiteral("train %1 --target species --learner categorical_naive_bayes --step bin:bins=4").arg(penguins));
        QVERIFY2(counted.exitCode == 0 && counted.err.contains("The step bin changes nothing") && counted.err.contains("takes categories alone"), counted.err.constData());
        const Run bell = run(QStringLiteral("train %1 --target species --learner gaussian_naive_bayes --step bin:bins=4").arg(penguins));
        QVERIFY2(bell.exitCode == 0 && !bell.err.contains("changes nothing"), bell.err.constData());
        const Run words = run(QStringLiteral("train %1 --target species --features island,sex --learner logistic_regression --step log").arg(penguins));
        QVERIFY2(words.exitCode == 0 && words.err.contains("The step log changes nothing") && !words.err.contains("categories alone"), words.err.constData());
    }

    void softmaxHasStandardErrors()
    {
        const QString command = QStringLiteral("train %1 --target weather --features temp_max_C,wind_m_s --learner logistic_regression --set penalty=none --inference")
                                    .arg(QStringLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/seattle_weather.csv"));
        const Run answer = run(command + QStringLiteral(" --json"));
        verifyJson(answer);
        const ordered_json inference = answer.json()["inference"];
        QCOMPARE(inference["reference_class"].get<std::string>(), std::string("drizzle"));
        QCOMPARE(inference["coefficients"].size(), std::size_t(12));
        QCOMPARE(inference["coefficients"][0]["name"].get<std::string>(), std::string("rain against drizzle: (intercept)"));
        const Run text = run(command);
        QVERIFY2(text.out.contains("less that of drizzle"), text.out.constData());
    }

    void searchAtRandom()
    {
        const QString command = QStringLiteral("search %1 --target mpg --learner ridge_regression --random 12 --range alpha=0.001:1000 --seed 5 --json").arg(cars);
        const Run answer = run(command);
        verifyJson(answer);
        QCOMPARE(answer.json()["candidates"].size(), std::size_t(12));
        QCOMPARE(timeless(run(command).json()).dump(), timeless(answer.json()).dump());
        const Run all = run(QStringLiteral("search %1 --target species --learner decision_tree --random 6 --json --metric f1_macro").arg(penguins));
        QVERIFY2(all.exitCode == 0 && all.err.contains("max_depth"), all.err.constData());
        QCOMPARE(all.json()["candidates"].size(), std::size_t(6));
        // What changes the cost, or tells more, is drawn by name only.
        const QString machine = QStringLiteral("search %1 --target species --learner support_vector_machine --scale standard --random 2 --json").arg(penguins);
        const Run tuned = run(machine), named = run(machine + QStringLiteral(" --grid probabilities=true,false"));
        QVERIFY(tuned.exitCode == 0 && named.exitCode == 0);
        const ordered_json drawn = tuned.json()["candidates"][0]["hyperparameters"];
        QVERIFY(drawn.contains("C") && !drawn.contains("cache_size") && !drawn.contains("probabilities"));
        QVERIFY(named.json()["candidates"][0]["hyperparameters"].contains("probabilities"));
    }

    void compareNamed()
    {
        const Run answer = run(QStringLiteral("compare %1 --target species --learners gaussian_naive_bayes,decision_tree,k_nearest_neighbors --scale standard --json").arg(penguins));
        verifyJson(answer);
        const ordered_json document = answer.json();
        QCOMPARE(keysOf(document), (std::vector<std::string>{"target", "task", "split", "metric", "higher_is_better", "learners", "notices"}));
        QCOMPARE(document["learners"].size(), std::size_t(3));
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(document["learners"][i]["rank"].get<std::size_t>(), i + 1);
            if (i > 0)
                QVERIFY(document["learners"][i]["test"]["accuracy"]["mean"] <= document["learners"][i - 1]["test"]["accuracy"]["mean"]);
        }
        // A comparison tells what crossval tells.
        const std::string best = document["learners"][0]["learner"];
        const Run alone = run(QStringLiteral("crossval %1 --target species --scale standard --json --learner %2").arg(penguins, QString::fromStdString(best)));
        QCOMPARE(alone.json()["test"].dump(), document["learners"][0]["test"].dump());
    }

    void compareAllThatFit()
    {
        const Run answer = run(QStringLiteral("compare %1 --target mpg --scale standard --json").arg(cars));
        QVERIFY2(answer.exitCode == 0, answer.err.constData());
        std::size_t fitting = 0;
        for (const LearnerInfo& learner : learners())
            fitting += learner.supports(Task::Regression);
        QCOMPARE(answer.json()["learners"].size(), fitting);
        QVERIFY(run(QStringLiteral("compare %1 --target mpg --scale standard").arg(cars)).exitCode == 0);
    }

    void evaluateTellsIntervalsAndCurves()
    {
        const QString model = m_folder.filePath(QStringLiteral("am.model.json"));
        QCOMPARE(run(QStringLiteral("train %1 --target am --task classification --learner logistic_regression --scale standard --save %2").arg(cars, model)).exitCode, 0);
        const QString command = QStringLiteral("evaluate %1 %2 --json").arg(model, cars);
        const Run answer = run(command);
        verifyJson(answer);
        const ordered_json document = answer.json();
        QCOMPARE(keysOf(document), (std::vector<std::string>{"target", "task", "rows", "metrics", "notices", "positive_class", "confusion_matrix", "level", "intervals", "curves"}));
        for (const char* name : {"accuracy", "balanced_accuracy", "precision", "recall", "f1", "f1_macro", "f1_weighted", "log_loss", "brier", "roc_auc", "pr_auc", "matthews"}) {
            QVERIFY2(document["metrics"].contains(name), name);
            QVERIFY(document["intervals"][name]["low"] <= document["metrics"][name] && document["metrics"][name] <= document["intervals"][name]["high"]);
        }
        QCOMPARE(document["curves"].size(), std::size_t(1));
        QCOMPARE(document["curves"][0]["roc"]["area"].get<double>(), document["metrics"]["roc_auc"].get<double>());
        QCOMPARE(run(command).out, answer.out);
        QVERIFY(run(command + QStringLiteral(" --seed 2")).out != answer.out);
        QVERIFY(!run(command + QStringLiteral(" --bootstrap 0")).json().contains("intervals"));
        QCOMPARE(run(command + QStringLiteral(" --bootstrap 50 --level 0.5")).json()["intervals"]["accuracy"]["resamples"].get<int>(), 50);
        QVERIFY(run(QStringLiteral("evaluate %1 %2").arg(model, cars)).out.contains("95 % interval"));
    }

    /// A line says exactly what its columns do: its mean answer rises by the weight.
    void evaluateTellsWhatColumnsDo()
    {
        const QString model = m_folder.filePath(QStringLiteral("mpg.model.json"));
        QCOMPARE(run(QStringLiteral("train %1 --target mpg --features wt,hp --learner linear_regression --save %2").arg(cars, model)).exitCode, 0);
        const QString command = QStringLiteral("evaluate %1 %2 --bootstrap 0 --importance --repeats 7 --metric r2 --dependence wt,hp").arg(model, cars);
        const Run answer = run(command + QStringLiteral(" --json"));
        verifyJson(answer);
        const ordered_json importance = answer.json()["importance"];
        QCOMPARE(importance["metric"].get<std::string>(), std::string("r2"));
        QCOMPARE(importance["score"].get<double>(), answer.json()["metrics"]["r2"].get<double>());
        QCOMPARE(importance["inputs"].size(), std::size_t(2));
        QCOMPARE(importance["inputs"][0]["losses"].size(), std::size_t(7));
        QVERIFY(importance["inputs"][0]["mean"].get<double>() > 0.1);
        const ordered_json weight = answer.json()["dependence"][0];
        const std::vector<double> grid = weight["grid"], mean = weight["outputs"][0]["mean"];
        QCOMPARE(weight["input"].get<std::string>(), std::string("wt"));
        QCOMPARE(weight["outputs"][0]["name"].get<std::string>(), std::string("mpg"));
        QCOMPARE(weight["outputs"][0]["curves"].size(), std::size_t(32));
        QCOMPARE(weight["rows"][31].get<int>(), 32);
        QVERIFY(std::abs((mean.back() - mean.front()) / (grid.back() - grid.front()) - -3.877831) < 5e-7);
        QVERIFY(run(command + QStringLiteral(" --json --seed 2")).json()["importance"] != importance);
        const Run text = run(command);
        QVERIFY2(text.out.contains("r2 lost when its cells are shuffled") && text.out.contains("mean mpg"), text.out.constData());

        // A name may hold the sign that parts names.
        const QString data = m_folder.filePath(QStringLiteral("comma.csv")), line = m_folder.filePath(QStringLiteral("comma.model.json"));
        QFile file(data);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("\"weight, kg\",age,height\n60,20,170\n70,30,180\n80,50,185\n50,40,160\n");
        file.close();
        QCOMPARE(run(QStringLiteral("train %1 --target height --learner linear_regression --save %2").arg(data, line)).exitCode, 0);
        const Run named = run({QStringLiteral("evaluate"), line, data, QStringLiteral("--dependence"), QStringLiteral("weight, kg,age"), QStringLiteral("--json")});
        QVERIFY2(named.exitCode == 0, named.err.constData());
        QCOMPARE(named.json()["dependence"].size(), std::size_t(2));
        QCOMPARE(named.json()["dependence"][0]["input"].get<std::string>(), std::string("weight, kg"));

        for (const char* wrong : {"--dependence weight", "--dependence mpg", "--importance --metric accuracy"}) {
            const Run refused = run(QStringLiteral("evaluate %1 %2 %3").arg(model, cars, QString::fromUtf8(wrong)));
            QCOMPARE(refused.exitCode, 1);
            QVERIFY(refused.out.isEmpty() && !refused.err.isEmpty());
        }
    }

    /// One model in two ways: its terms are the price that adjusted R² asks, wherever they are made.
    void adjustedR2CountsTerms()
    {
        const QString common = QStringLiteral("train %1 --target mpg --features wt,hp --inference --json --learner ").arg(cars);
        const ordered_json learner = run(common + QStringLiteral("polynomial_regression")).json(), step = run(common + QStringLiteral("linear_regression --step polynomial:degree=2")).json();
        const double expected = step["inference"]["adjusted_r2"].get<double>();
        for (const ordered_json& document : {learner, step}) {
            QVERIFY(std::abs(document["inference"]["adjusted_r2"].get<double>() - expected) < 1e-9);
            QVERIFY(std::abs(document["metrics"]["train"]["adjusted_r2"].get<double>() - expected) < 1e-9);
        }
        const QString model = m_folder.filePath(QStringLiteral("parabola.model.json"));
        QCOMPARE(run(QStringLiteral("train %1 --target mpg --features wt,hp --learner polynomial_regression --save %2").arg(cars, model)).exitCode, 0);
        QVERIFY(std::abs(run(QStringLiteral("evaluate %1 %2 --json").arg(model, cars)).json()["metrics"]["adjusted_r2"].get<double>() - expected) < 1e-9);
    }

    void positiveClass_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<std::string>("positive");
        QTest::newRow("unasked the one that says yes, though the file names it first") << QString() << std::string("yes");
        QTest::newRow("the second") << QStringLiteral(" --positive no") << std::string("no");
        QTest::newRow("the first") << QStringLiteral(" --positive yes") << std::string("yes");
    }

    /// Precision and recall say whose they are, and --positive says whose they shall be.
    void positiveClass()
    {
        QFETCH(QString, flags);
        QFETCH(std::string, positive);
        const QString data = m_folder.filePath(QStringLiteral("ill.csv")), model = m_folder.filePath(QStringLiteral("ill.model.json"));
        QFile file(data);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("x,ill\n");
        for (int i = 0; i < 40; ++i)                    // every fourth is ill; x tells most of them
            file.write(QByteArray::number(i % 4 == 0 ? (i % 20 == 0 ? 1 : 5) + i % 3 : i % 3 + (i % 10 == 9)) + (i % 4 == 0 ? ",yes\n" : ",no\n"));
        file.close();
        const QString target = QStringLiteral(" %1 --target ill --type ill=category%2").arg(data, flags);
        const QString logistic = QStringLiteral(" --learner logistic_regression");
        const QByteArray line = "precision, recall, f1 and pr_auc are those of the class \"" + QByteArray::fromStdString(positive) + "\".";

        const Run trained = run(QStringLiteral("train") + target + logistic + QStringLiteral(" --threshold 0.4 --save ") + model);
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        QVERIFY2(trained.out.contains(line), trained.out.constData());
        QVERIFY2(trained.out.contains("\n" + QByteArray::fromStdString(positive + " from P(" + positive + ") = 0.4 on, ")), trained.out.constData());
        const ordered_json shown = run(QStringLiteral("show %1 --json").arg(model)).json();
        QCOMPARE(shown["target"]["classes"][1].get<std::string>(), positive);
        QCOMPARE(shown["positive_class"].get<std::string>(), positive);
        for (const QString& verb : {QStringLiteral("train") + target + logistic, QStringLiteral("crossval") + target + logistic,
                                    QStringLiteral("search") + target + logistic + QStringLiteral(" --grid C=0.1,1"),
                                    QStringLiteral("compare") + target + QStringLiteral(" --learners logistic_regression,decision_tree")}) {
            const Run answer = run(verb + QStringLiteral(" --json"));
            QVERIFY2(answer.exitCode == 0, answer.err.constData());
            QCOMPARE(answer.json()["positive_class"].get<std::string>(), positive);
        }

        // A stored model can be judged by either class.
        for (const char* wanted : {"no", "yes"}) {
            const QString evaluate = QStringLiteral("evaluate %1 %2 --type ill=category --positive %3").arg(model, data, QString::fromUtf8(wanted));
            const Run answer = run(evaluate + QStringLiteral(" --importance --metric precision --repeats 1 --json"));
            QVERIFY2(answer.exitCode == 0, answer.err.constData());
            const ordered_json judged = answer.json();
            QCOMPARE(judged["importance"]["score"].get<double>(), judged["metrics"]["precision"].get<double>());
            QCOMPARE(judged["positive_class"].get<std::string>(), std::string(wanted));
            QCOMPARE(judged["confusion_matrix"]["classes"][1].get<std::string>(), std::string(wanted));
            const ordered_json& counts = judged["confusion_matrix"]["counts"];
            QCOMPARE(judged["metrics"]["recall"].get<double>(), counts[1][1].get<double>() / (counts[1][0].get<double>() + counts[1][1].get<double>()));
            QCOMPARE(counts[1][0].get<int>() + counts[1][1].get<int>(), std::string(wanted) == "yes" ? 10 : 30);
            QCOMPARE(judged["curves"][0]["class"].get<std::string>(), std::string(wanted));
            QVERIFY(run(evaluate).out.contains("of the class \"" + QByteArray(wanted) + "\"."));
            if (wanted == positive)
                QCOMPARE(judged["metrics"]["recall"].get<double>(), shown["metrics"]["train"]["recall"].get<double>());
        }
    }

    void positiveClassRefusals_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QByteArray>("why");
        QTest::newRow("three classes") << QStringLiteral("train %1 --target species --learner decision_tree --positive Gentoo").arg(penguins) << QByteArray("two classes");
        QTest::newRow("numbers") << QStringLiteral("train %1 --target mpg --learner decision_tree --positive 3").arg(cars) << QByteArray("two classes");
        QTest::newRow("no such class") << QStringLiteral("compare %1 --target sex --learners decision_tree --positive other").arg(penguins) << QByteArray("\"other\"");
        QTest::newRow("no target") << QStringLiteral("train %1 --learner k_means --positive a").arg(cars) << QByteArray("no target");
    }

    void positiveClassRefusals()
    {
        QFETCH(QString, arguments);
        QFETCH(QByteArray, why);
        const Run refused = run(arguments);
        QCOMPARE(refused.exitCode, 1);
        QVERIFY2(refused.err.contains(why) && refused.out.isEmpty(), refused.err.constData());
    }

    /// R: lm(mpg ~ wt + hp) and glm(am ~ wt), as tests/data/reference/inference.json has them to the last digit.
    void trainTellsStandardErrors()
    {
        const QString command = QStringLiteral("train %1 --target mpg --features wt,hp --learner linear_regression --inference --diagnostics").arg(cars);
        const Run answer = run(command + QStringLiteral(" --json"));
        verifyJson(answer);
        const ordered_json inference = answer.json()["inference"];
        QVERIFY(std::abs(inference["residual_sd"].get<double>() - 2.593412) < 5e-7);
        QVERIFY(std::abs(inference["coefficients"][1]["value"].get<double>() - -3.877831) < 5e-7);
        QVERIFY(inference["coefficients"][1]["t"].is_number() && inference["coefficients"][1]["p"].is_number());
        QCOMPARE(answer.json()["diagnostics"]["cooks_distance"].size(), std::size_t(32));
        const Run text = run(command);
        QVERIFY2(text.out.contains("standard error") && text.out.contains("Cook's distance"), text.out.constData());
        const Run logistic = run(QStringLiteral("train %1 --target am --task classification --features wt --learner logistic_regression --set penalty=none --inference --json").arg(cars));
        verifyJson(logistic);
        QVERIFY(std::abs(logistic.json()["inference"]["coefficients"][0]["value"].get<double>() - 12.04037) < 5e-6);
        QVERIFY(std::abs(logistic.json()["inference"]["deviance"].get<double>() - 19.17608) < 5e-6);
    }
};

QTEST_GUILESS_MAIN(TestCliEvaluation)
#include "tst_cli_evaluation.moc"
