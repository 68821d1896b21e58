#include "core/model/equation.h"

#include "core/learn/fit.h"
#include "core/learn/step_table.h"
#include "core/learn/training.h"
#include "core/model/feature_forms.h"
#include "tests/support/sample_tables.h"

#include <QRegularExpression>
#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

InputColumn numberInput(const char* name)
{
    InputColumn input;
    input.name = name;
    return input;
}

InputColumn categoryInput(const char* name, std::vector<std::string> levels)
{
    InputColumn input;
    input.name = name;
    input.type = ColumnType::Category;
    input.levels = std::move(levels);
    return input;
}

ModelPtr modelOf(std::vector<InputColumn> inputs, Parameters parameters, std::vector<std::string> classes = {},
                 std::vector<PreparationStep> steps = {}, bool referenceLevel = true)
{
    auto preparation = Preparation::fromParts(std::move(inputs), std::move(steps), UnknownCategory::Refuse, false, referenceLevel);
    TargetColumn target{"y", "", classes.empty() ? Task::Regression : Task::Classification, std::move(classes)};
    return *Model::make(*std::move(preparation), std::move(parameters), std::move(target), {});
}

Linear linear(std::initializer_list<double> weights, double intercept, Link link = Link::Identity)
{
    Linear result{Matrix(1, Eigen::Index(weights.size())), Vector::Constant(1, intercept), link};
    std::copy(weights.begin(), weights.end(), result.W.data());
    return result;
}

/// One question at feature 0, threshold 3.
TreeEnsemble stump(Matrix values, int classes)
{
    Tree tree;
    tree.feature = {0, -1, -1};
    tree.threshold = {3, 0, 0};
    tree.left = {1, -1, -1};
    tree.right = {2, -1, -1};
    tree.samples = {10, 4, 6};
    tree.impurity = {0.48, 0, 0};
    tree.values = std::move(values);
    return {{tree}, classes, 1};
}

std::string joined(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines)
        text += (text.empty() ? "" : "\n") + line;
    return text;
}

QString q(const std::string& text) { return QString::fromStdString(text); }

} // namespace

