#include "core/data/csv_reader.h"
#include "core/learn/plan_split.h"
#include "tests/support/cli_run.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <vector>

using namespace modelarium;
using cli::Run;
using cli::run;
using nlohmann::ordered_json;

namespace {

/// Gaps in a number and in a category.
const QByteArray withGaps = "a,c,y\n1,u,1\n2,,2\n,v,3\n4,v,4\n5,u,5\n6,u,6\n7,u,7\n8,v,8\n";
/// No gaps, and no categories.
const QByteArray numbersOnly = "a,b,y\n1,5,1\n2,3,2\n3,4,3\n4,1,4\n5,2,5\n6,8,6\n";

QStringList train(const QString& flags)
{
    return (QStringLiteral("train - --target y --learner linear_regression --test-fraction 0 --json ") + flags).split(QLatin1Char(' '));
}

/// A number and a category for a class; from row 300 on the category is "new".
QByteArray streamWithNewCategory()
{
    QByteArray text = "x,c,k\n";
    for (int i = 0; i < 400; ++i)
        text += QByteArray::number(i * 37 % 101) + ',' + (i >= 299 ? "new" : i % 3 ? "u" : "v") + ',' + (i * 37 % 101 > 50 ? "yes" : "no") + '\n';
    return text;
}

/// 40 rows of two numbers and a category for a class; the category of the named rows is a word that no other row has.
QByteArray classesWithWords(const std::vector<int>& rows)
{
    QByteArray text = "a,b,c,k\n";
    for (int i = 0; i < 40; ++i) {
        const bool isNew = std::find(rows.begin(), rows.end(), i) != rows.end();
        text += QByteArray::number(i * 7 % 13) + ".5," + QByteArray::number(i * 11 % 17) + ',' + (isNew ? "w" + QByteArray::number(i) : QByteArray(i % 3 ? "u" : "v")) + ','
            + ((i * 7 % 13 > 6) != (i % 5 == 0) ? "yes" : "no") + '\n';
    }
    return text;
}

} // namespace

/// What the command line says about the steps of a preparation, and what it does then.
class TestCliPreparation : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

