#include "core/learn/registry.h"
#include "core/model/model_file.h"
#include "tests/support/cli_run.h"
#include "tests/support/signed_model.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace modelarium;
using cli::Run;
using cli::run;
using nlohmann::ordered_json;

namespace {

QStringList words(const char* text) { return QString::fromUtf8(text).split(QLatin1Char(' ')); }

std::vector<std::string> keysOf(const ordered_json& object)
{
    std::vector<std::string> keys;
    for (const auto& item : object.items())
        keys.push_back(item.key());
    return keys;
}

QByteArray sample(const char* name) { return QByteArrayLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/") + name; }

} // namespace

/// The contract of the command line, from outside: verbs, flags, exit codes, keys.
class TestCli : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString path(const char* name) const { return m_folder.filePath(QString::fromUtf8(name)); }

    QString file(const char* name, const QByteArray& bytes) const
    {
        QFile result(path(name));
        if (result.open(QFile::WriteOnly))
            result.write(bytes);
        return result.fileName();
    }

    void verifyRefused(const Run& refused, const char* word) const
    {
        QCOMPARE(refused.exitCode, 1);
        QVERIFY2(refused.out.isEmpty(), refused.out.constData());
        QVERIFY2(refused.err.contains(word), refused.err.constData());
        const QByteArray sentence = refused.err.trimmed().split('\n').last();
        QVERIFY2(sentence.endsWith('.') && sentence.size() > 15, sentence.constData());
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray line = "x,y\n";
        for (int x = 0; x < 20; ++x)
            line += QByteArray::number(x) + "," + QByteArray::number(2 * x + 1) + "\n";
        file("line.csv", line);
    }

    void help_data()
    {
        QTest::addColumn<QString>("verb");
        for (const char* verb : {"", "inspect", "learners", "train", "predict", "evaluate", "show", "freeze"})
            QTest::addRow("%s", verb[0] ? verb : "the program") << QString::fromUtf8(verb);
    }

    void help()
    {
        QFETCH(QString, verb);
        const Run help = run(verb.isEmpty() ? QStringList{QStringLiteral("--help")} : QStringList{verb, QStringLiteral("--help")});
        QCOMPARE(help.exitCode, 0);
        QVERIFY(help.err.isEmpty());
        QVERIFY2(help.out.contains(verb.isEmpty() ? "predict" : "--json"), help.out.constData());
    }

    void version()
    {
        const Run version = run({QStringLiteral("--version")});
        QCOMPARE(version.exitCode, 0);
        QVERIFY2(version.out.startsWith("modelarium-cli "), version.out.constData());
    }

