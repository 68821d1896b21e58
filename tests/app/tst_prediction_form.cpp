#include "app/widgets/input_control.h"
#include "app/widgets/point_tray.h"
#include "app/widgets/prediction_form.h"
#include "app/widgets/probability_bars.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>

#include <cmath>

using namespace modelarium;

class TestPredictionForm : public QObject {
    Q_OBJECT

    static std::vector<InputColumn> inputs()
    {
        InputColumn bill{.name = "bill", .unit = "mm"};
        bill.minimum = 30;
        bill.maximum = 60;
        bill.typical = 44.5;
        InputColumn island{.name = "island", .type = ColumnType::Category, .levels = {"Biscoe", "Dream", "Torgersen"}};
        island.typical = 1;
        InputColumn ringed{.name = "ringed", .type = ColumnType::Boolean, .levels = {"no", "yes"}};
        InputColumn day{.name = "day", .type = ColumnType::Date};
        day.minimum = 0;
        day.maximum = 365;
        return {bill, island, ringed, day};
    }

    static void type(QLineEdit* edit, const QString& text)
    {
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Delete);
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
    }

private Q_SLOTS:
    void beginsAtWhatIsTypical()
    {
        PredictionForm form;
        form.setInputs(inputs());
        QCOMPARE(form.values(), (std::vector<double>{44.5, 1, 0, 0}));
        for (const QWidget* part : form.findChildren<QWidget*>()) {
            if (part->focusPolicy() != Qt::NoFocus && part->parentWidget()->inherits("modelarium::InputControl"))
                QVERIFY2(!part->accessibleName().isEmpty(), part->metaObject()->className());
        }
    }

    void warnsOutsideOfWhatWasSeen()
    {
        PredictionForm form;
        form.setInputs(inputs());
        QSignalSpy spy(&form, &PredictionForm::valueChosen);
        auto* control = form.findChildren<InputControl*>().first();
        type(control->findChild<QLineEdit*>(), QStringLiteral("75,5"));
        QCOMPARE(spy.count(), 1);
        QCOMPARE(control->value(), 75.5);
        QCOMPARE(form.extrapolated(), std::vector<std::string>{"bill"});
        QVERIFY(control->findChild<QLineEdit*>()->accessibleDescription().contains(QStringLiteral("30 to 60")));
        type(control->findChild<QLineEdit*>(), QStringLiteral("45"));
        QVERIFY(form.extrapolated().empty());
    }

    void whatIsNoNumberIsRefused_data()
    {
        QTest::addColumn<int>("input");
        QTest::addColumn<QString>("text");
        QTest::addRow("words") << 0 << QStringLiteral("long");
        QTest::addRow("nothing") << 0 << QString();
        QTest::addRow("infinite") << 0 << QStringLiteral("inf");
        QTest::addRow("not a number") << 0 << QStringLiteral("nan");
        QTest::addRow("no such day") << 3 << QStringLiteral("1970-02-30");
    }
    void whatIsNoNumberIsRefused()
    {
        QFETCH(int, input);
        QFETCH(QString, text);
        PredictionForm form;
        form.setInputs(inputs());
        QSignalSpy spy(&form, &PredictionForm::valueChosen);
        auto* control = form.findChildren<InputControl*>().at(input);
        const double before = control->value();
        type(control->findChild<QLineEdit*>(), text);
        QCOMPARE(spy.count(), 0);
        QCOMPARE(control->value(), before);
        QVERIFY(control->findChild<QLineEdit*>()->accessibleDescription().startsWith(QStringLiteral("Write a")));
    }

    void datesLevelsAndSwitches()
    {
        PredictionForm form;
        form.setInputs(inputs());
        const auto controls = form.findChildren<InputControl*>();
        type(controls.at(3)->findChild<QLineEdit*>(), QStringLiteral("1970-01-11"));
        QCOMPARE(controls.at(3)->value(), 10.0);
        QTest::keyClick(controls.at(1)->findChild<QComboBox*>(), Qt::Key_Down);
        QCOMPARE(controls.at(1)->value(), 2.0);
        QTest::keyClick(controls.at(2)->findChild<QCheckBox*>(), Qt::Key_Space);
        QCOMPARE(controls.at(2)->value(), 1.0);
        QCOMPARE(controls.at(2)->findChild<QCheckBox*>()->text(), QStringLiteral("yes"));
        QTest::keyClick(controls.at(0)->findChild<QSlider*>(), Qt::Key_End);
        QCOMPARE(controls.at(0)->value(), 60.0);
    }

    void showsWithoutTelling()
    {
        PredictionForm form;
        form.setInputs(inputs());
        QSignalSpy spy(&form, &PredictionForm::valueChosen);
        form.setValues({50, 2, 1, std::nan("")});
        QCOMPARE(spy.count(), 0);
        QCOMPARE(form.values(), (std::vector<double>{50, 2, 1, 0}));
    }

    void percentNeverLies_data()
    {
        QTest::addColumn<double>("share");
        QTest::addColumn<QString>("text");
        QTest::addRow("none") << 0.0 << QStringLiteral("0.0 %");
        QTest::addRow("almost none") << 1e-9 << QStringLiteral("< 0.1 %");
        QTest::addRow("some") << 0.8754 << QStringLiteral("87.5 %");
        QTest::addRow("almost all") << 0.9999999 << QStringLiteral("> 99.9 %");
        QTest::addRow("all") << 1.0 << QStringLiteral("100.0 %");
        QTest::addRow("no number") << std::nan("") << QStringLiteral("unknown");
    }
    void percentNeverLies()
    {
        QFETCH(double, share);
        QTEST(ProbabilityBars::percentText(share), "text");
    }

    void chipsAnswerTheKeyboard()
    {
        PointTray tray;
        tray.setChips({{QStringLiteral("Adelie"), 0}, {QStringLiteral("Gentoo"), 1}});
        QSignalSpy spy(&tray, &PointTray::pointWanted);
        QTest::keyClick(tray.findChildren<QPushButton*>().at(1), Qt::Key_Space);
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy.first().first().toInt(), 1);
    }
};

QTEST_MAIN(TestPredictionForm)
#include "tst_prediction_form.moc"
