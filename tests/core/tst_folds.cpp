#include "core/data/folds.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using namespace modelarium;

namespace {

/// 60 usable rows of 64: three uneven classes, nine groups, a time that runs backwards.
Table foldTable()
{
    std::vector<std::string> kind, group;
    Buffer<double> time;
    for (int i = 0; i < 64; ++i) {
        kind.push_back(i % 16 == 5 ? "" : i % 10 < 6 ? "a" : i % 10 < 9 ? "b" : "c");
        group.push_back("g" + std::to_string(i * i % 17));
        time.push_back(double(100 - i / 2));
    }
    return *Table::make({std::make_shared<const Column>(Column::categories("kind", kind)), std::make_shared<const Column>(Column::categories("group", group)),
                         std::make_shared<const Column>(Column::numbers("time", time))});
}

FoldOptions optionsFor(FoldKind kind)
{
    FoldOptions options;
    options.kind = kind;
    options.groupColumn = "group";
    options.timeColumn = "time";
    options.seed = 3;
    return options;
}

std::vector<std::size_t> usableRows(const Column& column)
{
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < column.rows(); ++row)
        if (!column.isMissing(row))
            rows.push_back(row);
    return rows;
}

bool same(const std::vector<Split>& a, const std::vector<Split>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Split& x, const Split& y) { return x.train == y.train && x.test == y.test; });
}

} // namespace

