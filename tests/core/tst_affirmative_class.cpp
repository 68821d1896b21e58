#include "core/learn/training.h"
#include "core/model/affirmative_class.h"

#include <QTest>

using namespace modelarium;

/// Which of two classes comes second unasked.
class TestAffirmativeClass : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysYes_data()
    {
        QTest::addColumn<QString>("no");
        QTest::addColumn<QString>("yes");
        for (const auto& [no, yes] : {std::pair("no", "yes"), std::pair("False", "TRUE"), std::pair("off", "on"), std::pair("negative", "positive"), std::pair("Neg", "pos"),
                                      std::pair("absent", "present"), std::pair("0", "1"), std::pair("-", "+"), std::pair("not ill", "ill"), std::pair("No fraud", "fraud"),
                                      std::pair("non-smoker", "Smoker"), std::pair("without_defect", "defect")})
            QTest::addRow("%s", yes) << QString::fromUtf8(no) << QString::fromUtf8(yes);
    }

    void saysYes()
    {
        QFETCH(QString, no);
        QFETCH(QString, yes);
        const std::vector<std::string> expected{no.toStdString(), yes.toStdString()};
        for (const bool yesFirst : {false, true}) {
            std::vector<std::string> classes = yesFirst ? std::vector<std::string>{expected[1], expected[0]} : expected;
            putAffirmativeSecond(classes);
            QCOMPARE(classes, expected);
            // The same for a target, in whichever order the rows come.
            const Table table = *Table::make({std::make_shared<const Column>(Column::categories("c", yesFirst ? std::vector{expected[1], expected[0], expected[0]}
                                                                                                              : std::vector{expected[0], expected[1], expected[0]}))});
            TrainingPlan plan;
            plan.target = "c";
            QCOMPARE(targetOf(table, plan)->classes, expected);
            // What is asked for counts.
            plan.positive = expected[0];
            QCOMPARE(*targetOf(table, plan)->positiveClass(), expected[0]);
            plan.positive.clear();
            plan.classes = {expected[1], expected[0]};
            QCOMPARE(targetOf(table, plan)->classes, plan.classes);
        }
    }

    void staysAsItComes_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("words") << QStringList{QStringLiteral("malignant"), QStringLiteral("benign")};
        QTest::newRow("only the end of a word") << QStringList{QStringLiteral("ice"), QStringLiteral("notice")};
        QTest::newRow("yes and off") << QStringList{QStringLiteral("yes"), QStringLiteral("off")};
        QTest::newRow("three") << QStringList{QStringLiteral("yes"), QStringLiteral("no"), QStringLiteral("perhaps")};
        QTest::newRow("one") << QStringList{QStringLiteral("yes")};
        QTest::newRow("none") << QStringList();
    }

    void staysAsItComes()
    {
        QFETCH(QStringList, words);
        for (int order = 0; order < 2; ++order) {
            std::vector<std::string> classes;
            for (const QString& word : words)
                classes.push_back(word.toStdString());
            const std::vector<std::string> before = classes;
            putAffirmativeSecond(classes);
            QCOMPARE(classes, before);
            std::reverse(words.begin(), words.end());
        }
    }
};

QTEST_GUILESS_MAIN(TestAffirmativeClass)
#include "tst_affirmative_class.moc"
