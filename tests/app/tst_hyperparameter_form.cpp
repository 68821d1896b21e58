#include "app/widgets/hyperparameter_control.h"
#include "app/widgets/hyperparameter_form.h"
#include "core/learn/registry.h"

#include <QComboBox>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>

using namespace modelarium;

class TestHyperparameterForm : public QObject {
    Q_OBJECT

    static HyperparameterTable table()
    {
        return {HyperparameterSpec::choice("penalty", "Penalty", "Whether weights have a price.", "l2", {"l2", "none"}, {"Squared", "None"}),
                HyperparameterSpec::real("C", "C", "How much samples count.", 1, 0, 1e9, true).aboveMinimum().when("penalty", {"l2"}),
                HyperparameterSpec::boolean("intercept", "Intercept", "Whether there is one.", true),
                HyperparameterSpec::integer("depth", "Depth", "How deep.", 3, 1, 20),
                HyperparameterSpec::integers("layers", "Layers", "How many units each layer has.", "8, 8", 1, 1000, 4)};
    }

private Q_SLOTS:
    void everyLearnerHasAForm_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < int(learners().size()); ++i)
            QTest::addRow("%s", learners()[std::size_t(i)].id.c_str()) << i;
    }
    void everyLearnerHasAForm()
    {
        QFETCH(int, index);
        const LearnerInfo& learner = learners()[std::size_t(index)];
        HyperparameterForm form;
        form.setTable(learner.table);
        for (const HyperparameterSpec& spec : learner.table) {
            HyperparameterControl* control = form.control(spec.name);
            QVERIFY2(control, spec.name.c_str());
            QCOMPARE(control->value(), spec.defaultValue);
            QVERIFY(control->help().startsWith(QString::fromStdString(spec.help)));
            // Everything that takes the focus has a name that a screen reader can say.
            for (const QWidget* part : control->findChildren<QWidget*>()) {
                if (part->focusPolicy() != Qt::NoFocus && !part->inherits("QAbstractItemView") && !part->inherits("QComboBoxPrivateContainer"))
                    QVERIFY2(!part->accessibleName().isEmpty(), part->metaObject()->className());
            }
        }
        QVERIFY(Hyperparameters::check(learner.table, form.values()));
    }

    /// Whatever a slider can say, the table allows, and the positions of the default agree.
    void slidersStayInsideTheTable_data() { everyLearnerHasAForm_data(); }
    void slidersStayInsideTheTable()
    {
        QFETCH(int, index);
        for (HyperparameterSpec spec : learners()[std::size_t(index)].table) {
            if (spec.kind != HyperparameterSpec::Kind::Real && spec.kind != HyperparameterSpec::Kind::Integer)
                continue;
            spec.onlyWhen.clear();
            const SliderScale scale(spec);
            double before = -std::numeric_limits<double>::infinity();
            for (int tick = 0; tick <= scale.ticks(); ++tick) {
                const double value = scale.value(tick);
                const bool whole = spec.kind == HyperparameterSpec::Kind::Integer;
                const HyperparameterValue asked = whole ? HyperparameterValue(std::int64_t(value)) : HyperparameterValue(value);
                QVERIFY2(Hyperparameters::check({spec}, {{spec.name, asked}}), qPrintable(QString::number(value)));
                QVERIFY(value >= before);
                before = value;
            }
        }
    }

    void aTypedValueIsTaken_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value");
        QTest::addRow("a number") << QStringLiteral("0.25") << 0.25;
        QTest::addRow("an exponent") << QStringLiteral("1e-3") << 0.001;
        QTest::addRow("a decimal comma") << QStringLiteral("2,5") << 2.5;
        QTest::addRow("beyond the slider") << QStringLiteral("1e9") << 1e9;
    }
    void aTypedValueIsTaken()
    {
        QFETCH(QString, text);
        QFETCH(double, value);
        HyperparameterForm form;
        form.setTable(table());
        QSignalSpy spy(&form, &HyperparameterForm::valueChosen);
        auto* edit = form.control("C")->findChild<QLineEdit*>();
        edit->selectAll();
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(std::get<double>(form.control("C")->value()), value);
        QCOMPARE(spy.count(), 1);
        QVERIFY(form.control("C")->error().isEmpty());
    }

    void aTypedListIsTaken_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("list");
        QTest::addRow("commas") << QStringLiteral("16,4") << QStringLiteral("16, 4");
        QTest::addRow("spaces") << QStringLiteral(" 16   4 2") << QStringLiteral("16, 4, 2");
        QTest::addRow("one comma is no decimal comma") << QStringLiteral("3,5") << QStringLiteral("3, 5");
        QTest::addRow("one number") << QStringLiteral("30") << QStringLiteral("30");
        QTest::addRow("none") << QString() << QString();
    }
    void aTypedListIsTaken()
    {
        QFETCH(QString, text);
        QFETCH(QString, list);
        HyperparameterForm form;
        form.setTable(table());
        QSignalSpy spy(&form, &HyperparameterForm::valueChosen);
        HyperparameterControl* control = form.control("layers");
        auto* edit = control->findChild<QLineEdit*>();
        QCOMPARE(edit->text(), QStringLiteral("8, 8"));
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Delete);
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY2(control->error().isEmpty(), qPrintable(control->error()));
        QCOMPARE(edit->text(), list);
        QCOMPARE(std::get<std::string>(control->value()), list.toStdString());
        QCOMPARE(spy.count(), 1);
    }

    void whatIsNotAllowedIsRefusedInPlace_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addRow("outside") << QStringLiteral("depth") << QStringLiteral("21");
        QTest::addRow("a fraction of a whole") << QStringLiteral("depth") << QStringLiteral("2.5");
        QTest::addRow("the excluded end") << QStringLiteral("C") << QStringLiteral("0");
        QTest::addRow("negative") << QStringLiteral("C") << QStringLiteral("-1");
        QTest::addRow("words") << QStringLiteral("C") << QStringLiteral("much");
        QTest::addRow("nothing") << QStringLiteral("C") << QString();
        QTest::addRow("infinite") << QStringLiteral("C") << QStringLiteral("1e999");
        QTest::addRow("a list with a hole") << QStringLiteral("layers") << QStringLiteral("8,,8");
        QTest::addRow("a list with a word") << QStringLiteral("layers") << QStringLiteral("8, many");
        QTest::addRow("a list with a zero") << QStringLiteral("layers") << QStringLiteral("8, 0");
        QTest::addRow("a list with a fraction") << QStringLiteral("layers") << QStringLiteral("8.5");
        QTest::addRow("a list too long") << QStringLiteral("layers") << QStringLiteral("1 2 3 4 5");
        QTest::addRow("not a number") << QStringLiteral("C") << QStringLiteral("nan");
    }
    void whatIsNotAllowedIsRefusedInPlace()
    {
        QFETCH(QString, name);
        QFETCH(QString, text);
        HyperparameterForm form;
        form.setTable(table());
        QSignalSpy spy(&form, &HyperparameterForm::valueChosen);
        HyperparameterControl* control = form.control(name.toStdString());
        const HyperparameterValue before = control->value();
        auto* edit = control->findChild<QLineEdit*>();
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Delete);
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(!control->error().isEmpty());
        QCOMPARE(edit->text(), text);
        QCOMPARE(edit->accessibleDescription(), control->error());
        QCOMPARE(control->value(), before);
        QCOMPARE(spy.count(), 0);
        QTest::keyClick(edit, Qt::Key_Escape);
        QVERIFY(control->error().isEmpty());
        QVERIFY(edit->text() != text);
    }

    void whatDoesNotMatterIsHidden()
    {
        HyperparameterForm form;
        form.setTable(table());
        QVERIFY(form.control("C")->isVisibleTo(&form));
        auto* penalty = form.control("penalty")->findChild<QComboBox*>();
        QTest::keyClick(penalty, Qt::Key_Down);
        QVERIFY(!form.control("C")->isVisibleTo(&form));
        form.setValues({});
        QVERIFY(form.control("C")->isVisibleTo(&form));
    }

    void theSliderMovesByKeys()
    {
        HyperparameterForm form;
        form.setTable(table());
        auto* slider = form.control("depth")->findChild<QSlider*>();
        QTest::keyClick(slider, Qt::Key_Right);
        QCOMPARE(form.control("depth")->value(), HyperparameterValue(std::int64_t(4)));
        QTest::keyClick(slider, Qt::Key_End);
        QCOMPARE(form.control("depth")->value(), HyperparameterValue(std::int64_t(20)));
        QCOMPARE(form.control("depth")->findChild<QLineEdit*>()->text(), QStringLiteral("20"));
    }

    void aTableThatIsTheSameKeepsItsControls()
    {
        HyperparameterForm form;
        form.setTable(table());
        const HyperparameterControl* before = form.control("C");
        form.setTable(table(), {{"C", 5.0}});
        QCOMPARE(form.control("C"), before);
        QCOMPARE(std::get<double>(before->value()), 5.0);
        QVERIFY(form.setError("C", QStringLiteral("too large")));
        QVERIFY(!form.setError("unknown", QStringLiteral("too large")));
    }
};

QTEST_MAIN(TestHyperparameterForm)
#include "tst_hyperparameter_form.moc"
