#include "core/learn/training.h"

#include "core/evaluate/freeze.h"
#include "core/model/model_file.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <chrono>

using namespace modelarium;

namespace {

TrainingPlan plan(const char* learner = "linear_regression", const char* target = "value")
{
    TrainingPlan result;
    result.learner = learner;
    result.target = target;
    result.features = samples::mixedFeatures();
    return result;
}

std::shared_ptr<const Column> numbers(const char* name, std::initializer_list<double> values)
{
    return std::make_shared<const Column>(Column::numbers(name, Buffer<double>(values)));
}

/// A category with many levels beside a number to predict.
Table manyWords(std::size_t rows, std::size_t levels)
{
    std::vector<std::string> words(rows);
    Buffer<double> values(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        words[i] = "word " + std::to_string(i % levels);
        values[i] = double(i);
    }
    return *Table::make({std::make_shared<const Column>(Column::categories("word", words)), std::make_shared<const Column>(Column::numbers("value", values))});
}

/// The same table with other cells in the given rows of every feature, and of a numeric target: words too that no other row has. Read as
/// from a file, where the levels of a column come in the order of its rows.
Table scrambled(const Table& table, const std::vector<std::size_t>& rows)
{
    Random random(77);
    Table result = table;
    for (std::size_t c = 0; c < table.columns(); ++c) {
        const Column& column = table.column(c);
        if (column.isNumeric()) {
            Buffer<double> values = column.numberValues();
            for (const std::size_t row : rows)
                values[row] = random.uniform() < 0.2 && column.name() != "value" ? std::nan("") : 1e6 * random.normal();
            result = result.withColumn(c, std::make_shared<const Column>(Column::numbers(column.name(), values)));
        } else if (column.name() != "species") {
            std::vector<std::string> words;
            for (std::size_t row = 0; row < column.rows(); ++row)
                words.push_back(column.cellText(row));
            const std::vector<std::string>& levels = column.categoryCells().levels;
            for (const std::size_t row : rows) {
                const std::size_t which = random.below(levels.size() + 4);
                words[row] = which == 0 ? "" : which <= levels.size() ? levels[which - 1] : "new " + std::to_string(which);
            }
            result = result.withColumn(c, std::make_shared<const Column>(Column::categories(column.name(), words)));
        }
    }
    return result;
}

} // namespace

