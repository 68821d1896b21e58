#include "core/learn/hyperparameters.h"
#include "core/learn/registry.h"

#include <QTest>

#include <limits>

using namespace modelarium;

namespace {

HyperparameterTable exampleTable()
{
    return {
        HyperparameterSpec::real("rate", "Rate", "How fast.", 0.5, 0, 10).aboveMinimum(),
        HyperparameterSpec::integer("depth", "Depth", "How deep.", 3, 1, 20),
        HyperparameterSpec::boolean("bias", "Bias", "With or without.", true),
        HyperparameterSpec::choice("solver", "Solver", "Which way.", "exact", {"exact", "descent"}, {"Exact", "Descent"}),
    };
}

} // namespace

class TestHyperparameters : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingValuesTakeTheirDefault()
    {
        const auto checked = Hyperparameters::check(exampleTable(), {{"depth", std::int64_t(7)}});
        QVERIFY(checked.hasValue());
        QCOMPARE(checked->real("rate"), 0.5);
        QCOMPARE(checked->integer("depth"), std::int64_t(7));
        QCOMPARE(checked->boolean("bias"), true);
        QCOMPARE(checked->choice("solver"), std::string("exact"));
        QCOMPARE(checked->values().size(), std::size_t(4));
    }

    void aTaskHasItsOwnRows()
    {
        HyperparameterTable table = exampleTable();
        table.push_back(HyperparameterSpec::boolean("shares", "Shares", "Of classes.", true).forTask(Task::Classification));
        QCOMPARE(tableFor(table, Task::Classification).size(), table.size());
        QCOMPARE(tableFor(table, Task::Regression).size(), table.size() - 1);
        QVERIFY(!findSpec(tableFor(table, Task::Regression), "shares"));
        QVERIFY(checkForTask(table, {{"depth", std::int64_t(2)}}, Task::Regression));
        QVERIFY(checkForTask(table, {{"shares", false}}, Task::Classification));
        const auto useless = checkForTask(table, {{"shares", false}}, Task::Regression);
        QVERIFY(!useless);
        QCOMPARE(useless.error().place.hyperparameter, std::string("shares"));
        QCOMPARE(useless.error().message, std::string("shares does nothing for regression: it is for classification alone."));
    }

    void anIntegerIsARealToo()
    {
        const auto checked = Hyperparameters::check(exampleTable(), {{"rate", std::int64_t(2)}});
        QVERIFY(checked.hasValue());
        QCOMPARE(checked->real("rate"), 2.0);
    }

    void refused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("sentence");
        const char* real = "it must be a number greater than 0, at most 10";
        QTest::newRow("below an open minimum") << "rate" << "0" << real;
        QTest::newRow("negative") << "rate" << "-1" << real;
        QTest::newRow("above the maximum") << "rate" << "10.5" << real;
        QTest::newRow("infinite") << "rate" << "inf" << real;
        QTest::newRow("overflow") << "rate" << "1e999" << real;
        QTest::newRow("not a number") << "rate" << "nan" << real;
        QTest::newRow("a word") << "rate" << "fast" << real;
        QTest::newRow("empty") << "rate" << "" << real;
        QTest::newRow("hexadecimal") << "rate" << "0x2" << real;
        QTest::newRow("decimal comma") << "rate" << "0,5" << real;
        const char* integer = "it must be a whole number from 1 to 20";
        QTest::newRow("too small") << "depth" << "0" << integer;
        QTest::newRow("too large") << "depth" << "21" << integer;
        QTest::newRow("a fraction") << "depth" << "2.5" << integer;
        QTest::newRow("past 64 bits") << "depth" << "99999999999999999999" << integer;
        QTest::newRow("neither true nor false") << "bias" << "maybe" << "it must be true or false";
        QTest::newRow("another choice") << "solver" << "magic" << "it must be exact or descent";
        QTest::newRow("another case") << "solver" << "Exact" << "it must be exact or descent";
    }

    void refused()
    {
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(QString, sentence);
        const auto parsed = parseHyperparameter(specOf(name.toStdString()), text.toStdString());
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().code, ErrorCode::BadHyperparameter);
        QCOMPARE(parsed.error().place.hyperparameter, name.toStdString());
        QCOMPARE(QString::fromStdString(parsed.error().message),
                 QStringLiteral("\"%1\" is no value for %2: %3.").arg(text, name, sentence));
    }

    void valuesOfTheWrongKindAreRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("alternative");
        QTest::newRow("boolean for real") << "rate" << 2;
        QTest::newRow("text for real") << "rate" << 3;
        QTest::newRow("real for integer") << "depth" << 0;
        QTest::newRow("integer for boolean") << "bias" << 1;
        QTest::newRow("text for boolean") << "bias" << 3;
        QTest::newRow("integer for choice") << "solver" << 1;
    }

    void valuesOfTheWrongKindAreRefused()
    {
        QFETCH(QString, name);
        QFETCH(int, alternative);
        const std::vector<HyperparameterValue> values{2.0, std::int64_t(2), true, std::string("exact")};
        const auto checked = Hyperparameters::check(exampleTable(), {{name.toStdString(), values[std::size_t(alternative)]}});
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, ErrorCode::BadHyperparameter);
    }

    void notANumberIsRefused()
    {
        QVERIFY(!Hyperparameters::check(exampleTable(), {{"rate", std::numeric_limits<double>::quiet_NaN()}}));
    }

    void unknownNamesAreNamed()
    {
        const auto checked = Hyperparameters::check(exampleTable(), {{"depht", std::int64_t(3)}});
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, ErrorCode::UnknownHyperparameter);
        QCOMPARE(checked.error().message,
                 std::string("There is no hyperparameter \"depht\" here: it must be rate, depth, bias or solver."));
        QCOMPARE(Hyperparameters::check({}, {{"a", true}}).error().message,
                 std::string("There is no hyperparameter \"a\" here: this learner has none."));
    }

    void textAndBack_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("real") << "rate" << "0.1" << "0.1";
        QTest::newRow("exponent") << "rate" << "1e-3" << "0.001";
        QTest::newRow("all digits") << "rate" << "0.30000000000000004" << "0.30000000000000004";
        QTest::newRow("integer") << "depth" << "12" << "12";
        QTest::newRow("integer with a point") << "depth" << "12.0" << "12";
        QTest::newRow("yes") << "bias" << "yes" << "true";
        QTest::newRow("0") << "bias" << "0" << "false";
        QTest::newRow("choice") << "solver" << "descent" << "descent";
    }

    void textAndBack()
    {
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(QString, shown);
        const auto parsed = parseHyperparameter(specOf(name.toStdString()), text.toStdString());
        QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
        QCOMPARE(QString::fromStdString(hyperparameterText(*parsed)), shown);
    }

    void aValueBringsItsConditionAlong()
    {
        HyperparameterTable table = exampleTable();
        table.push_back(HyperparameterSpec::real("decay", "Decay", "How soon.", 1, 0, 10).when("solver", {"descent"}));
        table.push_back(HyperparameterSpec::real("offset", "Offset", "Where.", 1, 0, 10).when("bias", {"true"}));
        table.push_back(HyperparameterSpec::integer("rounds", "Rounds", "How often.", 1, 0, 10).when("decay", {"2"}));
        QCOMPARE(std::get<std::string>(withConditions(table, {{"decay", 2.0}})->at("solver")), std::string("descent"));
        QCOMPARE(std::get<std::string>(withConditions(table, {}, {"decay"})->at("solver")), std::string("descent"));
        const auto chain = withConditions(table, {{"rounds", std::int64_t(3)}});
        QVERIFY(chain && chain->contains("decay") && chain->contains("solver"));
        QVERIFY(!withConditions(table, {{"offset", 2.0}})->contains("bias"));            // its default will do
        QVERIFY(!withConditions(table, {{"decay", 2.0}}, {"solver"})->contains("solver"));
        const auto refused = withConditions(table, {{"decay", 2.0}, {"solver", std::string("exact")}});
        QVERIFY(!refused);
        QCOMPARE(refused.error().message, std::string("decay does nothing where solver is exact: it needs solver = descent."));
        // What one value brings along may be what another cannot have.
        table.push_back(HyperparameterSpec::real("slack", "Slack", "How exact.", 1, 0, 10).when("solver", {"exact"}));
        QVERIFY(!withConditions(table, {{"decay", 2.0}, {"slack", 2.0}}));
        // A form holds all values; then only what is varied is asked for.
        QVERIFY(withConditions(table, {{"decay", 2.0}, {"solver", std::string("exact")}}, {"bias"}));
        QVERIFY(!withConditions(table, {{"solver", std::string("exact")}}, {"decay"}));
    }

