#include "core/base/random.h"
#include "core/learn/step_table.h"
#include "core/learn/training.h"
#include "core/model/equation.h"
#include "core/model/linear_reading.h"
#include "core/model/model_file.h"
#include "core/prepare/preparation.h"
#include "core/prepare/step_report.h"
#include "core/prepare/unknown_words.h"
#include "tests/support/parameters_text.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>

using namespace modelarium;
using Eigen::Index;

namespace {

constexpr std::size_t trainingCount = 80, rowCount = 120;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

ColumnPtr numbers(const std::string& name, const std::vector<double>& values)
{
    Buffer<double> buffer(values.size());
    std::copy(values.begin(), values.end(), buffer.begin());
    return std::make_shared<Column>(Column::numbers(name, std::move(buffer)));
}

/// Columns size (positive), shift, kind and y. What the last rows hold depends on `last`, what the first hold does not.
Table mixedTable(std::uint64_t last = 1)
{
    std::vector<double> size, shift, y;
    std::vector<std::string> kind;
    Random first(3), rest(last);
    for (std::size_t i = 0; i < rowCount; ++i) {
        Random& random = i < trainingCount ? first : rest;
        const double wide = i < trainingCount || last == 1 ? 1 : 1000;
        const double s = std::exp(random.normal()) * wide, t = random.normal() * wide;
        size.push_back(random.uniform(0, 1) < 0.1 ? missing : s);
        shift.push_back(random.uniform(0, 1) < 0.1 ? missing : t);
        const double which = random.uniform(0, 1);
        // The other last rows have words of their own.
        const bool isNew = i >= trainingCount && last != 1 && which < 0.5;
        kind.push_back(isNew ? "giant " + std::to_string(i % 3) : i == 0 || which < 0.3 ? "small" : i == 1 || which < 0.7 ? "medium" : i == 2 || which < 0.95 ? "large" : "");
        y.push_back(2 * s - t + random.normal());
    }
    return *Table::make({numbers("size", size), numbers("shift", shift), std::make_shared<Column>(Column::categories("kind", kind)), numbers("y", y)});
}

const std::vector<std::string> features{"size", "shift", "kind"};

std::vector<std::size_t> trainingRows()
{
    std::vector<std::size_t> rows(trainingCount);
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    return rows;
}

StepChoice step(const char* kind, const char* options = "", std::vector<std::string> columns = {})
{
    StepChoice choice = *parseStep(**findStepKind(kind), options);
    choice.columns = std::move(columns);
    return choice;
}

/// The one of lists() that takes no row with a category that no training row had.
constexpr int listThatRefuses = 0;

/// Lists of steps that between them use every kind.
std::vector<std::vector<StepChoice>> lists()
{
    return {
        {step("impute", "mean"), step("encode", "one_hot,unknown=refuse"), step("standardise")},
        {step("impute", "median,indicator"), step("encode", "ordinal"), step("minmax", "low=-1,high=1")},
        {step("impute", "constant=1,indicator", {"size"}), step("impute", "most_frequent"), step("log", "1", {"size"}), step("robust")},
        {step("impute", "own_level", {"kind"}), step("encode", "one_hot,unknown=own_level,rare_below=5"), step("power", "yeo_johnson")},
        {step("power", "box_cox", {"size"}), step("bin", "quantiles,4", {"shift"}), step("polynomial", "2,interactions")},
        {step("bin", "equal_width,3,ordinal", {"size"}), step("standardise"), step("pca", "share=0.8")},
        {step("impute", "constant=medium", {"kind"}), step("impute", "mean"), step("encode", "ordinal,unknown=as_missing,order=small|medium|large"), step("robust", "", {"size"})},
        {step("standardise"), step("polynomial", "degree=3", {"size", "shift"}), step("pca", "keep=components,components=3"), step("standardise")},
    };
}

PreparationChoices choicesOf(std::vector<StepChoice> steps)
{
    PreparationChoices choices;
    choices.steps = std::move(steps);
    return choices;
}

bool sameBits(const Matrix& a, const Matrix& b)
{
    return a.rows() == b.rows() && a.cols() == b.cols() && std::memcmp(a.data(), b.data(), std::size_t(a.size()) * sizeof(double)) == 0;
}

/// A row as predictRow takes it.
std::vector<double> rawRow(const Preparation& preparation, const Table& table, std::size_t row)
{
    std::vector<double> raw;
    for (const InputColumn& input : preparation.inputs()) {
        const Column& column = table.column(*table.find(input.name));
        if (column.isMissing(row)) {
            raw.push_back(missing);
        } else if (input.isCategorical()) {
            const auto level = std::find(input.levels.begin(), input.levels.end(), column.cellText(row));
            raw.push_back(level == input.levels.end() ? double(input.levels.size()) - 1 : double(level - input.levels.begin()));
        } else {
            raw.push_back(column.numberValues()[row]);
        }
    }
    return raw;
}

Result<ModelPtr> lineThrough(const Table& table, std::vector<StepChoice> steps)
{
    TrainingPlan plan;
    plan.features = features;
    plan.target = "y";
    plan.learner = "ridge_regression";
    plan.preparation = choicesOf(std::move(steps));
    const Result<PreparedTraining> training = prepareTraining(table, plan);
    if (!training)
        return training.error();
    const Result<FitOutcome> outcome = fit(*training->learner, training->train, 1, {});
    if (!outcome)
        return outcome.error();
    return snapshotModel(*training, outcome->parameters, 1);
}

} // namespace

