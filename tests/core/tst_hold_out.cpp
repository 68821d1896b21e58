#include "core/data/hold_out.h"
#include "core/learn/training.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <set>

using namespace modelarium;

namespace {

/// 40 rows: a class of which a tenth is rare, eight groups of five rows that do not lie together, a time that runs backwards with ties, a text.
Table heldTable(bool targetHoles = false)
{
    std::vector<std::string> kind, group;
    Buffer<double> time, x;
    for (int i = 0; i < 40; ++i) {
        kind.push_back(targetHoles && i % 8 == 3 ? "" : i % 10 == 9 ? "rare" : i % 2 ? "a" : "b");
        group.push_back("g" + std::to_string(i % 8));
        time.push_back(double(20 - i / 2));
        x.push_back(double(i));
    }
    return *Table::make({std::make_shared<const Column>(Column::categories("kind", kind)), std::make_shared<const Column>(Column::categories("group", group)),
                         std::make_shared<const Column>(Column::numbers("time", time)), std::make_shared<const Column>(Column::numbers("x", x))});
}

std::set<std::string> valuesOf(const Column& column, const std::vector<std::size_t>& rows)
{
    std::set<std::string> values;
    for (const std::size_t row : rows)
        values.insert(column.cellText(row));
    return values;
}

} // namespace