private:
    static HyperparameterSpec specOf(const std::string& name)
    {
        for (HyperparameterSpec& spec : exampleTable()) {
            if (spec.name == name)
                return spec;
        }
        return {};
    }

    /// What depends on something that does not matter does not matter either.
    void whatAnotherSwitchesOffDoesNotMatter()
    {
        HyperparameterSpec solver{.name = "solver", .kind = HyperparameterSpec::Kind::Choice, .defaultValue = std::string("exact"), .choices = {"exact", "descent"}};
        HyperparameterSpec momentum{.name = "momentum", .kind = HyperparameterSpec::Kind::Boolean, .defaultValue = true, .onlyWhen = "solver", .onlyWhenValues = {"descent"}};
        HyperparameterSpec share{.name = "share", .kind = HyperparameterSpec::Kind::Real, .defaultValue = 0.9, .onlyWhen = "momentum", .onlyWhenValues = {"true"}};
        const HyperparameterTable table{solver, momentum, share};
        QVERIFY(matters(solver, table, {}));
        QVERIFY(!matters(momentum, table, {}) && !matters(share, table, {}));
        QVERIFY(!matters(share, table, {{"momentum", true}}));
        QVERIFY(matters(share, table, {{"solver", std::string("descent")}}));
        QVERIFY(!matters(share, table, {{"solver", std::string("descent")}, {"momentum", false}}));
    }
};

QTEST_GUILESS_MAIN(TestHyperparameters)
#include "tst_hyperparameters.moc"
