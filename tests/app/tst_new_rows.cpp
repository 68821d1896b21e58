#include "app/main_window.h"
#include "app/settings/settings.h"
#include "core/data/generators.h"
#include "tests/support/hand.h"

#include <QAction>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace modelarium;
using modelarium::test::Hand;

/// Where a person stands after rows were opened: the road begins again with them, and what is no new beginning moves nobody.
class TestNewRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theyLeadToTheirStage_data();
    void theyLeadToTheirStage();

private:
    QString write(const QString& name, int seed) const
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("The rows could not be written.");
        file.write("x,y\n");
        for (int i = 0; i < 40; ++i)
            file.write(QByteArray::number(i) + ',' + QByteArray::number(seed * i + i % 7) + '\n');
        return file.fileName();
    }

    /// Takes the entry of the menus with this text.
    static void choose(const MainWindow& window, const QString& text)
    {
        for (QAction* action : window.findChildren<QAction*>()) {
            if (action->text().remove(u'&') == text) {
                action->trigger();
                return;
            }
        }
        QFAIL(qPrintable(text));
    }

    QTemporaryDir m_folder;
};

void TestNewRows::theyLeadToTheirStage_data()
{
    QTest::addColumn<Stage>("before");
    QTest::addColumn<QString>("how");
    QTest::addColumn<bool>("frozen");
    QTest::addColumn<Stage>("after");
    QTest::newRow("a file while a model is judged") << Stage::Evaluate << "file" << false << Stage::Data;
    QTest::newRow("a file while a model is used") << Stage::Use << "file" << false << Stage::Data;
    QTest::newRow("a file while a model is trained") << Stage::Train << "file" << false << Stage::Data;
    QTest::newRow("a sample while a model is used") << Stage::Use << "sample" << false << Stage::Train;
    QTest::newRow("a sample while a model is trained") << Stage::Train << "sample" << false << Stage::Train;
    QTest::newRow("a sample while data are looked at") << Stage::Data << "sample" << false << Stage::Data;
    QTest::newRow("generated rows while a model is judged") << Stage::Evaluate << "generator" << false << Stage::Train;
    QTest::newRow("a file for a frozen model that is judged") << Stage::Evaluate << "file" << true << Stage::Evaluate;
    QTest::newRow("a file for a frozen model that is used") << Stage::Use << "file" << true << Stage::Use;
    QTest::newRow("the same file again") << Stage::Evaluate << "again" << false << Stage::Evaluate;
    QTest::newRow("a file that is dropped on a model that is judged") << Stage::Evaluate << "dropped" << false << Stage::Data;
    QTest::newRow("rows that are dropped to be predicted") << Stage::Use << "dropped" << false << Stage::Use;
    QTest::newRow("a model file") << Stage::Evaluate << "model" << true << Stage::Use;
}

void TestNewRows::theyLeadToTheirStage()
{
    QFETCH(Stage, before);
    QFETCH(QString, how);
    QFETCH(bool, frozen);
    QFETCH(Stage, after);
    Settings settings(m_folder.filePath(QStringLiteral("settings.ini")));
    MainWindow window(settings);
    window.show();
    Experiment& experiment = window.experiment();
    window.open(write(QStringLiteral("first.csv"), 2));
    QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == ExperimentState::Trained && !experiment.isModelStale(), 20'000);
    const QString model = m_folder.filePath(QStringLiteral("first.model.json"));
    if (frozen) {
        experiment.freeze();
        QTRY_VERIFY_WITH_TIMEOUT(experiment.isFrozen(), 20'000);
        QVERIFY(experiment.saveModel(model));
    }
    experiment.setStage(before);

    const DataSourcePtr source = experiment.setup().source;
    const QString second = write(QStringLiteral("second.csv"), 3);
    if (how == QStringLiteral("file"))
        window.open(second);
    else if (how == QStringLiteral("sample"))
        choose(window, samples().front().title);
    else if (how == QStringLiteral("generator"))
        choose(window, QString::fromStdString(generators().front().name));
    else if (how == QStringLiteral("again"))
        experiment.data().reload();
    else if (how == QStringLiteral("dropped"))
        QVERIFY(Hand::drop(&window, second));
    else
        window.open(model);
    if (how != QStringLiteral("model") && !(how == QStringLiteral("dropped") && before == Stage::Use))
        QTRY_VERIFY_WITH_TIMEOUT(experiment.setup().source != source, 20'000);
    QTest::qWait(50);
    QCOMPARE(int(experiment.stage()), int(after));
}

QTEST_MAIN(TestNewRows)
#include "tst_new_rows.moc"
