#include "core/learn/step_table.h"
#include "core/prepare/preparation.h"
#include "tests/support/reference_data.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace modelarium;
using Eigen::Index;
using nlohmann::json;

namespace {

ColumnPtr numbers(const std::string& name, const std::vector<double>& values)
{
    Buffer<double> buffer(values.size());
    std::copy(values.begin(), values.end(), buffer.begin());
    return std::make_shared<Column>(Column::numbers(name, std::move(buffer)));
}

Table wholeTable(const json& document)
{
    return *Table::make({numbers("a", document["columns"]["a"]), numbers("b", document["columns"]["b"]), numbers("c", document["columns"]["c"])});
}

Table tableWithGaps(const json& document)
{
    std::vector<ColumnPtr> columns;
    for (std::size_t j = 0; j < 3; ++j) {
        std::vector<double> values;
        for (const json& row : document["gaps"])
            values.push_back(row[j].is_null() ? std::numeric_limits<double>::quiet_NaN() : row[j].get<double>());
        columns.push_back(numbers(std::string(1, char('a' + j)), values));
    }
    return *Table::make(std::move(columns));
}

std::vector<std::size_t> firstRows(const json& document)
{
    std::vector<std::size_t> rows(document["training_rows"].get<std::size_t>());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    return rows;
}

/// "power:box_cox@a,c"
Result<StepChoice> stepOf(std::string text)
{
    std::vector<std::string> columns;
    if (const std::size_t at = text.find('@'); at != std::string::npos) {
        for (const char c : text.substr(at + 1))
            if (c != ',')
                columns.emplace_back(1, c);
        text.resize(at);
    }
    const std::size_t colon = text.find(':');
    const Result<const StepKind*> kind = findStepKind(text.substr(0, colon));
    if (!kind)
        return kind.error();
    Result<StepChoice> step = parseStep(**kind, colon == std::string::npos ? "" : text.substr(colon + 1));
    if (step)
        step->columns = columns;
    return step;
}

} // namespace

/// Every step against scikit-learn's preprocessing: fitted to the first rows, applied to all.
class TestPreparationReference : public QObject {
    Q_OBJECT

    json m_document;

private Q_SLOTS:
    void initTestCase()
    {
        m_document = reference::read("preparation.json");
        QVERIFY(!m_document.is_discarded());
    }

    void sameNumbers_data()
    {
        QTest::addColumn<QString>("step");
        for (const auto& item : m_document["answers"].items())
            QTest::newRow(item.key().c_str()) << QString::fromStdString(item.key());
    }

    void sameNumbers()
    {
        QFETCH(QString, step);
        const std::string text = step.toStdString();
        const Result<StepChoice> choice = stepOf(text);
        QVERIFY2(choice, choice ? "" : choice.error().message.c_str());
        PreparationChoices choices;
        choices.steps = {*choice};
        const Table table = text.starts_with("impute") ? tableWithGaps(m_document) : wholeTable(m_document);
        const Result<Preparation> preparation = Preparation::learn(table, {"a", "b", "c"}, firstRows(m_document), choices);
        QVERIFY2(preparation, preparation ? "" : preparation.error().message.c_str());
        const Result<Matrix> X = preparation->apply(table);
        QVERIFY2(X, X ? "" : X.error().message.c_str());
        const Matrix expected = reference::toMatrix(m_document["answers"][text]);
        QCOMPARE(X->rows(), expected.rows());
        QCOMPARE(X->cols(), expected.cols());
        // A learned power is the maximum of a likelihood that is flat there: rounding of the likelihood (1e-16) leaves its place open
        // by the square root of that, and the curvature and the powers of the values widen it. Everything else is the same arithmetic.
        const double tolerance = text.starts_with("power") ? 1e-5 : 1e-10;
        for (Index i = 0; i < expected.rows(); ++i)
            for (Index j = 0; j < expected.cols(); ++j)
                QVERIFY2(std::abs((*X)(i, j) - expected(i, j)) <= tolerance * std::max(1.0, std::abs(expected(i, j))),
                         qPrintable(QStringLiteral("row %1, column %2: %3, expected %4").arg(i).arg(j).arg((*X)(i, j), 0, 'g', 12).arg(expected(i, j), 0, 'g', 12)));
    }

    void ordinalCodes()
    {
        const std::vector<std::string> levels = m_document["levels"];
        const Table table = *Table::make({std::make_shared<Column>(Column::categories("level", levels))});
        PreparationChoices choices;
        choices.steps = {StepChoice{EncodeChoice{Encoding::Ordinal, UnknownCategory::Refuse, 1, {"low", "middle", "high"}}, {}}};
        const Result<Preparation> preparation = Preparation::learn(table, {"level"}, firstRows(m_document), choices);
        QVERIFY(preparation);
        const Result<Matrix> X = preparation->apply(table);
        QVERIFY(X);
        QCOMPARE(X->cols(), Index(1));
        QVERIFY(X->col(0) == reference::toVector(m_document["codes"]));
    }
};

QTEST_GUILESS_MAIN(TestPreparationReference)
#include "tst_preparation_reference.moc"