class TestHoldOut : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyUsableRowIsOnOneSide_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("column");
        QTest::newRow("in proportion") << int(HoldOutKind::InProportion) << "";
        QTest::newRow("at random") << int(HoldOutKind::AtRandom) << "";
        QTest::newRow("groups") << int(HoldOutKind::Grouped) << "group";
        QTest::newRow("last rows") << int(HoldOutKind::Last) << "";
        QTest::newRow("last in time") << int(HoldOutKind::Last) << "time";
    }

    void everyUsableRowIsOnOneSide()
    {
        QFETCH(int, kind);
        QFETCH(QString, column);
        const Table table = heldTable(true);
        const Column& target = table.column(0);
        for (const double share : {0.0, 0.25, 0.5}) {
            const auto split = holdOut(table, &target, {HoldOutKind(kind), column.toStdString()}, share, 3);
            QVERIFY2(split, split ? "" : split.error().message.c_str());
            std::vector<std::size_t> all = split->train;
            all.insert(all.end(), split->test.begin(), split->test.end());
            std::sort(all.begin(), all.end());
            std::vector<std::size_t> usable;
            for (std::size_t row = 0; row < table.rows(); ++row)
                if (!target.isMissing(row))
                    usable.push_back(row);
            QCOMPARE(all, usable);
            QVERIFY(std::is_sorted(split->train.begin(), split->train.end()) && std::is_sorted(split->test.begin(), split->test.end()));
            // 35 rows have a target, in seven whole groups of five: every kind comes to the number that is nearest to the share.
            const std::size_t wanted = share == 0 ? 0 : HoldOutKind(kind) == HoldOutKind::Grouped ? (share == 0.25 ? 10 : 20) : (share == 0.25 ? 9 : 18);
            QCOMPARE(split->test.size(), wanted);
        }
    }

    void drawsFollowTheSeed_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("draws");
        QTest::newRow("at random") << int(HoldOutKind::AtRandom) << true;
        QTest::newRow("groups") << int(HoldOutKind::Grouped) << true;
        QTest::newRow("last rows") << int(HoldOutKind::Last) << false;
    }

    void drawsFollowTheSeed()
    {
        QFETCH(int, kind);
        QFETCH(bool, draws);
        const Table table = heldTable();
        std::set<std::vector<std::size_t>> seen;
        for (const std::uint64_t seed : {1, 2, 3, 4, 5, 1}) {
            const HoldOut how{HoldOutKind(kind), HoldOutKind(kind) == HoldOutKind::Grouped ? "group" : ""};
            seen.insert(holdOut(table, &table.column(0), how, 0.25, seed)->test);
            QCOMPARE(holdOut(table, &table.column(0), how, 0.25, seed)->test, holdOut(table, &table.column(0), how, 0.25, seed)->test);
        }
        QCOMPARE(seen.size() > 1, draws);
    }

    void groupsAreNeverOnBothSides()
    {
        const Table table = heldTable();
        for (std::uint64_t seed = 1; seed < 40; ++seed) {
            const auto split = holdOut(table, nullptr, {HoldOutKind::Grouped, "group"}, 0.3, seed);
            const std::set<std::string> train = valuesOf(table.column(1), split->train), test = valuesOf(table.column(1), split->test);
            std::vector<std::string> both;
            std::set_intersection(train.begin(), train.end(), test.begin(), test.end(), std::back_inserter(both));
            QVERIFY(both.empty());
            QCOMPARE(train.size() + test.size(), std::size_t(8));
            QCOMPARE(split->test.size(), std::size_t(10));                      // of 12 wanted: 10 is nearer than 15
        }
    }

    void oneGroupStaysOnEachSide()
    {
        // Two groups, one far larger than the share: the small one is kept back, whatever is drawn first.
        std::vector<std::string> group(20, "large");
        group[3] = group[7] = "small";
        const Table table = *Table::make({std::make_shared<const Column>(Column::categories("g", group))});
        for (std::uint64_t seed = 1; seed < 10; ++seed) {
            QCOMPARE(holdOut(table, nullptr, {HoldOutKind::Grouped, "g"}, 0.3, seed)->test, (std::vector<std::size_t>{3, 7}));
            const auto most = holdOut(table, nullptr, {HoldOutKind::Grouped, "g"}, 0.9, seed);
            QVERIFY(!most->train.empty() && !most->test.empty());
        }
    }

    void theLastComeAfterAllOthers()
    {
        const Table table = heldTable();
        const auto rows = holdOut(table, nullptr, {HoldOutKind::Last, ""}, 0.1, 1);
        QCOMPARE(rows->test, (std::vector<std::size_t>{36, 37, 38, 39}));
        // Time runs backwards, two rows at a time: of equal times the later row is kept back.
        QCOMPARE(holdOut(table, nullptr, {HoldOutKind::Last, "time"}, 0.1, 1)->test, (std::vector<std::size_t>{0, 1, 2, 3}));
        QCOMPARE(holdOut(table, nullptr, {HoldOutKind::Last, "time"}, 3.0 / 40, 1)->test, (std::vector<std::size_t>{0, 1, 3}));
    }

    void refusals_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("column");
        QTest::addColumn<double>("share");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        QTest::newRow("no such group") << int(HoldOutKind::Grouped) << "patient" << 0.25 << int(ErrorCode::UnknownColumn) << "no column \"patient\" to group rows by";
        QTest::newRow("no such order") << int(HoldOutKind::Last) << "date" << 0.25 << int(ErrorCode::UnknownColumn) << "no column \"date\" to order rows by";
        QTest::newRow("names have no order") << int(HoldOutKind::Last) << "group" << 0.25 << int(ErrorCode::WrongType) << "number or a date";
        QTest::newRow("a group is missing") << int(HoldOutKind::Grouped) << "kind" << 0.25 << int(ErrorCode::MissingValue) << "Row 4 has no group in \"kind\"";
        QTest::newRow("a share of nothing") << int(HoldOutKind::Last) << "" << 0.01 << int(ErrorCode::TooFewSamples) << "cannot be parted";
        QTest::newRow("one group") << int(HoldOutKind::Grouped) << "one" << 0.25 << int(ErrorCode::TooFewSamples) << "\"one\" has 1 group";
    }

    void refusals()
    {
        QFETCH(int, kind);
        QFETCH(QString, column);
        QFETCH(double, share);
        QFETCH(int, code);
        QFETCH(QString, says);
        const Table rows = heldTable(true);
        const Table table = *Table::make({rows.columnPtr(0), rows.columnPtr(1), rows.columnPtr(2),
                                          std::make_shared<const Column>(Column::categories("one", std::vector<std::string>(40, "same")))});
        const auto split = holdOut(table, nullptr, {HoldOutKind(kind), column.toStdString()}, share, 1);
        QVERIFY(!split);
        QCOMPARE(int(split.error().code), code);
        QVERIFY2(split.error().message.find(says.toStdString()) != std::string::npos, split.error().message.c_str());
    }

    /// A plan parts its rows in this way, and all that is learned comes from those that are left.
    void aPlanKeepsBackWhatItSays()
    {
        TrainingPlan plan;
        plan.target = "x";
        plan.features = {"time"};
        plan.learner = "linear_regression";
        plan.testFraction = 0.25;
        plan.holdOut = {HoldOutKind::Last, ""};
        const auto last = prepareTraining(heldTable(), plan);
        QVERIFY2(last, last ? "" : last.error().message.c_str());
        QCOMPARE(last->split.test.front(), std::size_t(30));
        QCOMPARE(last->train->rows().size(), std::size_t(30));
        plan.holdOut = {HoldOutKind::Grouped, "group"};
        const auto grouped = prepareTraining(heldTable(), plan);
        QCOMPARE(valuesOf(heldTable().column(1), grouped->split.test).size(), std::size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestHoldOut)
#include "tst_hold_out.moc"