class TestTraining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Nothing that is learned (fills, scales, parameters) depends on the rows that are kept back for testing.
    void testRowsTeachNothing_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("taskNumber");
        for (const LearnerInfo& learner : learners())
            for (const Task task : learner.tasks)
                QTest::addRow("%s, %s", learner.id.c_str(), std::string(taskName(task)).c_str()) << QString::fromStdString(learner.id) << int(task);
    }

    void testRowsTeachNothing()
    {
        QFETCH(QString, id);
        QFETCH(int, taskNumber);
        TrainingPlan chosen = samples::planFor(**findLearner(id.toStdString()), Task(taskNumber));
        chosen.testFraction = 0.4;
        chosen.seed = 5;
        struct Way {
            Imputation imputation;
            std::optional<EncodeChoice> encode;
        };
        std::vector<Way> ways = {{Imputation::Mean, {}}, {Imputation::Median, {}}, {Imputation::MostFrequent, {}}, {Imputation::OwnLevel, {}},
                                 {Imputation::Mean, EncodeChoice{Encoding::OneHot, UnknownCategory::OwnLevel, 1, {}}}};
        if (!(*findLearner(id.toStdString()))->wantsCategories)
            ways.push_back({Imputation::Mean, EncodeChoice{Encoding::Ordinal, {}, 1, {}}});
        for (const Way& way : ways) {
            chosen.preparation.imputation = way.imputation;
            chosen.preparation.steps.clear();
            if (way.imputation == Imputation::OwnLevel) {
                chosen.preparation.imputation = Imputation::Mean;
                chosen.preparation.steps.push_back({ImputeChoice{Imputation::OwnLevel, {}, false}, {}});
            }
            if (way.encode)
                chosen.preparation.steps.push_back({*way.encode, {}});
            const Table table = samples::mixedTable(100);
            const auto before = prepareTraining(table, chosen);
            QVERIFY2(before, before ? "" : before.error().message.c_str());
            const auto after = prepareTraining(scrambled(table, before->split.test), chosen);
            QVERIFY2(after, after ? "" : after.error().message.c_str());
            QCOMPARE(after->split.test, before->split.test);
            for (std::size_t j = 0; j < before->preparation.inputs().size(); ++j)
                QCOMPARE(after->preparation.inputs()[j].levels, before->preparation.inputs()[j].levels);
            const bool ownLevel = way.encode && way.encode->unknown == UnknownCategory::OwnLevel;
            QCOMPARE(after->unknownInTest.asMissing > 0, !ownLevel);
            QCOMPARE(after->unknownInTest.asOther > 0, ownLevel);
            QVERIFY(samples::sameBits(after->train->X(), before->train->X()));
            QVERIFY(!samples::sameBits(after->test->X(), before->test->X()));
            const auto learnedBefore = fit(*before->learner, before->train, 1), learnedAfter = fit(*after->learner, after->train, 1);
            QVERIFY(learnedBefore && learnedAfter);
            QCOMPARE(samples::exactBits(learnedAfter->parameters), samples::exactBits(learnedBefore->parameters));
        }
    }

    /// Which columns are features unasked is learned from the training rows too: one in which only the others differ is as good as constant.
    void testRowsChooseNoFeatures()
    {
        const auto tableWith = [](double last, const char* word) {
            std::vector<std::string> words(12, "red");
            words[11] = word;
            return *Table::make({std::make_shared<const Column>(Column::categories("colour", words)), numbers("flat", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, last}),
                                 numbers("gone", {std::nan(""), std::nan(""), std::nan(""), std::nan(""), std::nan(""), std::nan(""), std::nan(""), std::nan(""), std::nan(""), last, 2, 3}),
                                 numbers("x", {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}), numbers("value", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})});
        };
        TrainingPlan chosen = plan();
        chosen.features.clear();
        chosen.testFraction = 0.25;
        chosen.holdOut.kind = HoldOutKind::Last;
        for (const auto& table : {tableWith(1, "red"), tableWith(7, "green")}) {
            const auto training = prepareTraining(table, chosen);
            QVERIFY2(training, training ? "" : training.error().message.c_str());
            QCOMPARE(training->plan.features, std::vector<std::string>{"x"});
            QCOMPARE(training->notices, std::vector<std::string>{"Left out of the features: \"colour\" (the same in every training row), \"flat\" (the same in every "
                                                                 "training row), \"gone\" (empty in every training row)."});
        }
        // A step that names the column asks for it.
        chosen.preparation.steps = {{ScaleChoice{}, {"flat"}}};
        QCOMPARE(prepareTraining(tableWith(7, "green"), chosen)->plan.features, (std::vector<std::string>{"flat", "x"}));
        chosen.preparation.steps.clear();
        chosen.features = {"flat", "colour", "x"};
        QCOMPARE(prepareTraining(tableWith(7, "green"), chosen)->plan.features, chosen.features);
    }

    /// Words that only test rows have count as missing, and that is said; where they are refused, the sentence names one.
    void wordsOfTestRowsAreTold()
    {
        std::vector<std::string> words(12, "red");
        words[1] = words[4] = words[7] = "blue";
        words[10] = words[11] = "green";
        Buffer<double> values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        const Table table = *Table::make({std::make_shared<const Column>(Column::categories("colour", words)), std::make_shared<const Column>(Column::numbers("value", values))});
        TrainingPlan chosen = plan();
        chosen.features = {"colour"};
        chosen.testFraction = 0.25;
        chosen.holdOut.kind = HoldOutKind::Last;
        const auto training = prepareTraining(table, chosen);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        QCOMPARE(training->preparation.inputs()[0].levels, (std::vector<std::string>{"red", "blue"}));
        QCOMPARE(training->notices, std::vector<std::string>{"2 cells of the test rows hold a category that the training rows did not (such as "
                                                             "\"green\" in row 11 of \"colour\"): they count as missing."});
        // As the most frequent level, "red".
        QVERIFY((training->test->X().array() == 0).all());
        chosen.preparation.unknownCategory = UnknownCategory::Refuse;
        const auto refused = prepareTraining(table, chosen);
        QVERIFY(!refused);
        QCOMPARE(int(refused.error().code), int(ErrorCode::UnknownCategory));
        const QString sentence = QString::fromStdString(refused.error().message);
        QVERIFY2(sentence.startsWith(QStringLiteral("Row 11 of \"colour\" is \"green\"")) && sentence.contains(QStringLiteral("count as missing")), qPrintable(sentence));
        QCOMPARE(*refused.error().place.row, std::size_t(11));
    }

    /// Where missing cells are refused, a word that would count as one is named as what it is.
    void anUnknownWordIsNoMissingCell()
    {
        std::vector<std::string> words(12, "red");
        words[2] = "blue";
        words[11] = "green";
        const Table table = *Table::make({std::make_shared<const Column>(Column::categories("colour", words)), numbers("value", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})});
        TrainingPlan chosen = plan();
        chosen.features = {"colour"};
        chosen.testFraction = 0.25;
        chosen.holdOut.kind = HoldOutKind::Last;
        chosen.preparation.imputation = Imputation::Refuse;
        const auto refused = prepareTraining(table, chosen);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.starts_with("Row 12 of \"colour\" is \"green\", which no training row was"), refused.error().message.c_str());
    }

    /// A column of which no training row has a word is refused, as one without a number is, unless a level of their own stands for its cells.
    void aColumnWithoutATrainingWordIsRefused()
    {
        std::vector<std::string> words(12), species;
        words[10] = "green";
        words[11] = "blue";
        for (std::size_t i = 0; i < words.size(); ++i)
            species.push_back(i % 2 ? "a" : "b");
        const Table table = *Table::make({std::make_shared<const Column>(Column::categories("colour", words)), numbers("x", {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}),
                                          numbers("value", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), std::make_shared<const Column>(Column::categories("species", species))});
        for (const Encoding encoding : {Encoding::OneHot, Encoding::Ordinal}) {
            TrainingPlan chosen = plan("logistic_regression", "species");
            chosen.features = {"colour", "x"};
            chosen.testFraction = 0.25;
            chosen.holdOut.kind = HoldOutKind::Last;
            chosen.preparation.steps = {{EncodeChoice{encoding, {}, 1, {}}, {}}};
            const auto refused = prepareTraining(table, chosen);
            QVERIFY(!refused && refused.error().code == ErrorCode::MissingValue);
            QVERIFY2(refused.error().message.find("\"colour\" has no value in the rows to learn from") != std::string::npos, refused.error().message.c_str());
            chosen.preparation.steps.insert(chosen.preparation.steps.begin(), {ImputeChoice{Imputation::OwnLevel, {}, false}, {"colour"}});
            const auto training = prepareTraining(table, chosen);
            QVERIFY2(training, training ? "" : training.error().message.c_str());
            QCOMPARE(training->preparation.inputs()[0].levels.size(), std::size_t(1));
        }
    }

    /// A number that is a class is the same with a minus before its zero, in the split, in training and in what is judged.
    void zeroAndMinusZeroAreOneClass()
    {
        const Table table = *Table::make({numbers("x", {1, 2, 3, 4, 5, 6, 7, 8}), numbers("y", {-0.0, 0.0, 1, 0.0, 1, 1, -0.0, 1})});
        TrainingPlan chosen = plan("decision_tree", "y");
        chosen.features = {"x"};
        chosen.task = Task::Classification;
        chosen.testFraction = 0.5;
        const auto training = prepareTraining(table, chosen);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        QCOMPARE(training->target.classes, (std::vector<std::string>{"0", "1"}));
        QCOMPARE(training->test->y.sum(), 2.0);
        QCOMPARE(training->train->y.sum(), 2.0);
    }

    /// A date can be a class as well as a number can: its classes are called as its cells are.
    void datesCanBeClasses()
    {
        Buffer<double> days{18000, 18001, 18000, 18001, 18000, 18001};
        const Table table = *Table::make({numbers("x", {1, 2, 1, 2, 1, 2}), std::make_shared<const Column>(Column::dates("day", days))});
        TrainingPlan chosen = plan("decision_tree", "day");
        chosen.features = {"x"};
        chosen.task = Task::Classification;
        const auto training = prepareTraining(table, chosen);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        QCOMPARE(training->target.classes, (std::vector<std::string>{"2019-04-14", "2019-04-15"}));
        QCOMPARE(training->train->y.sum(), 3.0);
    }

    /// What keeps rows together says where they come from: it is a feature only where somebody names it.
    void whatGroupsRowsIsNoFeatureUnasked()
    {
        std::vector<std::string> farm;
        Buffer<double> x, value;
        for (std::size_t i = 0; i < 40; ++i) {
            farm.push_back("farm " + std::to_string(i / 5));
            x.push_back(double(i * 7 % 11));
            value.push_back(double(i * 5 % 13));
        }
        const Table table = *Table::make({std::make_shared<const Column>(Column::categories("farm", farm)), std::make_shared<const Column>(Column::numbers("x", x)),
                                          std::make_shared<const Column>(Column::numbers("value", value))});
        TrainingPlan chosen = plan();
        chosen.features.clear();
        chosen.testFraction = 0.25;
        chosen.holdOut = {HoldOutKind::Grouped, "farm"};
        const auto training = prepareTraining(table, chosen);
        QVERIFY(training);
        QCOMPARE(training->plan.features, std::vector<std::string>{"x"});
        QCOMPARE(training->notices, std::vector<std::string>{"Left out of the features: \"farm\" (groups the rows)."});
        TrainingPlan named = chosen;
        named.features = {"farm", "x"};
        QCOMPARE(prepareTraining(table, named)->plan.features, named.features);
        // As folds do, which the plan does not draw itself.
        TrainingPlan folded = chosen;
        folded.testFraction = 0;
        folded.holdOut = {};
        QCOMPARE(prepareTraining(table, folded)->plan.features, (std::vector<std::string>{"farm", "x"}));
        folded.groupColumn = "farm";
        QCOMPARE(prepareTraining(table, folded)->plan.features, std::vector<std::string>{"x"});
    }

    void freezingRemembersWhereItCameFrom()
    {
        TrainingPlan chosen = plan("logistic_regression", "species");
        chosen.testFraction = 0.25;
        chosen.seed = 11;
        chosen.dataName = "birds.csv";
        const auto training = prepareTraining(samples::mixedTable(100), chosen);
        QVERIFY(training);
        const auto outcome = fit(*training->learner, training->train, chosen.seed);
        QVERIFY(outcome);
        const auto model = freezeModel(*training, outcome->parameters, outcome->last.step, outcome->seconds);
        QVERIFY(model);
        const Provenance& provenance = (*model)->provenance();
        QCOMPARE(provenance.learner, std::string("logistic_regression"));
        QCOMPARE(provenance.seed, std::uint64_t(11));
        QCOMPARE(provenance.rowsTrain, std::size_t(75));
        QCOMPARE(provenance.rowsTest, std::size_t(25));
        QCOMPARE(provenance.steps, outcome->last.step);
        QCOMPARE(provenance.dataFingerprint.size(), std::size_t(64));
        QCOMPARE(provenance.created.size(), std::size_t(20));
        QVERIFY(provenance.metricsTrain.contains("accuracy") && provenance.metricsTest.contains("accuracy"));
        QVERIFY(!provenance.hyperparameters.empty());
        QCOMPARE((*model)->certificate().rows.size(), std::size_t(20));

        // Another cell is another fingerprint; a column that took no part is not.
        const auto other = prepareTraining(scrambled(samples::mixedTable(100), {training->split.test.front()}), chosen);
        QVERIFY((*freezeModel(*other, outcome->parameters, 1, 0))->provenance().dataFingerprint != provenance.dataFingerprint);
    }

    void theTaskFollowsTheTarget()
    {
        const Table table = samples::mixedTable();
        QCOMPARE(int(taskOf(table.column(*table.find("value")))), int(Task::Regression));
        QCOMPARE(int(taskOf(table.column(*table.find("wet")))), int(Task::Classification));
    }

    void numbersCanBeClasses()
    {
        const Table table = *Table::make({numbers("x", {1, 2, 3, 4, 5, 6, 7, 8}), numbers("cylinders", {4, 4, 8, 4, 8, 6, 8, 6})});
        TrainingPlan chosen = plan("decision_tree", "cylinders");
        chosen.features = {"x"};
        chosen.task = Task::Classification;
        chosen.testFraction = 0.5;
        const auto training = prepareTraining(table, chosen);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        QCOMPARE(training->target.classes, (std::vector<std::string>{"4", "6", "8"}));
        // From each class in proportion: 3, 2 and 3 rows give at least one each.
        std::vector<int> counts(3);
        for (const double y : training->test->y)
            ++counts[std::size_t(y)];
        QVERIFY(counts[0] >= 1 && counts[1] == 1 && counts[2] >= 1);
    }

    /// Each row finds its class at once, however many there are.
    void manyNumbersCanBeClasses()
    {
        TrainingPlan chosen = plan("gaussian_naive_bayes", "class");
        chosen.features = {"value"};
        chosen.task = Task::Classification;
        Buffer<double> classes(200000), values(200000);
        for (std::size_t i = 0; i < classes.size(); ++i) {
            classes[i] = double(i % 10000);
            values[i] = double(i);
        }
        const Table table = *Table::make({std::make_shared<const Column>(Column::numbers("class", classes)), std::make_shared<const Column>(Column::numbers("value", values))});
        const auto start = std::chrono::steady_clock::now();
        const auto training = prepareTraining(table, chosen);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        QCOMPARE(training->train->y[123456], 3456.0);
        // A search through the list of classes for each row takes above ten seconds.
        QVERIFY(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
    }

    void rowsWithoutATargetTakeNoPart()
    {
        const Table table = *Table::make({numbers("x", {1, 2, 3, 4}), numbers("y", {1, std::nan(""), 3, 5})});
        TrainingPlan chosen = plan("linear_regression", "y");
        chosen.features = {"x"};
        const auto training = prepareTraining(table, chosen);
        QVERIFY(training);
        QCOMPARE(training->train->samples(), std::size_t(3));
        QCOMPARE(training->notices.size(), std::size_t(1));
        QCOMPARE(training->train->sourceRows, (std::vector<std::size_t>{0, 2, 3}));
    }

    void usableColumnsAreFound()
    {
        const Table table = *Table::make({numbers("x", {1, 2}), numbers("constant", {3, 3}), numbers("empty", {std::nan(""), std::nan("")}),
                                          std::make_shared<const Column>(Column::categories("kind", {"a", "b"})),
                                          std::make_shared<const Column>(Column::categories("same", {"a", "a"})), numbers("y", {1, 2})});
        QCOMPARE(usableFeatures(table, "y"), (std::vector<std::string>{"x", "kind"}));
    }

    void columnsLeftOutAreNamed()
    {
        const auto text = std::make_shared<const Column>("note", ColumnType::Text, TextCells{Buffer<char>({'a', 'b', 'c'}), Buffer<std::uint64_t>({1, 2, 3}), {}}, 3);
        const Table table = *Table::make({numbers("x", {1, 2, 3}), numbers("constant", {3, 3, 3}), text, numbers("y", {1, 2, 4})});
        TrainingPlan chosen = plan("linear_regression", "y");
        chosen.features.clear();
        const auto training = prepareTraining(table, chosen);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        QCOMPARE(training->notices, (std::vector<std::string>{"Left out of the features: \"constant\" (the same in every row), \"note\" (text)."}));
        // Columns that a person chose are not left out, and nothing is said.
        chosen.features = {"x"};
        QVERIFY(prepareTraining(table, chosen)->notices.empty());
    }

    void badPlansAreSentences_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        QTest::newRow("no such target") << "target" << int(ErrorCode::UnknownColumn) << "height";
        QTest::newRow("no such feature") << "feature" << int(ErrorCode::UnknownColumn) << "height";
        QTest::newRow("no such learner") << "learner" << int(ErrorCode::UnknownLearner) << "decision_tree";
        QTest::newRow("target as feature") << "both" << int(ErrorCode::WrongType) << "target";
        QTest::newRow("feature named twice") << "twice" << int(ErrorCode::WrongType) << "named twice";
        QTest::newRow("wrong task") << "task" << int(ErrorCode::WrongTask) << "another learner";
        QTest::newRow("classes as numbers") << "numbers" << int(ErrorCode::WrongTask) << "needs numbers";
        QTest::newRow("hyperparameter") << "hyperparameter" << int(ErrorCode::UnknownHyperparameter) << "depth";
        QTest::newRow("too many tested") << "fraction" << int(ErrorCode::TooFewSamples) << "another share";
        QTest::newRow("missing cells refused") << "impute" << int(ErrorCode::MissingValue) << "Row 6";
        QTest::newRow("no feature") << "none" << int(ErrorCode::TooFewFeatures) << "feature";
        QTest::newRow("constant feature") << "constant" << int(ErrorCode::TooFewFeatures) << "\"x\" (the same in every row)";
        QTest::newRow("empty target") << "empty" << int(ErrorCode::TooFewSamples) << "no value in any row";
        QTest::newRow("too many levels") << "levels" << int(ErrorCode::TooLarge) << "\"word\" has 8,000 different values";
        QTest::newRow("one row") << "row" << int(ErrorCode::TooFewSamples) << "One row is not enough";
    }

    void badPlansAreSentences()
    {
        QFETCH(QString, what);
        QFETCH(int, code);
        QFETCH(QString, words);
        const std::map<QString, std::function<void(TrainingPlan&)>> changes = {
            {"target", [](TrainingPlan& p) { p.target = "height"; }},
            {"feature", [](TrainingPlan& p) { p.features = {"height"}; }},
            {"learner", [](TrainingPlan& p) { p.learner = "oracle"; }},
            {"both", [](TrainingPlan& p) { p.features.push_back("value"); }},
            {"twice", [](TrainingPlan& p) { p.features.push_back(p.features.front()); }},
            {"task", [](TrainingPlan& p) { p.learner = "logistic_regression"; }},
            {"numbers", [](TrainingPlan& p) { p.target = "species", p.task = Task::Regression; }},
            {"hyperparameter", [](TrainingPlan& p) { p.hyperparameters["depth"] = 1.0; }},
            {"fraction", [](TrainingPlan& p) { p.testFraction = 0.999; }},
            {"impute", [](TrainingPlan& p) { p.preparation.imputation = Imputation::Refuse; }},
        };
        const Table full = samples::mixedTable();
        const std::map<QString, Table> tables = {
            {"none", *Table::make({full.columnPtr(4)})},
            {"constant", *Table::make({numbers("x", {7, 7}), numbers("value", {1, 2})})},
            {"empty", *Table::make({numbers("x", {1, 2}), numbers("value", {std::nan(""), std::nan("")})})},
            {"levels", manyWords(20000, 8000)},
            {"row", *Table::make({numbers("x", {1}), numbers("value", {2})})},
        };
        TrainingPlan chosen = plan();
        if (changes.contains(what))
            changes.at(what)(chosen);
        else
            chosen.features.clear();
        const Table table = tables.contains(what) ? tables.at(what) : full;
        const auto training = prepareTraining(table, chosen);
        QVERIFY(!training);
        QVERIFY2(int(training.error().code) == code, training.error().message.c_str());
        QVERIFY2(training.error().message.find(words.toStdString()) != std::string::npos, training.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"