class TestPreparation : public QObject {
    Q_OBJECT

private:
    void addLists()
    {
        QTest::addColumn<int>("list");
        for (int i = 0; i < int(lists().size()); ++i)
            QTest::addRow("list %d", i + 1) << i;
    }

private Q_SLOTS:
    void nothingLeaksFromTestRows_data() { addLists(); }

    /// Other test rows, a thousand times as wide: every number that was learned keeps its bits.
    void nothingLeaksFromTestRows()
    {
        QFETCH(int, list);
        const Table table = mixedTable(1), scrambled = mixedTable(99);
        const PreparationChoices choices = choicesOf(lists()[std::size_t(list)]);
        const Result<Preparation> one = Preparation::learn(table, features, trainingRows(), choices);
        const Result<Preparation> other = Preparation::learn(scrambled, features, trainingRows(), choices);
        QVERIFY2(one, one ? "" : one.error().message.c_str());
        QVERIFY2(other, other ? "" : other.error().message.c_str());
        QCOMPARE(one->outputNames(), other->outputNames());
        const std::vector<StepReport> a = describeSteps(*one), b = describeSteps(*other);
        QCOMPARE(a.size(), b.size());
        for (std::size_t s = 0; s < a.size(); ++s) {
            QCOMPARE(a[s].summary, b[s].summary);
            for (std::size_t j = 0; j < a[s].columns.size(); ++j)
                QVERIFY(a[s].columns[j].values == b[s].columns[j].values);
        }
        QVERIFY(sameBits(*one->apply(table, trainingRows()), *other->apply(scrambled, trainingRows())));
        const Result<Matrix> rest = one->apply(table);
        QVERIFY2(rest, rest ? "" : rest.error().message.c_str());
        QVERIFY(sameBits(*rest, *other->apply(table)));
        QVERIFY(rest->allFinite());
    }

    /// A kind of step that is added later has to be among the lists that are scrambled, with each of its ways to do it.
    void everyKindIsScrambled()
    {
        std::set<std::string> done;
        for (const std::vector<StepChoice>& list : lists()) {
            for (const StepChoice& choice : list) {
                done.insert(std::string(stepName(choice)));
                for (const auto& [name, value] : stepValues(choice))
                    done.insert(std::string(stepName(choice)) + " " + name + " " + hyperparameterText(value));
            }
        }
        for (const StepKind& kind : stepKinds()) {
            QVERIFY2(done.contains(kind.id), kind.id.c_str());
            for (const HyperparameterSpec& spec : kind.table) {
                for (const std::string& value : spec.choices) {
                    // To refuse missing cells is the one way that learns nothing.
                    const std::string way = kind.id + " " + spec.name + " " + value;
                    QVERIFY2(way == "impute method refuse" || done.contains(way), way.c_str());
                }
            }
        }
    }

    void noParameterLeaksFromTestRows_data() { addLists(); }