private Q_SLOTS:
    void constants_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("not given") << "--impute constant" << withGaps << QByteArray("\"a\" cannot become a constant that is not given");
        QTest::newRow("empty") << "--impute constant=" << withGaps << QByteArray("a constant that is not given");
        QTest::newRow("a word for numbers") << "--impute constant=abc" << withGaps << QByteArray("cannot become \"abc\", which is not a finite number");
        QTest::newRow("a word where nothing is missing") << "--impute constant=abc" << numbersOnly << QByteArray("not a finite number");
        QTest::newRow("the same as a step") << "--step impute:constant=abc" << withGaps << QByteArray("not a finite number");
        QTest::newRow("the same for a column") << "--step impute:constant@a" << withGaps << QByteArray("a constant that is not given");
    }

    void constants()
    {
        QFETCH(QString, flags);
        QFETCH(QByteArray, data);
        QFETCH(QByteArray, says);
        const Run refused = run(train(flags), data);
        QCOMPARE(refused.exitCode, 1);
        QVERIFY2(refused.err.contains(says) && refused.err.trimmed().endsWith('.'), refused.err.constData());
    }

    void filledWith_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("number");
        QTest::addColumn<QString>("category");
        QTest::addColumn<bool>("isSaid");
        QTest::newRow("a number leaves categories to the habit, and says so") << "--impute constant=5" << "5.0" << "\"u\"" << true;
        QTest::newRow("a step for the category") << "--impute constant=5 --step impute:constant=5@c" << "5.0" << "\"5\"" << false;
        QTest::newRow("a word, and a step for the numbers") << "--impute constant=none --step impute:constant=0" << "0.0" << "\"none\"" << false;
        QTest::newRow("a word, and the mean") << "--impute constant=none --step impute:median" << "5.0" << "\"none\"" << false;
    }

    void filledWith()
    {
        QFETCH(QString, flags);
        QFETCH(QString, number);
        QFETCH(QString, category);
        QFETCH(bool, isSaid);
        const Run trained = run(train(flags), withGaps);
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        const ordered_json columns = trained.json()["preparation"][0]["columns"];
        QCOMPARE(QString::fromStdString(columns[0]["value"].dump()), number);
        QCOMPARE(QString::fromStdString(columns[1]["value"].dump()), category);
        QCOMPARE(trained.err.contains("The constant 5 is for numbers: missing cells of \"c\" become the most frequent category."), isSaid);
    }

    void optionsAreGivenOnce_data()
    {
        QTest::addColumn<QString>("step");
        QTest::newRow("named twice") << "minmax:low=0,low=1";
        QTest::newRow("by place, then named") << "minmax:0,low=1";
        QTest::newRow("a text") << "impute:constant=1,constant=2";
        QTest::newRow("a yes, then named") << "polynomial:interactions,interactions=no";
    }

    void optionsAreGivenOnce()
    {
        QFETCH(QString, step);
        const Run refused = run(train(QStringLiteral("--step ") + step), numbersOnly);
        QVERIFY(refused.exitCode != 0);
        QVERIFY2(refused.err.contains("twice: once is enough"), refused.err.constData());
    }

    void choicesThatContradict_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QByteArray>("says");               // empty: they go together
        QTest::newRow("a column twice") << "--step impute:mean@a --step impute:median@a" << QByteArray("\"a\" is named by --step impute:mean@a and by --step impute:median@a: leave out one of the two.");
        QTest::newRow("its category twice") << "--step encode:ordinal@c --step encode:one_hot@c" << QByteArray("\"c\" is named by");
        QTest::newRow("all columns twice") << "--step impute:mean --step impute:median" << QByteArray("--step impute:median does nothing");
        QTest::newRow("a flag and a step") << "--impute mean --step impute:median" << QByteArray("--impute mean does nothing");
        QTest::newRow("a flag that comes first, and a step") << "--impute median,indicator --step impute:mean" << QByteArray("--step impute:mean does nothing");
        QTest::newRow("two numbers") << "--step impute:constant=0 --step impute:constant=1" << QByteArray("--step impute:constant=1 does nothing");
        QTest::newRow("levels and a word") << "--step impute:own_level --step impute:constant=none" << QByteArray("--step impute:constant=none does nothing");
        QTest::newRow("two encodings") << "--encode one_hot --step encode:ordinal" << QByteArray("--encode one_hot does nothing");
        QTest::newRow("the habit and a step") << "--step impute:median" << QByteArray();
        QTest::newRow("a number and a word") << "--step impute:constant=0 --step impute:constant=none" << QByteArray();
        QTest::newRow("a column and the others") << "--impute median --step impute:constant=0@a --encode ordinal --step encode:one_hot@c" << QByteArray();
        QTest::newRow("a step that computes twice") << "--step log:1@a --step log:1@a" << QByteArray();
    }

    /// Of two choices for the same cells the first would count, and the second do nothing.
    void choicesThatContradict()
    {
        QFETCH(QString, flags);
        QFETCH(QByteArray, says);
        const Run answer = run(train(flags), withGaps);
        QVERIFY2(answer.exitCode == (says.isEmpty() ? 0 : 1), answer.err.constData());
        QVERIFY2(answer.err.contains(says), answer.err.constData());
    }

    void otherFillsOfAStream_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QByteArray>("says");               // empty: nothing else is done than was asked for
        const QByteArray numbers = "cells of \"x\" that are missing in later rows become the mean. A further choice for missing numbers can say otherwise.";
        QTest::newRow("a word") << "--impute constant=none" << "The constant \"none\" is no number: " + numbers;
        QTest::newRow("a level") << "--impute own_level" << "Only categories have levels: " + numbers;
        QTest::newRow("a number") << "--impute constant=5" << QByteArray("The constant 5 is for numbers: cells of \"c\" that are missing in later rows become the most frequent category.");
        QTest::newRow("a word, and the median") << "--impute median --step impute:constant=none" << QByteArray("cells of \"x\" that are missing in later rows become the median.");
        QTest::newRow("a word and a number") << "--impute constant=none --step impute:constant=0" << QByteArray();
        QTest::newRow("a word, and a gap ends it") << "--impute refuse --step impute:constant=none" << QByteArray();
        QTest::newRow("the mean") << "--impute mean" << QByteArray();
        QTest::newRow("nothing") << "--scale none" << QByteArray();
    }

    /// Gaps that come late are filled otherwise than asked for, where what was asked for does not fit the column: then it is said.
    void otherFillsOfAStream()
    {
        QFETCH(QString, flags);
        QFETCH(QByteArray, says);
        const QString command = QStringLiteral("train - --online --first-rows 100 --target k --learner gaussian_naive_bayes --json ") + flags;
        const Run trained = run(command, streamWithNewCategory());
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        QCOMPARE(trained.err.contains("missing in later rows"), !says.isEmpty());
        QVERIFY2(trained.err.contains(says), trained.err.constData());
        const ordered_json notices = trained.json()["notices"];
        QCOMPARE(notices.size(), std::size_t(says.isEmpty() ? 1 : 2));
        if (!says.isEmpty())
            QVERIFY2(QByteArray::fromStdString(notices[0].get<std::string>()).contains(says), notices.dump().c_str());
        QVERIFY(notices.back().get<std::string>().starts_with("101 cells hold a category that the first rows did not"));
    }

    void otherFillsThanLevels()
    {
        const Run trained = run(train(QStringLiteral("--impute own_level")), withGaps);
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        const QByteArray says = "Only categories have levels: missing cells of \"a\" become the mean.";
        QVERIFY2(trained.err.contains(says) && trained.json()["notices"].dump().find("Only categories have levels") != std::string::npos, trained.err.constData());
        const Run streamed = run(QStringLiteral("train - --online --target y --learner linear_regression --impute own_level --json"), withGaps);
        QVERIFY2(streamed.err.contains(says), streamed.err.constData());
        // Beside a step that fills them there is nothing to say.
        QVERIFY(!run(train(QStringLiteral("--impute own_level --step impute:median")), withGaps).err.contains("Only categories"));
    }

    void productsNeedTwoColumns()
    {
        const Run one = run(train(QStringLiteral("--step polynomial:interactions@a")), numbersOnly);
        QVERIFY2(one.exitCode == 0 && one.err.contains("a product of different columns needs two"), one.err.constData());
        const Run two = run(train(QStringLiteral("--step polynomial:interactions@a,b")), numbersOnly);
        QVERIFY2(two.exitCode == 0 && !two.err.contains("changes nothing"), two.err.constData());
    }

    void emptyLists_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("nothing behind the sign") << "hidden_layers=" << true;
        QTest::newRow("the word none") << "hidden_layers=none" << true;
        QTest::newRow("a number is not empty") << "epochs=" << false;
        QTest::newRow("a choice is not empty") << "activation=" << false;
    }

    void emptyLists()
    {
        QFETCH(QString, setting);
        QFETCH(bool, isTaken);
        const QString flags = QStringLiteral(" - --target y --learner neural_network --json ");
        const Run trained = run(QStringLiteral("train") + flags + QStringLiteral("--set ") + setting, numbersOnly);
        QCOMPARE(trained.exitCode, isTaken ? 0 : 1);
        if (!isTaken) {
            QVERIFY2(trained.err.contains("is no value for"), trained.err.constData());
            return;
        }
        QCOMPARE(trained.json()["hyperparameters"]["hidden_layers"].dump(), run(QStringLiteral("train") + flags + QStringLiteral("--set hidden_layers=none"), numbersOnly).json()["hyperparameters"]["hidden_layers"].dump());
        const Run searched = run(QStringLiteral("search") + flags + QStringLiteral("--folds 2 --set epochs=2 --grid ") + setting, numbersOnly);
        QVERIFY2(searched.exitCode == 0, searched.err.constData());
    }

    void scoresOfAStream_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<int>("scoredFrom");
        QTest::addColumn<bool>("knowsItsRows");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("rows behind those that taught the scale") << "--scale standard --first-rows 100" << 101 << false << QByteArray("Scored from row 101");
        QTest::newRow("no other rows than those") << "--scale standard" << 1 << true << QByteArray("The score flatters");
        QTest::newRow("nothing learned") << "--features x --scale none" << 1 << false << QByteArray("each row before it was learned from");
    }

    void scoresOfAStream()
    {
        QFETCH(QString, flags);
        QFETCH(int, scoredFrom);
        QFETCH(bool, knowsItsRows);
        QFETCH(QByteArray, says);
        const QString command = QStringLiteral("train - --online --target k --learner gaussian_naive_bayes ") + flags;
        const Run text = run(command, streamWithNewCategory());
        QVERIFY2(text.exitCode == 0 && text.out.contains(says), text.out.constData());
        QCOMPARE(text.out.contains("flatters"), knowsItsRows);
        const ordered_json document = run(command + QStringLiteral(" --json"), streamWithNewCategory()).json();
        QCOMPARE(document["scored_from_row"].get<int>(), scoredFrom);
        QCOMPARE(document["score_knows_its_rows"].get<bool>(), knowsItsRows);
    }

    /// Only the words of rows kept back differ between the two files: what was learned does not.
    void wordsOfTestRowsTeachNothing_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::newRow("naive Bayes") << "--learner categorical_naive_bayes --features c";
        QTest::newRow("neighbours") << "--learner k_nearest_neighbors --scale standard";
        QTest::newRow("forest") << "--learner random_forest --set n_trees=5";
        QTest::newRow("logistic regression") << "--learner logistic_regression";
        QTest::newRow("numbered levels") << "--learner decision_tree --encode ordinal";
        QTest::newRow("a level of their own") << "--learner decision_tree --encode one_hot,unknown=own_level";
        QTest::newRow("drawn") << "--learner logistic_regression --test-rows random";
    }

    void wordsOfTestRowsTeachNothing()
    {
        QFETCH(QString, flags);
        const bool drawn = flags.contains(QStringLiteral("--test-rows"));
        const QString command = QStringLiteral("train - --target k --test-fraction 0.25 --json ") + flags + (drawn ? QString() : QStringLiteral(" --test-rows last"));
        const Run before = run(command, classesWithWords({}));
        QCOMPARE(before.exitCode, 0);
        QVERIFY2(!before.err.contains("hold a category"), before.err.constData());
        std::vector<int> tested;
        for (int i = 30; i < 40 && !drawn; ++i)
            tested.push_back(i);
        if (drawn) {
            const Table table = readCsvBytes(classesWithWords({}).toStdString())->table;
            TrainingPlan plan;
            plan.target = "k";
            plan.testFraction = 0.25;
            plan.holdOut.kind = HoldOutKind::AtRandom;
            const Split split = *planSplit(table, plan);
            tested.assign(split.test.begin(), split.test.end());
        }
        const Run after = run(command, classesWithWords(tested));
        QCOMPARE(after.exitCode, 0);
        QCOMPARE(after.json()["rows_test"].get<int>(), 10);
        for (const char* part : {"parameters", "equation", "prepared_features", "loss"})
            QCOMPARE(after.json()[part].dump(), before.json()[part].dump());
        const bool own = flags.contains(QStringLiteral("own_level"));
        const QByteArray told = "Note: 10 cells of the test rows hold a category that the training rows did not (such as \"w";
        QVERIFY2(after.err.contains(told) != own, after.err.constData());
        QCOMPARE(after.json()["notices"].dump().find("they count as missing") != std::string::npos, !own);
    }

    /// Words that a saved model does not know are told where its answers are: to a person and to a program.
    void newWordsAreTold()
    {
        const QString model = m_folder.filePath(QStringLiteral("words.model.json")), refusing = m_folder.filePath(QStringLiteral("refusing.model.json"));
        const QString train = QStringLiteral("train - --target k --learner logistic_regression --save ");
        QCOMPARE(run(train + model, classesWithWords({})).exitCode, 0);
        QCOMPARE(run(train + refusing + QStringLiteral(" --encode one_hot,unknown=refuse"), classesWithWords({})).exitCode, 0);
        const QByteArray rows = classesWithWords({4, 6, 39});
        const std::string told = "3 cells hold a category that the training rows did not (such as \"w4\" in row 5 of \"c\"): they count as missing.";
        for (const QString& verb : {QStringLiteral("predict"), QStringLiteral("evaluate")}) {
            for (const QString& json : {QString(), QStringLiteral(" --json")}) {
                const Run spoken = run(verb + u' ' + model + QStringLiteral(" -") + json, rows);
                QCOMPARE(spoken.exitCode, 0);
                QVERIFY2(spoken.err.contains(("Note: " + told).c_str()), spoken.err.constData());
                if (!json.isEmpty())
                    QCOMPARE(spoken.json()["notices"].dump(), ordered_json::array({told}).dump());
            }
            QVERIFY(!run(verb + u' ' + model + QStringLiteral(" -"), classesWithWords({})).err.contains("category"));
            const Run refused = run(verb + u' ' + refusing + QStringLiteral(" -"), rows);
            QCOMPARE(refused.exitCode, 1);
            QVERIFY2(refused.err.contains("Row 5 of \"c\" is \"w4\", which the model has never seen.") && refused.err.contains("let them count as missing"), refused.err.constData());
        }
    }

    void unknownCategoriesOfAStream_data()
    {
        QTest::addColumn<QString>("encode");
        QTest::addColumn<QString>("kept");
        QTest::addColumn<QByteArray>("says");
        const QByteArray missing = "101 cells hold a category that the first rows did not: they count as missing.";
        const QByteArray others = "they go to the level \"(other)\".";
        const QByteArray refused = "Row 300 of \"c\" is \"new\", which the model has never seen.";
        QTest::newRow("nothing said") << "one_hot" << "treat_as_missing" << missing;
        QTest::newRow("nothing said of numbered levels") << "ordinal" << "treat_as_missing" << missing;
        QTest::newRow("as missing") << "one_hot,unknown=as_missing" << "treat_as_missing" << missing;
        QTest::newRow("a level of their own") << "one_hot,unknown=own_level" << "own_level" << others;
        QTest::newRow("refused") << "one_hot,unknown=refuse" << "refuse" << refused;
    }

    void unknownCategoriesOfAStream()
    {
        QFETCH(QString, encode);
        QFETCH(QString, kept);
        QFETCH(QByteArray, says);
        const QString model = m_folder.filePath(QStringLiteral("stream.model.json"));
        const Run trained = run(QStringLiteral("train - --online --first-rows 100 --target k --learner gaussian_naive_bayes --encode %1 --save %2").arg(encode, model),
                                streamWithNewCategory());
        QCOMPARE(trained.exitCode, kept == QStringLiteral("refuse") ? 1 : 0);
        QVERIFY2(trained.err.contains(says), trained.err.constData());
        QCOMPARE(trained.err.contains("they count as missing"), kept == QStringLiteral("treat_as_missing"));
        QFile file(model);
        QVERIFY(file.open(QFile::ReadOnly));
        QCOMPARE(file.readAll().contains("\"unknown_category\": \"" + kept.toUtf8() + '"'), true);
    }
};

QTEST_GUILESS_MAIN(TestCliPreparation)
#include "tst_cli_preparation.moc"