class TestEquation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void line()
    {
        const ModelPtr model = modelOf({numberInput("x")}, linear({2.31}, 0.84));
        const double raw[] = {4.0};
        QCOMPARE(q(equationText(*model)), QStringLiteral("y = 2.31 x + 0.84"));
        QCOMPARE(q(equationLatex(*model)), QStringLiteral("\\mathrm{y} = 2.31\\,\\mathrm{x} + 0.84"));
        QCOMPARE(q(joined(arithmeticText(*model, raw))), QStringLiteral("2.31 \u00D7 4 + 0.84 = 10.08"));
    }

    void signs_data()
    {
        QTest::addColumn<double>("weight");
        QTest::addColumn<double>("intercept");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("arithmetic");
        QTest::newRow("both negative") << -2.0 << -1.0 << "y = -2 x - 1" << QStringLiteral("-2 \u00D7 (-3) - 1 = 5");
        QTest::newRow("no intercept") << 0.5 << 0.0 << "y = 0.5 x" << QStringLiteral("0.5 \u00D7 (-3) = -1.5");
        QTest::newRow("weight of zero") << 0.0 << 7.0 << "y = 0 x + 7" << QStringLiteral("0 \u00D7 (-3) + 7 = 7");
        QTest::newRow("large") << 1e9 << 1.0 << "y = 1e+09 x + 1" << QStringLiteral("1e+09 \u00D7 (-3) + 1 = -3e+09");
    }

    void signs()
    {
        QFETCH(double, weight);
        QFETCH(double, intercept);
        QFETCH(QString, text);
        QFETCH(QString, arithmetic);
        const ModelPtr model = modelOf({numberInput("x")}, linear({weight}, intercept));
        const double raw[] = {-3.0};
        QCOMPARE(q(equationText(*model)), text);
        QCOMPARE(q(joined(arithmeticText(*model, raw))), arithmetic);
    }

    void digits()
    {
        const ModelPtr model = modelOf({numberInput("x")}, linear({0.1 + 0.2}, 1.0 / 3));
        QCOMPARE(q(equationText(*model, 2)), QStringLiteral("y = 0.3 x + 0.33"));
        QCOMPARE(q(equationText(*model, 17)), QStringLiteral("y = 0.30000000000000004 x + 0.3333333333333333"));
    }

    /// A sum far from zero loses digits: the weights have as many as the answer needs within the range of the data.
    void answersByHand_data()
    {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<QString>("learner");
        for (const char* learner : {"linear_regression", "polynomial_regression"}) {
            QTest::addRow("years, %s", learner) << 2007.0 << 2009.0 << QString::fromUtf8(learner);
            QTest::addRow("near zero, %s", learner) << -1.0 << 1.0 << QString::fromUtf8(learner);
            QTest::addRow("seconds, %s", learner) << 1.7e9 << 1.7e9 + 5e5 << QString::fromUtf8(learner);
        }
    }

    void answersByHand()
    {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(QString, learner);
        Buffer<double> x, y;
        for (int i = 0; i <= 20; ++i) {
            x.push_back(std::round((low + (high - low) * i / 20) * 1000) / 1000);
            y.push_back(3.6 - 0.1754321 * i / 20 + 0.03 * std::sin(double(i)));
        }
        const Table table = *Table::make({std::make_shared<const Column>(Column::numbers("x", x)), std::make_shared<const Column>(Column::numbers("y", y))});
        TrainingPlan plan;
        plan.target = "y";
        plan.learner = learner.toStdString();
        const auto model = samples::trainedModel(table, plan);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const std::string text = equationText(**model);
        static const QRegularExpression number(QStringLiteral("([-+]?) ?([0-9.]+(?:e[-+]?[0-9]+)?)( x(\\^2)?)?(?= |$)"));
        for (const double at : {low, (low + high) / 2, high}) {
            double byHand = 0, answer = 0;
            for (auto found = number.globalMatch(q(text).mid(3)); found.hasNext();) {
                const QRegularExpressionMatch term = found.next();
                const double power = term.captured(3).isEmpty() ? 1 : term.captured(4).isEmpty() ? at : at * at;
                byHand += (term.captured(1) == QLatin1String("-") ? -1 : 1) * term.captured(2).toDouble() * power;
            }
            std::vector<double> workspace((*model)->workspaceSize());
            (*model)->predictRow(&at, workspace.data(), &answer);
            QVERIFY2(std::abs(byHand - answer) < 3e-4, qPrintable(q(text) + QStringLiteral(": %1 instead of %2").arg(byHand, 0, 'g', 8).arg(answer, 0, 'g', 8)));
        }
    }

    /// z = 4 (x - 3) / 2 + 1 = 2 x - 5.
    void scalingIsUndone()
    {
        const ModelPtr model = modelOf({numberInput("x")}, linear({4}, 1), {}, {Standardise{Vector::Constant(1, 3), Vector::Constant(1, 2)}});
        const double raw[] = {4.0};
        QCOMPARE(q(equationText(*model)), QStringLiteral("y = 2 x - 5"));
        QCOMPARE(q(joined(arithmeticText(*model, raw))), QStringLiteral("2 \u00D7 4 - 5 = 3"));
        const auto parameters = parametersInDataUnits(*model);
        QCOMPARE(parameters.size(), std::size_t(2));
        QCOMPARE(q(parameters[0].name), QStringLiteral("(intercept)"));
        QCOMPARE(parameters[0].value, -5.0);
        QCOMPARE(parameters[1].value, 2.0);
    }

    /// t = x - 2: 3 + t + 2 t^2 = 2 x^2 - 7 x + 9.
    void polynomialsAreExpanded()
    {
        Polynomial p{Vector::Constant(1, 2), Vector::Ones(1), {{1}, {2}}, Vector(2), 3};
        p.weights << 1, 2;
        const ModelPtr model = modelOf({numberInput("x")}, p);
        const double raw[] = {4.0};
        QCOMPARE(q(equationText(*model)), QStringLiteral("y = 2 x^2 - 7 x + 9"));
        QCOMPARE(q(equationLatex(*model)), QStringLiteral("\\mathrm{y} = 2\\,\\mathrm{x}^{2} - 7\\,\\mathrm{x} + 9"));
        QCOMPARE(q(joined(arithmeticText(*model, raw))), QStringLiteral("2 \u00D7 16 - 7 \u00D7 4 + 9 = 13"));
    }

    void polynomialPreparation()
    {
        const ModelPtr model = modelOf({numberInput("a"), numberInput("b")}, linear({1, 2, 3, 4, 5}, 6), {},
                                       {PolynomialTerms{2, {{1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}}}});
        QCOMPARE(q(equationText(*model)), QStringLiteral("y = 1 a + 2 b + 3 a^2 + 4 [a b] + 5 b^2 + 6"));
        const double raw[] = {2, 10};
        QCOMPARE(q(joined(arithmeticText(*model, raw))),
                 QStringLiteral("1 \u00D7 2 + 2 \u00D7 10 + 3 \u00D7 4 + 4 \u00D7 20 + 5 \u00D7 100 + 6 = 620"));
    }

    void categories()
    {
        const ModelPtr model = modelOf({categoryInput("island", {"Biscoe", "Dream", "Torgersen"}), numberInput("body mass")}, linear({-2, 3, 0.5}, 1));
        QCOMPARE(q(equationText(*model)), QStringLiteral("y = -2 [island = Dream] + 3 [island = Torgersen] + 0.5 [body mass] + 1"));
        const double raw[] = {1, 10};
        QCOMPARE(q(joined(arithmeticText(*model, raw))), QStringLiteral("-2 \u00D7 1 + 3 \u00D7 0 + 0.5 \u00D7 10 + 1 = 4"));
    }

    void manyFeaturesAreCut()
    {
        std::vector<InputColumn> inputs;
        for (int j = 0; j < 40; ++j)
            inputs.push_back(numberInput(("x" + std::to_string(j)).c_str()));
        const ModelPtr model = modelOf(inputs, Linear{Matrix::Ones(1, 40), Vector::Constant(1, 2), Link::Identity});
        const std::string text = equationText(*model);
        QVERIFY2(text.find("1 x11 + ... (28 more terms) + 2") != std::string::npos, text.c_str());
        QVERIFY(text.size() < 200);
        QCOMPARE(parametersInDataUnits(*model).size(), std::size_t(41));
    }

    void logistic()
    {
        const ModelPtr model = modelOf({numberInput("x")}, linear({2}, -1, Link::Logistic), {"no", "yes"});
        const double raw[] = {0.5};
        QCOMPARE(q(equationText(*model)), QStringLiteral("P(yes) = 1 / (1 + exp(-(2 x - 1)))"));
        QCOMPARE(q(joined(arithmeticText(*model, raw))), QStringLiteral("z = 2 \u00D7 0.5 - 1 = 0\nP(yes) = 1 / (1 + exp(-z)) = 0.5"));
    }

    void softmax()
    {
        const ModelPtr model = modelOf({numberInput("x")}, Linear{(Matrix(3, 1) << 1, 0, -1).finished(), Vector::Zero(3), Link::Softmax}, {"a", "b", "c"});
        const std::string text = equationText(*model);
        QVERIFY2(text.find("score(a) = 1 x\n") != std::string::npos, text.c_str());
        const double raw[] = {0};
        const std::vector<std::string> lines = arithmeticText(*model, raw);
        QCOMPARE(lines.size(), std::size_t(6));
        QVERIFY2(lines.back().find("= 0.3333") != std::string::npos, lines.back().c_str());
        QCOMPARE(q(parametersInDataUnits(*model)[0].name), QStringLiteral("a: (intercept)"));
    }

    /// A boundary without probabilities claims none.
    void hardDecisions()
    {
        const ModelPtr two = modelOf({numberInput("x")}, linear({2}, -1, Link::Hard), {"no", "yes"});
        const double raw[] = {0.5};
        QCOMPARE(q(equationText(*two)), QStringLiteral("score = 2 x - 1\nyes where the score is above 0, no elsewhere"));
        QCOMPARE(q(joined(arithmeticText(*two, raw))), QStringLiteral("score = 2 \u00D7 0.5 - 1 = 0\nnot above 0: no"));
        const ModelPtr three = modelOf({numberInput("x")}, Linear{(Matrix(3, 1) << 1, 0, -1).finished(), Vector::Zero(3), Link::Hard}, {"a", "b", "c"});
        QVERIFY(equationText(*three).ends_with("score(c) = -1 x\nthe class with the largest score"));
        QVERIFY(joined(arithmeticText(*three, raw)).ends_with("the largest score: a"));
        QVERIFY(equationLatex(*three).find("\\arg\\max_k z_k") != std::string::npos);
    }

    /// Support vectors at -1 and 1, in the three kernels; votes where there are three classes.
    void kernelExpansion()
    {
        KernelExpansion p{Kernel::Rbf, 0.5, 3, 0, Matrix{{-1.0}, {1.0}}, Matrix{{-2, 2}}, Vector{{0.25}}, {1, 1}};
        const double raw[] = {1};
        const ModelPtr two = modelOf({numberInput("x")}, p, {"no", "yes"});
        QCOMPARE(q(equationText(*two)), QStringLiteral("score = sum of c(s) exp(-0.5 |x - s|^2) + 0.25\nyes where the score is above 0, no elsewhere\n"
                                                       "s: 2 support vectors, c: a weight for each"));
        // exp(-0.5 4) = 0.1353
        QCOMPARE(q(joined(arithmeticText(*two, raw))),
                 QStringLiteral("support vector 2: 2 \u00D7 1 = 2\nsupport vector 1: -2 \u00D7 0.1353 = -0.2707\nintercept: 0.25\nscore = 1.979\nabove 0: yes"));
        QCOMPARE(q(equationLatex(*two)), QStringLiteral("\\mathrm{score} = \\sum_{i=1}^{2} c_i \\exp(-0.5\\,|x - s_i|^2) + 0.25"));
        p.kernel = Kernel::Polynomial;
        p.coef0 = -1;
        p.vectorsOfClass = {};
        const ModelPtr curve = modelOf({numberInput("x")}, p);
        QVERIFY(equationText(*curve).starts_with("y = sum of c(s) (0.5 x . s - 1)^3 + 0.25\n"));
        // (-1.5)^3 = -3.375, (-0.5)^3 = -0.125
        QVERIFY(joined(arithmeticText(*curve, raw)).ends_with("intercept: 0.25\ny = 6.75"));
        p.kernel = Kernel::Linear;
        p.vectorsOfClass = {1, 1, 0};
        p.coefficients = Matrix{{-2, 2}, {0, 0}};
        p.intercepts = Vector{{0.25, -1, -1}};
        const ModelPtr three = modelOf({numberInput("x")}, p, {"a", "b", "c"});
        QVERIFY(equationText(*three).starts_with("score(k, l) = sum of c(s) (x . s) + b(k, l), for each two of the 3 classes\n"));
        QCOMPARE(q(joined(arithmeticText(*three, raw))), QStringLiteral("a or b: score 4.25, a vote for b\na or c: score -1, a vote for a\n"
                                                                        "b or c: score -1, a vote for b\nthe most votes (2): b"));
    }

    void namesAreEscapedInLatex()
    {
        const ModelPtr model = modelOf({numberInput("50%_{of}\\x^2 & more~$#")}, linear({1}, 0));
        QCOMPARE(q(equationLatex(*model)),
                 QStringLiteral("\\mathrm{y} = 1\\,\\mathrm{50\\%\\_\\{of\\}\\textbackslash{}x\\textasciicircum{}2 \\& more\\textasciitilde{}\\$\\#}"));
    }

    void forest()
    {
        const Tree one = stump((Matrix(3, 1) << 5, 1, 7.5).finished(), 0).trees.front();
        const ModelPtr model = modelOf({numberInput("x")}, TreeEnsemble{{one, one, one}, 0, 1});
        QCOMPARE(q(equationText(*model)), QStringLiteral("A forest of 3 decision trees with 6 leaves in all: every tree answers the row by itself, and "
                                                         "the mean of their answers is the answer.\n"
                                                         "tree 1:\n    if x <= 3:\n        1\n    else:\n        7.5\n"
                                                         "tree 2:\n    if x <= 3:\n        1\n    else:\n        7.5\n"
                                                         "... and 1 more tree"));
        const double raw[] = {4};
        QCOMPARE(q(joined(arithmeticText(*model, raw))), QStringLiteral("tree 1: 7.5\ntree 2: 7.5\ntree 3: 7.5\nmean of 3 trees:\ny = 7.5"));
    }

    /// A long tree is written as far as two questions go; the leaves below are counted.
    void longTreesAreCutShort()
    {
        Tree chain;
        for (int i = 0; i < 4; ++i) {           // x <= 0? x <= 1? x <= 2? x <= 3?
            chain.feature.insert(chain.feature.end(), {0, -1});
            chain.threshold.insert(chain.threshold.end(), {double(i), 0});
            chain.left.insert(chain.left.end(), {2 * i + 1, -1});
            chain.right.insert(chain.right.end(), {2 * i + 2, -1});
        }
        chain.feature.push_back(-1);
        chain.threshold.push_back(0);
        chain.left.push_back(-1);
        chain.right.push_back(-1);
        chain.samples.assign(9, 1);
        chain.impurity.assign(9, 0);
        chain.values = Vector::LinSpaced(9, 0, 8);
        const ModelPtr model = modelOf({numberInput("x")}, TreeEnsemble{{chain, chain, chain}, 0, 1});
        const std::string text = equationText(*model);
        QVERIFY2(text.find("tree 1:\n    if x <= 0:\n        1\n    else:\n        if x <= 1:\n            3\n        else:\n"
                           "            ... (3 leaves)\ntree 2:") != std::string::npos, text.c_str());
    }

    void boosting()
    {
        const Tree one = stump((Matrix(3, 1) << 0, -1, 2).finished(), 0).trees.front();
        const ModelPtr numbers = modelOf({numberInput("x")}, TreeEnsemble{{one, one}, 0, 1, TreeAggregation::Sum, Link::Identity, Vector::Constant(1, 10)});
        QCOMPARE(q(equationText(*numbers)), QStringLiteral("Gradient boosting: y begins at 10, and 2 trees add to it one after the other (4 leaves in all).\n"
                                                           "tree 1 adds:\n    if x <= 3:\n        - 1\n    else:\n        + 2\n"
                                                           "tree 2 adds:\n    if x <= 3:\n        - 1\n    else:\n        + 2"));
        const double raw[] = {2};
        QCOMPARE(q(joined(arithmeticText(*numbers, raw))), QStringLiteral("sum = 10 - 1 - 1 = 8\ny = 8"));

        const ModelPtr classes = modelOf({numberInput("x")}, TreeEnsemble{{one}, 2, 1, TreeAggregation::Sum, Link::Logistic, Vector::Constant(1, 1)}, {"no", "yes"});
        QCOMPARE(q(equationText(*classes)), QStringLiteral("Gradient boosting: the score z begins at 1, and 1 tree adds to it (2 leaves in all).\n"
                                                           "P(yes) = 1 / (1 + exp(-z))\n"
                                                           "tree 1 adds:\n    if x <= 3:\n        - 1\n    else:\n        + 2"));
        QCOMPARE(q(joined(arithmeticText(*classes, raw))), QStringLiteral("z = 1 - 1 = 0\nP(no) = 0.5\nP(yes) = 0.5"));
    }

    void tree()
    {
        const ModelPtr model = modelOf({numberInput("x")}, stump((Matrix(3, 1) << 5, 1, 7.5).finished(), 0));
        QCOMPARE(q(equationText(*model)), QStringLiteral("A decision tree of depth 1 with 2 leaves: answer its questions from the top, and read the leaf.\n"
                                                         "if x <= 3:\n    1\nelse:\n    7.5"));
        const double raw[] = {4};
        const std::string lines = joined(arithmeticText(*model, raw));
        QVERIFY2(lines.find("x = 4 <= 3") == 0 && lines.find("y = 7.5") != std::string::npos, lines.c_str());
        QVERIFY(parametersInDataUnits(*model).empty());
    }

    /// Names that could be taken for arithmetic stand in brackets; of a large tree the first levels are written.
    void thresholds_data()
    {
        QTest::addColumn<double>("threshold");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("scale");
        QTest::addColumn<int>("digits");
        QTest::addColumn<QString>("text");
        QTest::newRow("between two years") << 2007.5 << 0.0 << 1.0 << 4 << "2007.5";
        QTest::newRow("few digits asked for") << 2007.5 << 0.0 << 1.0 << 2 << "2007.5";
        QTest::newRow("short") << 3.0 << 0.0 << 1.0 << 4 << "3";
        QTest::newRow("between the last whole numbers that floats tell apart") << 16777214.5 << 0.0 << 1.0 << 4 << "1.6777214e+07";
        QTest::newRow("negative") << -2007.5 << 0.0 << 1.0 << 4 << "-2007.5";
        QTest::newRow("middle of two floats") << (double(16.79f) + double(16.8f)) / 2 << 0.0 << 1.0 << 4 << "16.795";
        QTest::newRow("neighbours among floats") << (double(0.7f) + double(std::nextafter(0.7f, 1.0f))) / 2 << 0.0 << 1.0 << 4 << "0.7";
        QTest::newRow("long") << 0.31415926535 << 0.0 << 1.0 << 4 << "0.31415927";
        QTest::newRow("scaled") << (double(float((2007 - 2008.2) / 0.7)) + double(float((2008 - 2008.2) / 0.7))) / 2 << 2008.2 << 0.7 << 4 << "2007.5";
        QTest::newRow("scaled, at the mean") << 1e-12 << 2007.5 << 0.7 << 4 << "2007.5";
        QTest::newRow("scaled, seconds") << (double(float(-0.5 / 1e5)) + double(float(0.5 / 1e5))) / 2 << 1700000000.5 << 1e5 << 4 << "1.7000000005e+09";
        QTest::newRow("all digits") << 0.1 + 0.2 << 0.0 << 1.0 << 17 << "0.30000000000000004";
    }

    /// A text may not leave the gap between the two values that the threshold stands between.
    void thresholds()
    {
        QFETCH(double, threshold);
        QFETCH(double, mean);
        QFETCH(double, scale);
        QFETCH(int, digits);
        QFETCH(QString, text);
        FeatureForm form;
        form.name = "x";
        form.mean = mean;
        form.scale = scale;
        QCOMPARE(q(questionText(form, threshold, digits)), QStringLiteral("x <= ") + text);
    }

    /// What a reader answers by hand is what the tree answers, wherever its neighbouring values lie.
    void writtenTreesAnswerAsTheyDo()
    {
        Buffer<double> year, y;
        for (std::size_t i = 0; i < 90; ++i) {
            year.push_back(2007 + double(i % 3));
            y.push_back(i % 3 == 0 ? 1 : i % 3 == 1 ? 5 : 2);
        }
        const Table table = *Table::make({std::make_shared<const Column>(Column::numbers("year", year)), std::make_shared<const Column>(Column::numbers("y", y))});
        for (const char* learner : {"decision_tree", "random_forest", "gradient_boosting"}) {
            TrainingPlan plan;
            plan.target = "y";
            plan.learner = learner;
            const auto model = samples::trainedModel(table, plan);
            QVERIFY2(model, model ? "" : model.error().message.c_str());
            const std::string text = equationText(**model);
            QVERIFY2(text.find("year <= 2007.5") != std::string::npos && text.find("year <= 2008.5") != std::string::npos, text.c_str());
            QVERIFY2(text.find("year <= 2008:") == std::string::npos, text.c_str());
            const double raw[] = {2008};
            if (plan.learner == "decision_tree")
                QVERIFY2(joined(arithmeticText(**model, raw)).find("year = 2008 <= 2007.5? no") != std::string::npos, joined(arithmeticText(**model, raw)).c_str());
        }
    }

    void largeTree()
    {
        // A chain: x <= 0, x <= 1, ... with a leaf on the left of each.
        constexpr int questions = 9, nodes = 2 * questions + 1;
        Tree tree = stump((Matrix(3, 1) << 5, 1, 7.5).finished(), 0).trees.front();
        tree.feature.assign(nodes, -1);
        tree.threshold.assign(nodes, 0);
        tree.left.assign(nodes, -1);
        tree.right.assign(nodes, -1);
        tree.samples.assign(nodes, 1);
        tree.values = Matrix::Zero(nodes, 1);
        for (int i = 0; i < questions; ++i) {
            tree.feature[std::size_t(2 * i)] = 0;
            tree.threshold[std::size_t(2 * i)] = i;
            tree.left[std::size_t(2 * i)] = 2 * i + 1;
            tree.right[std::size_t(2 * i)] = 2 * i + 2;
        }
        const ModelPtr model = modelOf({numberInput("x = y")}, TreeEnsemble{{tree}, 0, 1, TreeAggregation::Mean, Link::Identity, {}});
        QCOMPARE(q(equationText(*model)), QStringLiteral("A decision tree of depth 9 with 10 leaves: answer its questions from the top, and read the leaf.\n"
                                                         "if [x = y] <= 0:\n    0\nelse:\n    if [x = y] <= 1:\n        0\n    else:\n"
                                                         "        if [x = y] <= 2:\n            0\n        else:\n            ... (7 leaves)"));
    }

    /// A question about a level is asked as such, whatever the scale; one about a number whose name looks like a level is one about a number.
    void questionsAboutCategories()
    {
        const std::size_t rows = 40;
        std::vector<std::string> species, sky;
        Buffer<double> oddly, y;
        const char* kinds[] = {"Adelie", "Gentoo", "King Penguin"};
        for (std::size_t i = 0; i < rows; ++i) {
            species.emplace_back(kinds[i % 3]);
            sky.emplace_back(i % 7 == 0 ? "" : i % 2 ? "wet" : "dry");
            oddly.push_back(double(i % 5));
            y.push_back(i % 3 == 1 ? 10 : i % 3 == 2 ? 20 : double(i % 5));
        }
        const Table table = *Table::make({std::make_shared<const Column>(Column::categories("species", species)),
                                          std::make_shared<const Column>(Column::categories("sky", sky)),
                                          std::make_shared<const Column>(Column::numbers("odd = name", oddly)),
                                          std::make_shared<const Column>(Column::numbers("y", y))});
        for (const Scaling scaling : {Scaling::None, Scaling::Standardise}) {
            TrainingPlan plan;
            plan.target = "y";
            plan.features = {"species", "odd = name"};
            plan.learner = "decision_tree";
            plan.hyperparameters["max_leaf_nodes"] = std::int64_t(4);
            plan.preparation.scaling = scaling;
            const auto training = prepareTraining(table, plan);
            QVERIFY2(training, training ? "" : training.error().message.c_str());
            std::vector<std::string> steps;
            const auto outcome = fit(*training->learner, training->train, 1, [&](const TrainingRun&, const Progress& progress) {
                steps.push_back(progress.what);
                return Answer::Continue;
            });
            QVERIFY(outcome);
            QCOMPARE(steps[0], std::string("split on whether species is [King Penguin]"));
            QCOMPARE(steps[1], std::string("split on whether species is Adelie"));
            const auto model = snapshotModel(*training, outcome->parameters, outcome->last.step);
            QVERIFY(model);
            const std::string text = equationText(**model);
            QVERIFY2(text.find("if species is not [King Penguin]:\n    if species is not Adelie:\n        10\n    else:\n        if [odd = name] <= ") != std::string::npos, text.c_str());
            const double adelie[] = {0, 3}, king[] = {2, 3};
            QCOMPARE(arithmeticText(**model, adelie)[0], std::string("species is [King Penguin]? no"));
            QCOMPARE(arithmeticText(**model, king)[0], std::string("species is [King Penguin]? yes"));
            QVERIFY2(arithmeticText(**model, adelie)[2].starts_with("[odd = name] = 3 <= "), arithmeticText(**model, adelie)[2].c_str());
        }
    }

    /// So are those about missing cells and about intervals.
    void questionsAboutGapsAndIntervals()
    {
        Buffer<double> x, y;
        for (std::size_t i = 0; i < 40; ++i) {
            x.push_back(i % 4 == 0 ? std::nan("") : double(i % 10));
            y.push_back(i % 4 == 0 ? 100 : double(i % 10) < 5 ? 1 : 2);
        }
        const Table table = *Table::make({std::make_shared<const Column>(Column::numbers("x", x)), std::make_shared<const Column>(Column::numbers("y", y))});
        TrainingPlan plan;
        plan.target = "y";
        plan.learner = "decision_tree";
        plan.preparation.steps = {*parseStep(**findStepKind("impute"), "mean,indicator"), *parseStep(**findStepKind("bin"), "bins=2")};
        const auto model = samples::trainedModel(table, plan);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const std::string text = equationText(**model);
        QVERIFY2(text.find("if x is not missing:\n    if not [x >= 4.5]:\n        1\n    else:\n        2\nelse:\n    100") != std::string::npos, text.c_str());
    }

    void treeOfClasses()
    {
        const ModelPtr model = modelOf({numberInput("x")}, stump((Matrix(3, 2) << 0.5, 0.5, 1, 0, 0.25, 0.75).finished(), 2), {"no", "yes"});
        QVERIFY2(equationText(*model).find("else:\n    yes (75 %)") != std::string::npos, equationText(*model).c_str());
    }

    void neighbours()
    {
        NearestNeighbours p;
        p.X = (Matrix(3, 1) << 0, 3, 10).finished();
        p.y = (Vector(3) << 1, 2, 30).finished();
        p.k = 2;
        const ModelPtr model = modelOf({numberInput("x")}, p);
        QCOMPARE(q(equationText(*model)), QStringLiteral("The mean answer of the 2 nearest of 3 remembered rows (Euclidean distance)."));
        const double raw[] = {1};
        QCOMPARE(q(joined(arithmeticText(*model, raw))), QStringLiteral("neighbour 1: distance 1, 1\nneighbour 2: distance 2, 2\ny = 1.5"));
    }

    /// Whatever the learner, the arithmetic ends in the prediction, and no line shows a number that is not one.
    void everyLearnerShowsItsArithmetic()
    {
        const Table table = samples::mixedTable();
        for (const LearnerInfo& learner : learners()) {
            for (const Task task : learner.tasks) {
                const auto model = samples::trainedModel(table, samples::planFor(learner, task));
                QVERIFY(model);
                const double raw[] = {3000, std::nan(""), 1, 0};
                for (const std::string& text : {joined(arithmeticText(**model, raw)), equationText(**model), equationLatex(**model)}) {
                    QVERIFY2(!text.empty(), learner.id.c_str());
                    QVERIFY2(text.find("nan") == std::string::npos && text.find("inf") == std::string::npos, text.c_str());
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestEquation)
#include "tst_equation.moc"