    /// The same one step further: a model that is trained on these rows is the same to the last bit.
    void noParameterLeaksFromTestRows()
    {
        QFETCH(int, list);
        std::vector<std::size_t> test(rowCount - trainingCount);
        std::iota(test.begin(), test.end(), trainingCount);
        TrainingPlan plan;
        plan.features = features;
        plan.target = "y";
        plan.learner = "ridge_regression";
        plan.preparation = choicesOf(lists()[std::size_t(list)]);
        // Words that are refused would end it at the test rows.
        if (list == listThatRefuses)
            test.clear();
        std::vector<std::string> parameters;
        for (const std::uint64_t last : {1, 99}) {
            const Result<PreparedTraining> training = prepareTraining(mixedTable(last), plan, Split{trainingRows(), test});
            QVERIFY2(training, training ? "" : training.error().message.c_str());
            const Result<FitOutcome> outcome = fit(*training->learner, training->train, 1, {});
            QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
            parameters.push_back(parametersText(outcome->parameters));
        }
        QCOMPARE(parameters[0], parameters[1]);
    }

    void oneRowGivesTheSameBits_data() { addLists(); }

    void oneRowGivesTheSameBits()
    {
        QFETCH(int, list);
        const Table table = mixedTable();
        const Result<Preparation> preparation = Preparation::learn(table, features, trainingRows(), choicesOf(lists()[std::size_t(list)]));
        QVERIFY2(preparation, preparation ? "" : preparation.error().message.c_str());
        for (std::size_t through = 0; through <= preparation->steps().size(); ++through) {
            std::vector<std::size_t> all(rowCount);
            std::iota(all.begin(), all.end(), std::size_t(0));
            const Matrix X = *preparation->applyThrough(table, all, through);
            QCOMPARE(std::size_t(X.cols()), preparation->outputsThrough(through));
            QCOMPARE(preparation->namesThrough(through).size(), std::size_t(X.cols()));
            std::vector<double> scratch(preparation->scratchSize()), out(preparation->outputsThrough(through));
            for (std::size_t i = 0; i < rowCount; ++i) {
                preparation->applyRowThrough(rawRow(*preparation, table, i).data(), scratch.data(), out.data(), through);
                for (std::size_t j = 0; j < out.size(); ++j)
                    QCOMPARE(out[j], X(Index(i), Index(j)));
            }
        }
    }

    void modelFilesKeepEveryStep_data() { addLists(); }

    void modelFilesKeepEveryStep()
    {
        QFETCH(int, list);
        const Table table = mixedTable();
        const Result<ModelPtr> model = lineThrough(table, lists()[std::size_t(list)]);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const std::string text = modelToJson(**model);
        const Result<ModelPtr> again = modelFromJson(text);
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QCOMPARE(modelToJson(**again), text);
        QCOMPARE((*again)->preparation().outputNames(), (*model)->preparation().outputNames());
        QVERIFY(sameBits(*(*again)->preparation().apply(table), *(*model)->preparation().apply(table)));
    }

    void weightsReadBackGiveThePredictions_data() { addLists(); }

    /// intercept + sum of weight times variable is the prediction, whatever the steps; and the units are those of the data
    /// exactly where every step can be undone.
    void weightsReadBackGiveThePredictions()
    {
        QFETCH(int, list);
        const Table table = mixedTable();
        const std::vector<StepChoice> steps = lists()[std::size_t(list)];
        const Result<ModelPtr> model = lineThrough(table, steps);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const LinearReadings readings = linearReadings(**model);
        QCOMPARE(readings.sums.size(), std::size_t(1));
        std::vector<double> workspace((*model)->workspaceSize()), answer((*model)->outputs());
        for (std::size_t i = 0; i < rowCount; ++i) {
            const std::vector<double> raw = rawRow((*model)->preparation(), table, i);
            (*model)->predictRow(raw.data(), workspace.data(), answer.data());
            const std::vector<double> values = variableValues((*model)->preparation(), readings.variables, raw.data());
            double sum = readings.sums[0].intercept, size = std::abs(sum);
            for (std::size_t k = 0; k < readings.sums[0].terms.size(); ++k) {
                double term = readings.sums[0].terms[k].value;
                for (std::size_t j = 0; j < values.size(); ++j)
                    for (int power = 0; power < readings.sums[0].exponents[k][j]; ++power)
                        term *= values[j];
                sum += term;
                size = std::max(size, std::abs(term));
            }
            QVERIFY2(std::abs(sum - answer[0]) <= 1e-9 * size, qPrintable(QStringLiteral("row %1: %2, not %3").arg(i).arg(sum, 0, 'g', 12).arg(answer[0], 0, 'g', 12)));
        }
        const bool bends = std::any_of(steps.begin(), steps.end(), [](const StepChoice& s) {
            return std::holds_alternative<PowerChoice>(s.what) || std::holds_alternative<BinChoice>(s.what);
        });
        // Components of products are read as what they are: multiplied out they would be no shorter.
        const bool hasProducts = std::any_of(steps.begin(), steps.end(), [](const StepChoice& s) { return std::holds_alternative<PolynomialChoice>(s.what); });
        const bool hasComponents = std::any_of(steps.begin(), steps.end(), [](const StepChoice& s) { return std::holds_alternative<PcaChoice>(s.what); });
        const bool isStraight = !bends && !(hasProducts && hasComponents);
        QCOMPARE(readings.isInDataUnits(), isStraight);
        QCOMPARE(readingNote(**model).empty(), isStraight);
    }