class TestFolds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Numbers that are classes are kept back from each in proportion, and 0 is the same class with a minus before it.
    void numbersThatAreClassesAreKeptBackInProportion()
    {
        Buffer<double> y;
        for (int i = 0; i < 80; ++i)
            y.push_back(i % 8 == 3 ? 1 : i % 2 ? -0.0 : 0.0);
        y[7] = std::nan("");
        const Table table = *Table::make({std::make_shared<const Column>(Column::numbers("y", y))});
        FoldOptions options = optionsFor(FoldKind::HoldOut);
        options.classes = true;
        options.repeats = 20;
        const auto splits = makeFolds(table, "y", options);
        QVERIFY(splits);
        QCOMPARE(splits->size(), std::size_t(20));
        for (const Split& split : *splits) {
            QCOMPARE(split.test.size() + split.train.size(), std::size_t(79));
            const auto ones = std::count_if(split.test.begin(), split.test.end(), [&](std::size_t row) { return y[row] == 1; });
            QVERIFY(ones == 2 || ones == 3);        // a quarter of ten
        }
        const std::vector<std::size_t> codes = valueCodes(table.column(0), {0, 1, 2, 3});
        QCOMPARE(codes, (std::vector<std::size_t>{0, 0, 0, 1}));
    }

    void everyRowIsTestedOnceARound_data()
    {
        QTest::addColumn<int>("kind");
        for (const FoldKind kind : {FoldKind::KFold, FoldKind::Stratified, FoldKind::Grouped, FoldKind::LeaveOneOut})
            QTest::addRow("%s", std::string(foldKindName(kind)).c_str()) << int(kind);
    }

    void everyRowIsTestedOnceARound()
    {
        QFETCH(int, kind);
        const Table table = foldTable();
        for (const bool shuffle : {false, true}) {
            FoldOptions options = optionsFor(FoldKind(kind));
            options.shuffle = shuffle;
            const auto splits = makeFolds(table, "kind", options);
            QVERIFY2(splits, splits ? "" : splits.error().message.c_str());
            std::vector<std::size_t> tested;
            const std::vector<std::size_t> usable = usableRows(table.column(0));
            for (const Split& split : *splits) {
                std::vector<std::size_t> all;
                std::merge(split.train.begin(), split.train.end(), split.test.begin(), split.test.end(), std::back_inserter(all));
                QCOMPARE(all, usable);
                tested.insert(tested.end(), split.test.begin(), split.test.end());
            }
            std::sort(tested.begin(), tested.end());
            QCOMPARE(tested, usable);
        }
    }

    void classesAreSpreadEvenly()
    {
        const Table table = foldTable();
        const auto splits = makeFolds(table, "kind", optionsFor(FoldKind::Stratified));
        QVERIFY(splits);
        std::map<int, std::set<int>> countsOfClass;
        for (const Split& split : *splits) {
            std::map<int, int> counts;
            for (const std::size_t row : split.test)
                ++counts[table.column(0).categoryCells().codes[row]];
            for (int k = 0; k < 3; ++k)
                countsOfClass[k].insert(counts[k]);
            QVERIFY(split.test.size() == 12);
        }
        for (const auto& [k, counts] : countsOfClass)
            QVERIFY(*counts.rbegin() - *counts.begin() <= 1);
    }

    void groupsStayTogether()
    {
        const Table table = foldTable();
        const auto splits = makeFolds(table, "kind", optionsFor(FoldKind::Grouped));
        QVERIFY(splits);
        for (const Split& split : *splits) {
            std::set<std::string> train, both;
            for (const std::size_t row : split.train)
                train.insert(table.column(1).cellText(row));
            for (const std::size_t row : split.test)
                QVERIFY(!train.contains(table.column(1).cellText(row)));
        }
    }

    void thePastTeachesTheFuture()
    {
        const Table table = foldTable();
        const auto splits = makeFolds(table, "kind", optionsFor(FoldKind::TimeOrdered));
        QVERIFY(splits);
        QCOMPARE(splits->size(), std::size_t(5));
        const Buffer<double>& time = table.column(2).numberValues();
        for (const Split& split : *splits) {
            double latest = -1, earliest = 1000;
            for (const std::size_t row : split.train)
                latest = std::max(latest, time[row]);
            for (const std::size_t row : split.test)
                earliest = std::min(earliest, time[row]);
            QVERIFY(latest <= earliest);
        }
        QVERIFY(splits->front().train.size() < splits->back().train.size());
    }

    void theSeedDecides()
    {
        const Table table = foldTable();
        for (const FoldKind kind : {FoldKind::KFold, FoldKind::Stratified, FoldKind::HoldOut}) {
            FoldOptions options = optionsFor(kind);
            const auto first = makeFolds(table, "kind", options), again = makeFolds(table, "kind", options);
            QVERIFY(first && again && same(*first, *again));
            options.seed = 4;
            QVERIFY(!same(*first, *makeFolds(table, "kind", options)));
        }
    }

    void repeatsAreOtherDraws()
    {
        const Table table = foldTable();
        FoldOptions options = optionsFor(FoldKind::Stratified);
        const auto once = makeFolds(table, "kind", options);
        options.repeats = 3;
        const auto splits = makeFolds(table, "kind", options);
        QVERIFY(once && splits);
        QCOMPARE(splits->size(), std::size_t(15));
        QVERIFY(same(*once, {splits->begin(), splits->begin() + 5}));
        std::set<std::vector<std::size_t>> tests;
        for (const Split& split : *splits)
            tests.insert(split.test);
        QCOMPARE(tests.size(), std::size_t(15));
    }

    /// Each beginning of the order holds each class in proportion, within one row.
    void everyBeginningIsFair()
    {
        std::vector<std::size_t> rows, classes;
        for (std::size_t i = 0; i < 100; ++i) {
            rows.push_back(i + 1000);
            classes.push_back(i < 70 ? 0 : i < 95 ? 1 : 2);
        }
        const std::vector<std::size_t> order = fairOrder(rows, classes, 9);
        QVERIFY(std::is_permutation(order.begin(), order.end(), rows.begin()));
        QVERIFY(order != fairOrder(rows, classes, 10));
        const double share[3] = {0.7, 0.25, 0.05};
        double counts[3] = {};
        for (std::size_t i = 0; i < order.size(); ++i) {
            counts[classes[order[i] - 1000]] += 1;
            for (int k = 0; k < 3; ++k)
                QVERIFY(std::abs(counts[k] - share[k] * double(i + 1)) <= 1.0 + 1e-9);
        }
    }

    void badFoldsAreSentences_data()
    {
        QTest::addColumn<QString>("change");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        QTest::newRow("no target") << "target" << int(ErrorCode::UnknownColumn) << "\"height\"";
        QTest::newRow("no group column") << "group" << int(ErrorCode::UnknownColumn) << "\"family\"";
        QTest::newRow("no time column") << "time" << int(ErrorCode::UnknownColumn) << "\"when\"";
        QTest::newRow("time is a word") << "word" << int(ErrorCode::WrongType) << "number or a date";
        QTest::newRow("one fold") << "one" << int(ErrorCode::Unsupported) << "at least 2 folds";
        QTest::newRow("no repeat") << "never" << int(ErrorCode::Unsupported) << "at least once";
        QTest::newRow("more folds than rows") << "many" << int(ErrorCode::TooFewSamples) << "60 usable rows";
        QTest::newRow("more folds than groups") << "groups" << int(ErrorCode::TooFewSamples) << "9 groups";
        QTest::newRow("more folds than rows of a class") << "classes" << int(ErrorCode::TooFewSamples) << "No class";
        QTest::newRow("missing group") << "missing" << int(ErrorCode::MissingValue) << "Row 6 ";
        QTest::newRow("more places than memory") << "huge" << int(ErrorCode::TooLarge) << "too many";
        QTest::newRow("no share") << "share" << int(ErrorCode::Unsupported) << "between 0 and 1";
    }

    void badFoldsAreSentences()
    {
        QFETCH(QString, change);
        QFETCH(int, code);
        QFETCH(QString, words);
        FoldOptions options = optionsFor(change == "groups" || change == "group" || change == "missing" ? FoldKind::Grouped
                                         : change == "time" || change == "word"  ? FoldKind::TimeOrdered
                                         : change == "classes"                   ? FoldKind::Stratified
                                         : change == "share"                     ? FoldKind::HoldOut
                                                                                 : FoldKind::KFold);
        std::string target = "kind";
        if (change == "target") target = "height";
        if (change == "group") options.groupColumn = "family";
        if (change == "time") options.timeColumn = "when";
        if (change == "word") options.timeColumn = "group";
        if (change == "one") options.folds = 1;
        if (change == "never") options.repeats = 0;
        if (change == "many") options.folds = 61;
        if (change == "groups") options.folds = 10;
        if (change == "classes") options.folds = 50;
        if (change == "missing") target = "group", options.groupColumn = "kind";
        if (change == "huge") options.repeats = 1000000;
        if (change == "share") options.testFraction = std::nan("");
        const auto splits = makeFolds(foldTable(), target, options);
        QVERIFY(!splits);
        QVERIFY2(int(splits.error().code) == code, splits.error().message.c_str());
        QVERIFY2(splits.error().message.find(words.toStdString()) != std::string::npos, splits.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestFolds)
#include "tst_folds.moc"