    void wrongUsage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        for (const char* text : {"train", "think", "train a.csv --learner decision_tree", "train a.csv --target y", "train a.csv --target y --learner decision_tree --colour red",
                                 "train a.csv --target y --learner decision_tree --scale huge", "train a.csv --target y --learner decision_tree --test-fraction 2",
                                 "train a.csv --target y --learner decision_tree --test-fraction -0.1",
                                 "train a.csv --target y --learner decision_tree --test-rows last", "train a.csv --target y --learner decision_tree --test-fraction 0.2 --test-rows first",
                                 "train a.csv --target y --learner decision_tree --test-fraction 0.2 --test-rows grouped",
                                 "train a.csv --target y --learner decision_tree --test-fraction 0.2 --group a", "train a.csv --target y --learner decision_tree --test-fraction 0.2 --time a",
                                 "train a.csv --target y --learner decision_tree --test-fraction nan", "train a.csv --target y --learner decision_tree --test-fraction 1",
                                 "train a.csv --target y --learner decision_tree --seed 18446744073709551616", "inspect a.csv --rows -1",
                                 "inspect a.csv --header --no-header", "inspect a.csv --type a=foo", "inspect a.csv --type a", "inspect a.csv --type =number",
                                 "train a.csv --target y --learner decision_tree --set alpha", "train a.csv --target y --learner decision_tree --set =3",
                                 "search a.csv --target y --learner decision_tree --grid max_depth", "search a.csv --target y --learner decision_tree --random 3 --range depth", "inspect a.csv --dates sometimes",
                                 "train a.csv --target y --learner decision_tree --seed -1", "train a.csv --target y --learner decision_tree --seed many",
                                 "predict only.model.json", "predict a b c", "evaluate", "show", "learners --loud", "learners --json --markdown", "inspect", "inspect a.csv --delimiter x"})
            QTest::addRow("%s", text) << words(text);
        QTest::newRow("no verb") << QStringList();
        QTest::newRow("no features") << QStringList{QStringLiteral("train"), QStringLiteral("a.csv"), QStringLiteral("--target"), QStringLiteral("y"),
                                                    QStringLiteral("--learner"), QStringLiteral("decision_tree"), QStringLiteral("--features"), QString()};
    }

    void wrongUsage()
    {
        QFETCH(QStringList, arguments);
        const Run wrong = run(arguments);
        QCOMPARE(wrong.exitCode, 2);
        QVERIFY(wrong.out.isEmpty());
        QVERIFY(!wrong.err.isEmpty());
    }

    /// How mixed classes are says nothing of numbers: what would do nothing is refused, and not searched for.
    void impurityIsForClasses()
    {
        QByteArray text = "x,y,kind\n";
        for (int i = 0; i < 40; ++i)
            text += QByteArray::number(i) + ',' + QByteArray::number(i * i % 17) + (i % 3 == 0 ? ",a\n" : ",b\n");
        const QString data = path("impurity.csv");
        QFile file(data);
        QVERIFY(file.open(QFile::WriteOnly) && file.write(text) == text.size());
        file.close();
        for (const char* learner : {"decision_tree", "random_forest"}) {
            const QString target = QStringLiteral("train %1 --learner %2 --features x --json --target ").arg(data, QLatin1String(learner));
            const Run classes = run((target + QStringLiteral("kind --set criterion=entropy")).split(u' '));
            QVERIFY2(classes.exitCode == 0, classes.err.constData());
            QCOMPARE(classes.json()["hyperparameters"]["criterion"].get<std::string>(), std::string("entropy"));
            const Run refused = run((target + QStringLiteral("y --set criterion=entropy")).split(u' '));
            QCOMPARE(refused.exitCode, 1);
            QVERIFY2(refused.err.contains("criterion does nothing for regression"), refused.err.constData());
            const Run numbers = run((target + QStringLiteral("y")).split(u' '));
            QVERIFY2(numbers.exitCode == 0, numbers.err.constData());
            QVERIFY(!numbers.json()["hyperparameters"].contains("criterion"));
        }
        const QString search = QStringLiteral("search %1 --learner decision_tree --features x --target y --folds 2 --json ").arg(data);
        const Run refused = run((search + QStringLiteral("--grid criterion=gini,entropy")).split(u' '));
        QCOMPARE(refused.exitCode, 1);
        QVERIFY2(refused.err.contains("criterion does nothing for regression"), refused.err.constData());
        const Run drawn = run((search + QStringLiteral("--random 3")).split(u' '));
        QVERIFY2(drawn.exitCode == 0, drawn.err.constData());
        QVERIFY(!drawn.out.contains("criterion"));
    }

    void rowsKeptBack_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::newRow("the last of the file") << "--test-rows last --features x";
        QTest::newRow("the last by a column") << "--test-rows last --time day --features x";
        QTest::newRow("whole groups") << "--test-rows grouped --group who --features x";
    }

    /// Six rows lie on a line and two do not: only without those two is nothing left over.
    void rowsKeptBack()
    {
        QFETCH(QString, flags);
        QByteArray text = "x,y,day,who\n";
        for (int i = 0; i < 8; ++i)
            text += QByteArray::number(i) + ',' + QByteArray::number(i < 6 ? 2 * i : 40 - i) + ',' + QByteArray::number(100 + i) + (i < 6 ? ",a\n" : ",b\n");
        const QString data = path("kept_back.csv");
        QFile file(data);
        QVERIFY(file.open(QFile::WriteOnly) && file.write(text) == text.size());
        file.close();
        const Run trained = run(QStringLiteral("train %1 --target y --learner linear_regression --test-fraction 0.25 --json %2").arg(data, flags).split(u' '));
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        const ordered_json json = trained.json();
        QCOMPARE(json["rows_test"].get<int>(), 2);
        QVERIFY(json["metrics"]["train"]["max_error"].get<double>() < 1e-12);
        QVERIFY(json["metrics"]["test"]["max_error"].get<double>() > 10);
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QByteArray>("word");
        const QString line = path("line.csv");
        const auto train = [&](const char* rest) { return QStringLiteral("train ") + line + QLatin1Char(' ') + QString::fromUtf8(rest); };
        QTest::newRow("no such file") << QStringLiteral("train nowhere.csv --target y --learner decision_tree") << QByteArray("nowhere.csv");
        QTest::newRow("a folder") << QStringLiteral("train %1 --target y --learner decision_tree").arg(m_folder.path()) << QByteArray("folder");
        QTest::newRow("no such target") << train("--target z --learner linear_regression") << QByteArray("\"z\"");
        QTest::newRow("no such feature") << train("--target y --features x,w --learner linear_regression") << QByteArray("\"w\"");
        QTest::newRow("whole classes kept back") << QStringLiteral("train %1 --target species --learner decision_tree --test-fraction 0.3 --test-rows grouped --group species").arg(QString::fromUtf8(sample("penguins.csv")))
                                                 << QByteArray("another column");
        QTest::newRow("no such learner") << train("--target y --learner oracle") << QByteArray("decision_tree");
        QTest::newRow("no such hyperparameter") << train("--target y --learner ridge_regression --set beta=1") << QByteArray("alpha");
        QTest::newRow("hyperparameter out of range") << train("--target y --learner ridge_regression --set alpha=-1") << QByteArray("alpha");
        QTest::newRow("hyperparameter no number") << train("--target y --learner ridge_regression --set alpha=much") << QByteArray("alpha");
        QTest::newRow("hyperparameter twice") << train("--target y --learner ridge_regression --set alpha=1 --set alpha=2") << QByteArray("\"alpha\" is set twice, to 1 and to 2: once is enough.");
        QTest::newRow("type twice") << train("--target y --learner linear_regression --type x=number --type x=category") << QByteArray("\"x\" is given a type twice, number and category: once is enough.");
        QTest::newRow("wrong task") << train("--target y --learner logistic_regression") << QByteArray("another learner");
        QTest::newRow("no such folder") << train("--target y --learner linear_regression --save /no/such/folder/m.model.json") << QByteArray("folder");
        QTest::newRow("no model") << QStringLiteral("show nowhere.model.json") << QByteArray("nowhere.model.json");
        QTest::newRow("a table as a model") << QStringLiteral("show ") + line << QByteArray("cannot be opened as a model");
        QTest::newRow("predict without a model") << QStringLiteral("predict %1 %1").arg(line) << QByteArray("cannot be opened as a model");
    }

    void refusals()
    {
        QFETCH(QString, arguments);
        QFETCH(QByteArray, word);
        verifyRefused(run(arguments.split(QLatin1Char(' '))), word);
        verifyRefused(run(arguments.split(QLatin1Char(' ')) + QStringList{QStringLiteral("--json")}), word);
    }

    void learnersAsJson()
    {
        const Run listed = run(words("learners --json"));
        QCOMPARE(listed.exitCode, 0);
        QVERIFY(listed.err.isEmpty());
        const ordered_json list = listed.json()["learners"];
        QCOMPARE(list.size(), learners().size());
        for (std::size_t i = 0; i < list.size(); ++i) {
            QCOMPARE(list[i]["id"].get<std::string>(), learners()[i].id);
            QCOMPARE(list[i]["hyperparameters"].size(), learners()[i].table.size());
            QCOMPARE(list[i]["objective"].get<std::string>(), learners()[i].objective);
            QVERIFY(run({QStringLiteral("learners")}).out.contains(learners()[i].id.c_str()));
            QVERIFY(run({QStringLiteral("learners")}).out.contains(learners()[i].objective.c_str()));
        }
    }

    /// The README's table of learners is the registry's, printed; a new learner is not forgotten there.
    void readmeListsTheLearners()
    {
        const Run listed = run(words("learners --markdown"));
        QCOMPARE(listed.exitCode, 0);
        QCOMPARE(listed.out.count('\n'), qsizetype(learners().size()) + 2);
        QFile readme(QStringLiteral(MODELARIUM_SOURCE_DIR "/README.md"));
        QVERIFY(readme.open(QFile::ReadOnly));
        QVERIFY2(readme.readAll().contains(listed.out), "Put what \"modelarium-cli learners --markdown\" prints into README.md.");
    }

    void trainAsJson()
    {
        const Run trained = run({QStringLiteral("train"), path("line.csv"), QStringLiteral("--target"), QStringLiteral("y"), QStringLiteral("--learner"),
                                 QStringLiteral("linear_regression"), QStringLiteral("--test-fraction"), QStringLiteral("0.25"), QStringLiteral("--json")});
        QCOMPARE(trained.exitCode, 0);
        const ordered_json document = trained.json();
        QCOMPARE(keysOf(document), (std::vector<std::string>{"learner", "hyperparameters", "features", "target", "task", "rows_train", "rows_test", "parameters",
                                                             "parameters_in_data_units", "equation", "loss", "steps", "metrics", "seconds", "preparation", "prepared_features", "notices"}));
        QCOMPARE(document["learner"].get<std::string>(), std::string("linear_regression"));
        QCOMPARE(document["hyperparameters"]["intercept"].get<bool>(), true);
        QCOMPARE(document["features"].dump(), std::string("[\"x\"]"));
        QCOMPARE(document["target"].get<std::string>(), std::string("y"));
        QCOMPARE(document["task"].get<std::string>(), std::string("regression"));
        QCOMPARE(document["rows_train"].get<int>(), 15);
        QCOMPARE(document["rows_test"].get<int>(), 5);
        QCOMPARE(document["parameters"]["shape"].get<std::string>(), std::string("linear"));
        QCOMPARE(document["parameters_in_data_units"].dump(), std::string("[{\"name\":\"(intercept)\",\"value\":1.0},{\"name\":\"x\",\"value\":2.0}]"));
        QCOMPARE(document["equation"].get<std::string>(), std::string("y = 2 x + 1"));
        QCOMPARE(document["steps"].get<int>(), 1);
        QVERIFY(document["loss"].is_number() && document["seconds"].is_number());
        QCOMPARE(keysOf(document["metrics"]), (std::vector<std::string>{"train", "test"}));
        QCOMPARE(document["metrics"]["test"]["r2"].get<double>(), 1.0);
    }

    void preparesInOrder()
    {
        QStringList arguments = words("--target y --learner linear_regression --impute median --step bin:quantiles,3@x --step standardise --json");
        arguments.prepend(path("line.csv"));
        arguments.prepend(QStringLiteral("train"));
        const Run trained = run(arguments);
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        const ordered_json document = trained.json();
        std::vector<std::string> steps;
        for (const auto& step : document["preparation"])
            steps.push_back(step["step"].get<std::string>());
        QCOMPARE(steps, (std::vector<std::string>{"impute", "bin", "standardise"}));
        // The lowest of the three intervals is the level that the others are compared with, as the learner asks.
        QCOMPARE(document["prepared_features"].size(), std::size_t(2));
        QCOMPARE(document["preparation"][1]["rows"].get<int>(), document["rows_train"].get<int>());
        QVERIFY(document.contains("equation_note"));
    }

    void badStepsAreRefused_data()
    {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("says");
        QTest::newRow("no such step") << "magic" << "there are impute";
        QTest::newRow("no such option") << "bin:corners=3" << "its options are";
        QTest::newRow("out of range") << "bin:bins=1" << "bins";
        QTest::newRow("no such column") << "log@weight" << "weight";
        QTest::newRow("an open quote") << "log@\"x" << "quote";
    }

    void badStepsAreRefused()
    {
        QFETCH(QString, step);
        QFETCH(QString, says);
        const Run trained = run({QStringLiteral("train"), path("line.csv"), QStringLiteral("--target"), QStringLiteral("y"), QStringLiteral("--learner"),
                                 QStringLiteral("linear_regression"), QStringLiteral("--step"), step});
        QVERIFY(trained.exitCode == 1 || trained.exitCode == 2);
        QVERIFY2(QString::fromUtf8(trained.err).contains(says), trained.err.constData());
        QVERIFY(trained.out.isEmpty());
    }

    void listsTheSteps()
    {
        const Run listed = run({QStringLiteral("steps"), QStringLiteral("--json")});
        QCOMPARE(listed.exitCode, 0);
        const ordered_json document = listed.json();
        QCOMPARE(document["steps"].size(), std::size_t(10));
        for (const auto& step : document["steps"])
            QVERIFY(!step["help"].get<std::string>().empty());
    }

    void everyLearnerTrains_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("target");
        for (const LearnerInfo& learner : learners())
            for (const Task task : learner.tasks)
                if (hasTarget(task))                        // the others are in tst_cli_clustering.cpp and tst_cli_projection.cpp
                    QTest::addRow("%s, %s", learner.id.c_str(), std::string(taskName(task)).c_str())
                        << QString::fromStdString(learner.id) << (task == Task::Regression ? QStringLiteral("body_mass_g") : QStringLiteral("species"));
    }

    /// From a table with missing cells and categories: train, save, show, predict, evaluate; no number is lost on the way.
    void everyLearnerTrains()
    {
        QFETCH(QString, id);
        QFETCH(QString, target);
        const QString data = QString::fromUtf8(sample("penguins.csv")), model = path("penguins.model.json"), answers = path("answers.csv");
        const QStringList train = {QStringLiteral("train"), data, QStringLiteral("--target"), target, QStringLiteral("--learner"), id, QStringLiteral("--scale"),
                                   QStringLiteral("standard"), QStringLiteral("--test-fraction"), QStringLiteral("0.3"), QStringLiteral("--seed"), QStringLiteral("4"),
                                   QStringLiteral("--save"), model, QStringLiteral("--json")};
        const Run trained = run(train);
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        QVERIFY2(!trained.out.contains("null"), trained.out.constData());
        ordered_json first = trained.json(), second = run(train).json();
        first.erase("seconds");
        second.erase("seconds");
        QCOMPARE(second.dump(), first.dump());

        const Run shown = run({QStringLiteral("show"), model, QStringLiteral("--json")});
        QCOMPARE(shown.exitCode, 0);
        QCOMPARE(shown.json()["parameters"].dump(), first["parameters"].dump());
        QVERIFY(shown.json().contains("equation") && shown.json().contains("provenance") && shown.json().contains("certificate"));
        const Run read = run({QStringLiteral("show"), model});
        QCOMPARE(read.exitCode, 0);
        QVERIFY2(read.out.contains(" of penguins.csv, tested on "), read.out.constData());

        const Run predicted = run({QStringLiteral("predict"), model, data, QStringLiteral("--out"), answers});
        QVERIFY2(predicted.exitCode == 0, predicted.err.constData());
        QVERIFY(predicted.out.isEmpty());
        QFile file(answers);
        QVERIFY(file.open(QFile::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 345);
        QVERIFY2(lines[0].contains(target == QStringLiteral("species") ? ",prediction,probability_" : ",prediction"), lines[0].constData());

        const Run judged = run({QStringLiteral("evaluate"), model, data, QStringLiteral("--json")});
        QVERIFY2(judged.exitCode == 0, judged.err.constData());
        QVERIFY(judged.json()["metrics"].size() >= 4);
        QVERIFY(!judged.out.contains("null"));
    }

    /// What the model does not use, and what it uses, comes out as it went in: the answers stand behind it in the file's own way of writing.
    void showSaysWhatTheFileDoesNot_data()
    {
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("nothing") << QByteArray() << 0 << QByteArray("the file does not say");
        QTest::newRow("the data") << QByteArray("a.csv") << 0 << QByteArray("a.csv, tested on 4");
        QTest::newRow("the rows") << QByteArray() << 1200 << QByteArray("1,200 rows of data without a name, tested on 4");
        QTest::newRow("both") << QByteArray("a.csv") << 1200 << QByteArray("1,200 rows of a.csv, tested on 4");
    }

    /// What another program wrote need not know where the model comes from.
    void showSaysWhatTheFileDoesNot()
    {
        QFETCH(QByteArray, data);
        QFETCH(int, rows);
        QFETCH(QByteArray, line);
        const QString model = path("known.model.json"), odd = path("odd.model.json");
        const Run trained = run({QStringLiteral("train"), QString::fromUtf8(sample("penguins.csv")), QStringLiteral("--target"), QStringLiteral("species"),
                                 QStringLiteral("--learner"), QStringLiteral("decision_tree"), QStringLiteral("--save"), model});
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        QFile known(model);
        QVERIFY(known.open(QIODevice::ReadOnly));
        nlohmann::json document = nlohmann::json::parse(known.readAll().toStdString());
        document["provenance"]["data_name"] = data.toStdString();
        document["provenance"]["rows_train"] = rows;
        document["provenance"]["rows_test"] = 4;
        QFile file(odd);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray::fromStdString(test::signedText(document))) > 0);
        file.close();
        const Run shown = run({QStringLiteral("show"), odd});
        QVERIFY2(shown.exitCode == 0, shown.err.constData());
        const qsizetype at = shown.out.indexOf("learned from");
        QCOMPARE(shown.out.mid(at, shown.out.indexOf('\n', at) - at).mid(12).trimmed(), line);
    }

    void predictCopiesTheRowsAsTheyAre()
    {
        const QString model = path("copy.model.json");
        const QString training = file("copy.csv", "x,y\n1,3.5\n2,5.5\n3,7.5\n4,9.5\n");
        QCOMPARE(run({QStringLiteral("train"), training, QStringLiteral("--target"), QStringLiteral("y"), QStringLiteral("--learner"),
                      QStringLiteral("linear_regression"), QStringLiteral("--test-fraction"), QStringLiteral("0"), QStringLiteral("--save"), model}).exitCode, 0);
        const QStringList predict = {QStringLiteral("predict"), model, QStringLiteral("-")};
        const Run commas = run(predict, "share,code,x,price,gone\n10%,007,1e0,$5,NA\n 7.50%,08,+2,\"$1,000\",n/a\n");
        QVERIFY2(commas.exitCode == 0, commas.err.constData());
        QCOMPARE(commas.out, QByteArray("share,code,x,price,gone,prediction\n10%,007,1e0,$5,NA,3.5\n 7.50%,08,+2,\"$1,000\",n/a,5.5\n"));
        const Run semicolons = run(predict, "x;note\n1,0;a, b\n2,5;c\n");
        QVERIFY2(semicolons.exitCode == 0, semicolons.err.constData());
        QCOMPARE(semicolons.out, QByteArray("x;note;prediction\n1,0;a, b;3,5\n2,5;c;6,5\n"));
    }

    /// Answers written over the data would take them away.
    void predictKeepsItsInput()
    {
        const QByteArray rows = "x,y\n1,1\n2,3\n3,5\n4,7\n";
        const QString data = file("kept.csv", rows), model = path("kept.model.json"), link = path("link.csv"), roundabout = m_folder.filePath(QStringLiteral("../%1/kept.csv").arg(QDir(m_folder.path()).dirName()));
        QCOMPARE(run({QStringLiteral("train"), data, QStringLiteral("--target"), QStringLiteral("y"), QStringLiteral("--learner"), QStringLiteral("linear_regression"),
                      QStringLiteral("--save"), model}).exitCode, 0);
        QVERIFY(QFile::link(data, link));
        const auto bytes = [](const QString& name) {
            QFile one(name);
            return one.open(QIODevice::ReadOnly) ? one.readAll() : QByteArray();
        };
        const QByteArray numbers = bytes(model);
        for (const QString& out : {data, link, roundabout, model})
            verifyRefused(run({QStringLiteral("predict"), model, data, QStringLiteral("--out"), out}), "would take its place");
        verifyRefused(run({QStringLiteral("train"), data, QStringLiteral("--target"), QStringLiteral("y"), QStringLiteral("--learner"), QStringLiteral("linear_regression"),
                           QStringLiteral("--save"), link}), "would take its place");
        QCOMPARE(bytes(data), rows);
        QCOMPARE(bytes(model), numbers);
        const Run beside = run({QStringLiteral("predict"), model, data, QStringLiteral("--out"), path("beside.csv")});
        QVERIFY2(beside.exitCode == 0, beside.err.constData());
        QCOMPARE(run({QStringLiteral("predict"), model, data, QStringLiteral("--out"), path("beside.csv")}).exitCode, 0);     // answers may be made anew
    }

    void predictReadsStandardInput()
    {
        const QString model = path("line.model.json");
        QCOMPARE(run({QStringLiteral("train"), path("line.csv"), QStringLiteral("--target"), QStringLiteral("y"), QStringLiteral("--learner"),
                      QStringLiteral("linear_regression"), QStringLiteral("--save"), model}).exitCode, 0);
        const QStringList predict = {QStringLiteral("predict"), model, QStringLiteral("-")};
        const Run predicted = run(predict, "note,x\nhello,3\n\"a, b\",-1.5\n");
        QVERIFY2(predicted.exitCode == 0, predicted.err.constData());
        QCOMPARE(predicted.out, QByteArray("note,x,prediction\nhello,3,7\n\"a, b\",-1.5,-2\n"));

        verifyRefused(run(predict, "z\n3\n"), "\"x\"");
        verifyRefused(run(predict, "x\nfour\nfive\n"), "\"x\"");
        verifyRefused(run(predict, ""), "");
        const Run json = run(predict + QStringList{QStringLiteral("--json")}, "x\n3\n4\n");
        QCOMPARE(json.json()["predictions"].dump(), std::string("[7.0,9.0]"));
    }

    void aTamperedModelIsRefused()
    {
        QFile model(path("tampered.model.json"));
        QCOMPARE(run({QStringLiteral("train"), path("line.csv"), QStringLiteral("--target"), QStringLiteral("y"), QStringLiteral("--learner"),
                      QStringLiteral("linear_regression"), QStringLiteral("--save"), model.fileName()}).exitCode, 0);
        QVERIFY(model.open(QFile::ReadOnly));
        QByteArray bytes = model.readAll();
        model.close();
        bytes.replace("\"y\"", "\"z\"");
        file("tampered.model.json", bytes);
        for (const char* verb : {"show", "predict", "evaluate"}) {
            QStringList arguments = {QString::fromUtf8(verb), model.fileName()};
            if (verb != std::string("show"))
                arguments << path("line.csv");
            verifyRefused(run(arguments), "checksum");
        }
    }

    void flagsDecide()
    {
        const QString data = file("cars.csv", "cylinders;weight;mpg\n4;900,5;30\n4;950;29\n8;1900;\n8;1800;15\n6;;20\n6;1500;21\n4;1000;28\n8;2000;12\n");
        const QStringList base = {QStringLiteral("train"), data, QStringLiteral("--json"), QStringLiteral("--delimiter"), QStringLiteral(";"),
                                  QStringLiteral("--decimal"), QStringLiteral(",")};
        const Run asNumber = run(base + words("--target cylinders --learner decision_tree --features weight"));
        QVERIFY2(asNumber.exitCode == 0, asNumber.err.constData());
        QCOMPARE(asNumber.json()["task"].get<std::string>(), std::string("regression"));
        const Run asClass = run(base + words("--target cylinders --learner decision_tree --features weight --task classification"));
        QCOMPARE(asClass.json()["task"].get<std::string>(), std::string("classification"));
        QCOMPARE(asClass.json()["rows_train"].get<int>(), 8);

        const Run withoutTarget = run(base + words("--target mpg --learner linear_regression --impute median"));
        QCOMPARE(withoutTarget.json()["rows_train"].get<int>(), 7);
        QVERIFY2(withoutTarget.err.contains("1 row"), withoutTarget.err.constData());
        verifyRefused(run(base + words("--target mpg --learner linear_regression --impute refuse")), "Row 5");

        const Run settings = run(base + words("--target mpg --learner decision_tree --set max_depth=1 --set min_samples_leaf=2"));
        QVERIFY2(settings.exitCode == 0, settings.err.constData());
        QCOMPARE(settings.json()["hyperparameters"]["max_depth"].get<int>(), 1);
        QCOMPARE(settings.json()["hyperparameters"]["min_samples_leaf"].get<int>(), 2);

        const Run unscaled = run(base + words("--target mpg --learner k_nearest_neighbors --set k=2"));
        QVERIFY2(unscaled.err.contains("--scale standard"), unscaled.err.constData());
        QVERIFY(!run(base + words("--target mpg --learner k_nearest_neighbors --set k=2 --scale standard")).err.contains("--scale"));
    }

    /// What the receipt asks, a flag answers.
    void aPersonOverrulesTheImporter_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("cells");
        QTest::newRow("decimal comma") << QByteArray("a;b\n1,234;2\n") << "--decimal ." << "[[1234.0,2.0]]";
        QTest::newRow("decimal point") << QByteArray("a;b\n1.234;2\n") << "--decimal ," << "[[1234.0,2.0]]";
        QTest::newRow("header") << QByteArray("1,2\n3,4\n") << "--header" << "[[3.0,4.0]]";
        QTest::newRow("no header") << QByteArray("a,b\nc,d\n") << "--no-header" << "[[\"a\",\"b\"],[\"c\",\"d\"]]";
        QTest::newRow("day first") << QByteArray("d,x\n01/02/2024,1\n") << "--dates day-first" << "[[\"2024-02-01\",1.0]]";
        QTest::newRow("month first") << QByteArray("d;x\n01/02/2024;1\n") << "--dates month-first" << "[[\"2024-01-02\",1.0]]";
        QTest::newRow("long number as text") << QByteArray("id,x\n12345678901234567891,1\n") << "--type id=text" << "[[\"12345678901234567891\",1.0]]";
        QTest::newRow("identifier as number") << QByteArray("id,x\n007,1\n") << "--type id=number --type x=category" << "[[7.0,\"1\"]]";
    }

    void aPersonOverrulesTheImporter()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, flags);
        QFETCH(QString, cells);
        const Run seen = run(QStringList{QStringLiteral("inspect"), QStringLiteral("-"), QStringLiteral("--json")} + flags.split(QLatin1Char(' ')), text);
        QVERIFY2(seen.exitCode == 0, seen.err.constData());
        QCOMPARE(QString::fromStdString(seen.json()["data"].dump()), cells);
    }

    void aTypeMustBeOne()
    {
        for (const char* type : {"x=colour", "x", "x=", "x=empty"}) {
            const Run wrong = run({QStringLiteral("inspect"), path("line.csv"), QStringLiteral("--type"), QString::fromUtf8(type)});
            QCOMPARE(wrong.exitCode, 2);
            QVERIFY2(wrong.err.contains("name=type"), wrong.err.constData());
        }
        verifyRefused(run({QStringLiteral("inspect"), path("line.csv"), QStringLiteral("--type"), QStringLiteral("q=text")}), "\"q\"");
    }

    void anAnswerThatNobodyCanReadIsAFailure()
    {
        QProcess process;
        process.setStandardOutputFile(QStringLiteral("/dev/full"));
        process.start(QStringLiteral(MODELARIUM_CLI), {QStringLiteral("learners"), QStringLiteral("--json")});
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitCode(), 1);
        QVERIFY2(process.readAllStandardError().contains("Standard output"), "says what could not be written");
    }

    /// Names are those of the header, a comma in one of them included.
    void featuresAreNames()
    {
        const QString data = file("names.csv", "mass (g),\"len, [mm]\",len,t / s\n1,2,1,5\n2,3,5,4\n3,5,2,8\n4,4,4,1\n");
        const QStringList base = {QStringLiteral("train"), data, QStringLiteral("--target"), QStringLiteral("mass (g)"), QStringLiteral("--learner"),
                                  QStringLiteral("linear_regression"), QStringLiteral("--json"), QStringLiteral("--features")};
        const Run named = run(base + QStringList{QStringLiteral("t / s,len, [mm]")});
        QVERIFY2(named.exitCode == 0, named.err.constData());
        QCOMPARE(named.json()["features"].dump(), std::string("[\"t / s\",\"len, [mm]\"]"));
        QCOMPARE(run(base + QStringList{QStringLiteral("len,t / s")}).json()["features"].dump(), std::string("[\"len\",\"t / s\"]"));
        verifyRefused(run(base + QStringList{QStringLiteral("len,len")}), "twice");
        verifyRefused(run(base + QStringList{QStringLiteral("len, [cm]")}), "\" [cm]\"");
    }

    static QByteArray streamOf(int rows, int from = 0)
    {
        QByteArray text = "x,colour,y,kind\n";
        for (int i = from; i < from + rows; ++i) {
            const int x = i * 37 % 101, z = i * 53 % 97;
            text += QByteArray::number(x) + (i % 3 ? ",red," : ",blue,") + (i % 41 == 40 ? QByteArray() : QByteArray::number(2 * x + (i % 3 ? 5 : 0) + z * 0.01))
                + (x + z > 99 ? ",far\n" : ",near\n");
        }
        return text;
    }

    void onlineLearners_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("target");
        for (const LearnerInfo& learner : learners())
            for (const Task task : learner.tasks)
                if (learner.makeOnline)
                    QTest::addRow("%s, %s", learner.id.c_str(), std::string(taskName(task)).c_str())
                        << QString::fromStdString(learner.id) << (task == Task::Regression ? QStringLiteral("y") : QStringLiteral("kind"));
    }

    /// In one stream, from a pipe, or in two parts: the same model. Frozen, it predicts and learns no more.
    void onlineLearners()
    {
        QFETCH(QString, id);
        QFETCH(QString, target);
        const QString all = file("all.csv", streamOf(3000)), part = file("part.csv", streamOf(1300)), rest = file("rest.csv", streamOf(1700, 1300));
        const QString whole = path("whole.model.json"), half = path("half.model.json"), second = path("second.model.json"), skipped = path("skipped.model.json");
        const QStringList flags = {QStringLiteral("--online"), QStringLiteral("--first-rows"), QStringLiteral("500"), QStringLiteral("--target"), target,
                                   QStringLiteral("--learner"), id, QStringLiteral("--scale"), QStringLiteral("standard"), QStringLiteral("--save")};
        const Run run1 = run(QStringList{QStringLiteral("train"), all} + flags + QStringList{whole, QStringLiteral("--json")});
        QVERIFY2(run1.exitCode == 0, run1.err.constData());
        QVERIFY2(run1.err.contains("500 rows: ") && run1.err.contains("of the last"), run1.err.constData());
        const ordered_json document = run1.json();
        QCOMPARE(document["rows_read"].get<int>(), 3000);
        QCOMPARE(document["rows_learned"].get<int>(), target == QStringLiteral("y") ? 2927 : 3000);
        const ordered_json& score = document["metrics"]["prequential"];
        if (target == QStringLiteral("y"))
            QVERIFY(score.contains("r2") && score.contains("rmse") && score.contains("mae") && score.contains("max_error"));
        else                                        // the perceptron decides, and tells no probability that could be scored
            QVERIFY(score.contains("accuracy") && score.contains("log_loss") == (id != QStringLiteral("perceptron")));
        QVERIFY(document.contains("equation") && document.contains("parameters_in_data_units"));

        const auto parametersOf = [](const QString& model) {
            ordered_json shown = run({QStringLiteral("show"), model, QStringLiteral("--json")}).json();
            return shown["parameters"].dump() + shown["online_state"].dump() + shown["certificate"].dump() + shown["metrics"].dump();
        };
        QCOMPARE(document["parameters"].dump(), run({QStringLiteral("show"), whole, QStringLiteral("--json")}).json()["parameters"].dump());
        const Run piped = run(QStringList{QStringLiteral("train"), QStringLiteral("-")} + flags + QStringList{second}, streamOf(3000));
        QVERIFY2(piped.exitCode == 0, piped.err.constData());
        QVERIFY2(piped.out.contains("each seen once"), piped.out.constData());
        QCOMPARE(parametersOf(second), parametersOf(whole));

        QCOMPARE(run(QStringList{QStringLiteral("train"), part} + flags + QStringList{half}).exitCode, 0);
        const QStringList resume = {QStringLiteral("--online"), QStringLiteral("--resume"), half, QStringLiteral("--save")};
        const Run resumed = run(QStringList{QStringLiteral("train"), rest} + resume + QStringList{second});
        QVERIFY2(resumed.exitCode == 0, resumed.err.constData());
        QCOMPARE(parametersOf(second), parametersOf(whole));
        const Run again = run(QStringList{QStringLiteral("train"), all} + resume + QStringList{skipped, QStringLiteral("--skip-learned")});
        QVERIFY2(again.exitCode == 0, again.err.constData());
        QCOMPARE(parametersOf(skipped), parametersOf(whole));

        const QString frozen = path("frozen.model.json");
        QVERIFY(run({QStringLiteral("show"), whole}).out.contains("can learn on: ") && !run({QStringLiteral("show"), whole}).out.contains("frozen"));
        // The one that can learn on is not written over.
        verifyRefused(run({QStringLiteral("freeze"), whole, QStringLiteral("--save"), whole}), "would take its place");
        const Run freezing = run({QStringLiteral("freeze"), whole, QStringLiteral("--save"), frozen, QStringLiteral("--json")});
        QCOMPARE(freezing.exitCode, 0);
        QCOMPARE(keysOf(freezing.json()), (std::vector<std::string>{"saved", "was_learning", "learner", "rows_train", "equation", "notices"}));
        QVERIFY(freezing.json()["was_learning"].get<bool>() && freezing.json()["notices"].empty());
        const Run twice = run({QStringLiteral("freeze"), frozen, QStringLiteral("--save"), path("twice.model.json"), QStringLiteral("--json")});
        QVERIFY2(twice.exitCode == 0 && !twice.json()["was_learning"].get<bool>(), twice.err.constData());
        QCOMPARE(twice.json()["notices"][0].get<std::string>(), std::string("The model was frozen already."));
        QVERIFY(run({QStringLiteral("show"), frozen}).out.contains("frozen"));
        QVERIFY(!run({QStringLiteral("show"), frozen, QStringLiteral("--json")}).json().contains("online_state"));
        verifyRefused(run({QStringLiteral("train"), rest, QStringLiteral("--online"), QStringLiteral("--resume"), frozen}), "frozen");
        const Run one = run({QStringLiteral("predict"), frozen, part}), two = run({QStringLiteral("predict"), whole, part});
        QCOMPARE(one.exitCode, 0);
        QCOMPARE(one.out, two.out);
        QCOMPARE(run({QStringLiteral("evaluate"), frozen, part, QStringLiteral("--json")}).exitCode, 0);
    }

    void onlineRefusals()
    {
        const QString data = file("all.csv", streamOf(600)), line = path("line.csv");
        const auto online = [&](const char* rest) { return run(QStringList{QStringLiteral("train"), data, QStringLiteral("--online")} + words(rest)); };
        verifyRefused(online("--target y --learner decision_tree"), "linear_regression");
        verifyRefused(online("--target z --learner linear_regression"), "\"z\"");
        verifyRefused(online("--target y --learner linear_regression --set solver=exact"), "plays no part");
        verifyRefused(online("--target kind --learner linear_regression"), "another learner");
        verifyRefused(online("--resume nowhere.model.json"), "nowhere.model.json");
        verifyRefused(run(words("train nowhere.csv --online --target y --learner linear_regression")), "nowhere.csv");
        verifyRefused(run(words("train - --online --target y --learner linear_regression")), "empty");
        for (const char* wrong : {"--target y --learner linear_regression --test-fraction 0.2", "--target y --learner linear_regression --first-rows 0",
                                  "--target y --learner linear_regression --save-every 10", "--learner linear_regression", "--target y",
                                  "--target y --learner linear_regression --skip-learned", "--target kind --learner logistic_regression --threshold 0.2", "--target y --learner linear_regression --inference",
                                  "--target y --learner linear_regression --diagnostics", "--target y --learner linear_regression --level 0.9", "--resume a.model.json --step log", "--resume a.model.json --target y", "--resume a.model.json --seed 2"})
            QVERIFY2(online(wrong).exitCode == 2, wrong);
        QVERIFY(run(QStringList{QStringLiteral("train"), data, QStringLiteral("--resume"), line}).exitCode == 2);
        // What the model needs, it names: no person spoke of types.
        const QString some = path("some.model.json");
        QCOMPARE(run(QStringLiteral("train - --online --target y --learner linear_regression --save ").split(QLatin1Char(' '), Qt::SkipEmptyParts) + QStringList{some},
                     "x,d,y\n" + QByteArray("1,2,3\n2,5,4\n3,3,9\n").repeated(20)).exitCode, 0);
        const QStringList goOn = QStringList{QStringLiteral("train"), QStringLiteral("-"), QStringLiteral("--online"), QStringLiteral("--resume"), some};
        verifyRefused(run(goOn, "x,y\n1,2\n2,3\n"), "The data have no column \"d\", which the model needs.");
        verifyRefused(run(goOn + QStringList{QStringLiteral("--type"), QStringLiteral("z=number")}, "x,d,y\n1,2,3\n"), "to give a type to");
        verifyRefused(run({QStringLiteral("freeze"), line, QStringLiteral("--save"), path("no.model.json")}), "cannot be opened as a model");

        // A class that only comes later is named, with the row and the way out; what was learned before it is kept.
        const QByteArray late = "x,c\n" + QByteArray("1,a\n2,b\n").repeated(100) + "3,new\n";
        const QString model = path("late.model.json");
        const QStringList train = words("train - --online --first-rows 50 --target c --learner perceptron --scale standard --save") + QStringList{model};
        verifyRefused(run(train, late), "Row 201 of");
        QCOMPARE(run({QStringLiteral("show"), model, QStringLiteral("--json")}).json()["provenance"]["rows_train"].get<int>(), 200);
        const Run named = run(train + words("--classes new,a,b"), late);
        QVERIFY2(named.exitCode == 0, named.err.constData());
        QCOMPARE(run({QStringLiteral("show"), model, QStringLiteral("--json")}).json()["target"]["classes"].dump(), std::string("[\"new\",\"a\",\"b\"]"));
        verifyRefused(run(train, "x,c\n" + QByteArray("1,a\n").repeated(60) + "2,b\n"), "--classes");
    }

    /// Progress at the rows asked for, saves on the way, and a stop that keeps what was learned.
    void aStreamWithoutEnd()
    {
        const QString model = path("endless.model.json");
        QProcess process;
        process.start(QStringLiteral(MODELARIUM_CLI), words("train - --online --first-rows 100 --target y --learner linear_regression --progress 250 --save-every 300 --save")
                                                          + QStringList{model});
        process.write(streamOf(1000) + "5,re");
        QVERIFY(process.waitForBytesWritten(10000));
        QByteArray err;
        process.setReadChannel(QProcess::StandardError);
        while (!err.contains("1,000 rows: ") && process.waitForReadyRead(20000))
            err += process.readAllStandardError();
        QVERIFY2(err.contains("1,000 rows: "), err.constData());
        QVERIFY2(err.contains("250 rows: ") && err.contains("750 rows: ") && !err.contains("300 rows: "), err.constData());
        QVERIFY(QFile::exists(model));
        QCOMPARE(run({QStringLiteral("show"), model, QStringLiteral("--json")}).json()["online_state"]["counts"]["read"].get<int>(), 900);
        process.terminate();
        QVERIFY(process.waitForFinished(20000));
        QCOMPARE(process.exitCode(), 0);
        QVERIFY(process.readAllStandardError().contains("Stopped after 1,000 rows"));
        QCOMPARE(run({QStringLiteral("show"), model, QStringLiteral("--json")}).json()["online_state"]["counts"]["read"].get<int>(), 1000);
    }

    void inspectAsJson()
    {
        const Run seen = run({QStringLiteral("inspect"), QStringLiteral("-"), QStringLiteral("--rows"), QStringLiteral("2"), QStringLiteral("--json")}, "a;b\n1,5;x\n;y\n2;x\n");
        QCOMPARE(seen.exitCode, 0);
        const ordered_json document = seen.json();
        for (const char* key : {"rows", "columns", "delimiter", "decimal", "encoding", "header", "receipt", "data"})
            QVERIFY2(document.contains(key), key);
        QCOMPARE(document["rows"].get<int>(), 3);
        QCOMPARE(document["data"].dump(), std::string("[[1.5,\"x\"],[null,\"y\"]]"));
        for (const char* key : {"name", "type", "missing", "distinct", "min", "max", "mean"})
            QVERIFY2(document["columns"][0].contains(key), key);
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