    void refusesWithASentence_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("column");
        QTest::addColumn<QString>("says");
        QTest::newRow("a logarithm of a negative number") << "log" << "" << "shift" << "above 0";
        QTest::newRow("a column that is not there") << "log" << "" << "weight" << "not there";
        QTest::newRow("a logarithm of a category") << "log" << "" << "kind" << "holds categories";
        QTest::newRow("a mean of categories") << "impute" << "mean" << "kind" << "holds categories";
        QTest::newRow("a constant that is no number") << "impute" << "constant=many" << "size" << "not a finite number";
        QTest::newRow("a level of its own for numbers") << "impute" << "own_level" << "size" << "only categories";
        QTest::newRow("encoding numbers") << "encode" << "ordinal" << "size" << "only categories";
        QTest::newRow("an order with a level that is not there") << "encode" << "ordinal,order=tiny|small" << "kind" << "does not have";
        QTest::newRow("a range that is none") << "minmax" << "low=2,high=1" << "size" << "below the high end";
        QTest::newRow("too many components") << "pca" << "keep=components,components=9" << "size" << "1 is the most";
        QTest::newRow("missing cells") << "impute" << "refuse" << "size" << "is missing";
    }

    void refusesWithASentence()
    {
        QFETCH(QString, kind);
        QFETCH(QString, options);
        QFETCH(QString, column);
        QFETCH(QString, says);
        const Table table = mixedTable();
        const auto choice = step(qPrintable(kind), qPrintable(options), {column.toStdString()});
        const Result<Preparation> preparation = Preparation::learn(table, features, trainingRows(), choicesOf({choice}));
        std::string message = preparation ? "" : preparation.error().message;
        if (preparation) {
            const Result<Matrix> X = preparation->apply(table);
            message = X ? "" : X.error().message;
        }
        QVERIFY2(QString::fromStdString(message).contains(says), message.c_str());
        QVERIFY(message.back() == '.');
    }

    /// No cell is missing and none is infinite: a product is.
    void aProductThatIsTooLargeSaysSo()
    {
        const Table table = *Table::make({numbers("x", {1, 1.7e308, -1.7e308, 2}), numbers("y", {1, 2, 3, 4})});
        for (const std::vector<StepChoice>& steps : {std::vector{step("polynomial", "3")}, {step("polynomial", "2"), step("standardise")},
                                                     {step("robust", "", {"y"}), step("polynomial", "2"), step("polynomial", "2")}}) {
            const Result<Preparation> preparation = Preparation::learn(table, {"x", "y"}, {0, 1, 2, 3}, choicesOf(steps));
            const Result<Matrix> X = preparation ? preparation->apply(table) : preparation.error();
            QVERIFY(!X);
            QCOMPARE(int(X.error().code), int(ErrorCode::NotFinite));
            QCOMPARE(X.error().place.row, std::optional<std::size_t>(2));
            QCOMPARE(X.error().place.column, std::string("x^2"));
            QVERIFY2(X.error().message.ends_with("ow 2 of \"x^2\" is a product beyond the range of numbers: bring the columns to a common scale before the "
                                                 "step polynomial."), X.error().message.c_str());
        }
    }

    void intervalsOfARangeThatIsTooLarge()
    {
        const Table table = *Table::make({numbers("x", {-1.5e308, -0.2e308, 0, 0.3e308, 1.5e308})});
        for (const char* options : {"equal_width,3", "quantiles,3"}) {
            const Result<Preparation> preparation = Preparation::learn(table, {"x"}, {0, 1, 2, 3, 4}, choicesOf({step("bin", options)}));
            QVERIFY2(preparation, preparation ? "" : preparation.error().message.c_str());
            const auto& edges = std::get<Binning>(preparation->steps()[0]).edges[0];
            QCOMPARE(edges.size(), std::size_t(2));
            QVERIFY(edges[0] < 0 && edges[1] > 0 && std::isfinite(edges[0]) && std::isfinite(edges[1]));
            if (options[0] == 'e')
                QVERIFY(std::abs(edges[0] / -0.5e308 - 1) < 1e-12 && std::abs(edges[1] / 0.5e308 - 1) < 1e-12);
        }
    }

    void cellsBecomeNumbersFirst()
    {
        const Result<Preparation> late = Preparation::learn(mixedTable(), features, trainingRows(), choicesOf({step("standardise"), step("impute", "median")}));
        QVERIFY(!late);
        QVERIFY(late.error().message.find("Put it earlier") != std::string::npos);
    }

    /// In a table it is refused; a single row has nobody to tell, and takes the smallest training value.
    void logarithmsOfNewRows()
    {
        const Table table = mixedTable();
        const Result<Preparation> preparation = Preparation::learn(table, {"size"}, trainingRows(), choicesOf({step("log")}));
        QVERIFY(preparation);
        const Result<Matrix> X = preparation->apply(*Table::make({numbers("size", {1, 0})}));
        QVERIFY(!X);
        QCOMPARE(X.error().code, ErrorCode::NotFinite);
        QCOMPARE(X.error().place.row.value_or(0), std::size_t(2));
        const double raw = -5;
        std::vector<double> scratch(preparation->scratchSize());
        double out = 0;
        preparation->applyRow(&raw, scratch.data(), &out);
        QVERIFY(std::isfinite(out));
        QVERIFY(out <= preparation->apply(table, trainingRows())->col(0).minCoeff());
    }

    void unknownCategories()
    {
        const Table fresh = *Table::make({std::make_shared<Column>(Column::categories("kind", std::vector<std::string>{"giant", "small"}))});
        const auto learned = [&](const char* options) { return *Preparation::learn(mixedTable(), {"kind"}, trainingRows(), choicesOf({step("encode", options)})); };
        const Result<Matrix> refused = learned("one_hot,unknown=refuse").apply(fresh);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::UnknownCategory);
        QCOMPARE(*learned("one_hot").apply(fresh), *learned("one_hot,unknown=as_missing").apply(fresh));
        const Preparation asMissing = learned("one_hot,unknown=as_missing");
        const Result<Matrix> filled = asMissing.apply(fresh);
        QVERIFY(filled);
        QCOMPARE(filled->row(0).sum(), 1.0);
        QCOMPARE((*filled)(0, Index(asMissing.inputs()[0].typical)), 1.0);
        const Preparation own = learned("one_hot,unknown=own_level");
        QCOMPARE(own.encodedNames().back(), std::string("kind = (other)"));
        QCOMPARE((*own.apply(fresh))(0, Index(own.outputs()) - 1), 1.0);
    }

    /// Whatever becomes of unknown categories: the levels are those of the training rows, as they come among them, and those that are named.
    void levelsAreThoseOfTheTrainingRows()
    {
        const Table table = *Table::make({std::make_shared<Column>(Column::categories("kind", std::vector<std::string>{"z", "b", "x", "a", "b", "", "a", "y"}))});
        const std::vector<std::size_t> rows{3, 4, 5, 6};
        const auto levels = [&](const char* options) {
            const auto learned = Preparation::learn(table, {"kind"}, rows, choicesOf({step("encode", options)}));
            return learned ? learned->inputs()[0].levels : std::vector<std::string>{learned.error().message};
        };
        for (const char* options : {"one_hot", "one_hot,unknown=refuse", "one_hot,unknown=as_missing", "ordinal", "ordinal,unknown=refuse"})
            QCOMPARE(levels(options), (std::vector<std::string>{"a", "b"}));
        QCOMPARE(levels("one_hot,unknown=own_level"), (std::vector<std::string>{"a", "b", "(other)"}));
        QCOMPARE(levels("one_hot,unknown=own_level,rare_below=2"), (std::vector<std::string>{"a", "(other)"}));
        QCOMPARE(levels("ordinal,order=x|b"), (std::vector<std::string>{"x", "b", "a"}));
        QCOMPARE(levels("ordinal,unknown=refuse,order=x|b"), (std::vector<std::string>{"x", "b", "a"}));
        QCOMPARE(levels("ordinal,unknown=own_level,rare_below=2,order=x|b"), (std::vector<std::string>{"a", "(other)"}));
        QVERIFY(levels("ordinal,order=x|nowhere")[0].find("which the column does not have") != std::string::npos);
    }

    /// Cells of unknown categories are counted as they are prepared, whatever type a column of new rows was read as.
    void unknownWordsAreCounted()
    {
        const std::vector<std::string> seen{"1", "2", "one", "1"};
        const Table table = *Table::make({std::make_shared<Column>(Column::categories("code", seen)), std::make_shared<Column>(Column::categories("name", seen))});
        const std::vector<std::size_t> rows{0, 1, 2, 3};
        const auto learned = [&](const char* forName) {
            return *Preparation::learn(table, {"code", "name"}, rows, choicesOf({step("encode", forName, {"name"}), step("encode", "one_hot")}));
        };
        const Table fresh = *Table::make({numbers("code", {1, 2, 3, missing, 4}),
                                          std::make_shared<Column>(Column::categories("name", std::vector<std::string>{"x", "1", "", "one", "y"}))});
        const UnknownWords both = countUnknownWords(learned("one_hot"), fresh);
        QCOMPARE(both.asMissing, std::size_t(4));
        QCOMPARE(both.asOther, std::size_t(0));
        QCOMPARE(both.column, std::string("code"));
        QCOMPARE(both.word, std::string("3"));
        QCOMPARE(both.row, std::size_t(2));
        const UnknownWords apart = countUnknownWords(learned("one_hot,unknown=own_level"), fresh);
        QCOMPARE(apart.asMissing, std::size_t(2));
        QCOMPARE(apart.asOther, std::size_t(2));
        QCOMPARE(countUnknownWords(learned("one_hot,unknown=refuse"), fresh).asMissing, std::size_t(2));
        QCOMPARE(unknownWordsSentence(countUnknownWords(learned("one_hot"), table)), std::string());
        const UnknownWords one = countUnknownWords(learned("one_hot,unknown=refuse"), fresh, {2, 3});
        QCOMPARE(unknownWordsSentence(one), std::string("1 cell holds a category that the training rows did not (\"3\" in row 3 of \"code\"): it counts as missing."));
    }

    void countsWhatItTouched()
    {
        const Table table = mixedTable();
        std::size_t gaps = 0;
        for (const std::size_t i : trainingRows())
            for (const std::string& name : features)
                gaps += table.column(*table.find(name)).isMissing(i) ? 1 : 0;
        QVERIFY(gaps > 0);
        const Result<Preparation> preparation = Preparation::learn(table, features, trainingRows(), choicesOf({step("impute", "mean"), step("standardise")}));
        QVERIFY(preparation);
        const Result<std::vector<StepTouch>> touched = countTouched(*preparation, table, trainingRows());
        QVERIFY(touched);
        QCOMPARE(touched->size(), describeSteps(*preparation).size());
        QCOMPARE(touched->front().cells, gaps);
        QVERIFY(touched->front().rows <= gaps);
        QCOMPARE(touched->back().rows, trainingCount);
    }

    void stepsAreSpelledAsTheyAreRead()
    {
        for (const std::vector<StepChoice>& list : lists()) {
            for (StepChoice choice : list) {
                choice.columns.clear();
                const std::string spelled = stepSpelling(choice);
                const std::size_t colon = spelled.find(':');
                const Result<StepChoice> again = parseStep(**findStepKind(spelled.substr(0, colon)), colon == std::string::npos ? "" : spelled.substr(colon + 1));
                QVERIFY2(again, spelled.c_str());
                QVERIFY2(*again == choice, spelled.c_str());
            }
        }
        QVERIFY(!parseStep(**findStepKind("bin"), "bins=1"));
        QVERIFY(!parseStep(**findStepKind("bin"), "corners=3"));
        QVERIFY(!parseStep(**findStepKind("pca"), "share=1.5"));
        QVERIFY(!findStepKind("magic"));
    }
};

QTEST_GUILESS_MAIN(TestPreparation)
#include "tst_preparation.moc"
