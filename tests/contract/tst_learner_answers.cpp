#include "core/learn/training.h"
#include "core/model/model_file.h"
#include "tests/support/learner_cases.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <numeric>

using namespace modelarium;
using namespace modelarium::contract;

/// What the model of every learner of the registry promises about its answers.
class TestLearnerAnswers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersDoNotDependOnTheBatch_data() { addLearners(); }
    void answersDoNotDependOnTheBatch()
    {
        const auto outcome = fit(*made(), cloud(80, 3), 1);
        QVERIFY(outcome);
        const PredictorPtr predictor = makePredictor(outcome->parameters);
        const Matrix X = cloud(1000, 3, 11)->X();
        Matrix whole;
        predictor->predict(X, whole);

        std::vector<Eigen::Index> order(std::size_t(X.rows()));
        std::iota(order.begin(), order.end(), Eigen::Index(0));
        Random(2).shuffle(order);
        Matrix mixed(X.rows(), X.cols()), out;
        for (std::size_t i = 0; i < order.size(); ++i)
            mixed.row(Eigen::Index(i)) = X.row(order[i]);
        predictor->predict(mixed, out);
        for (std::size_t i = 0; i < order.size(); ++i)
            QVERIFY(samples::sameBits(out.row(Eigen::Index(i)), whole.row(order[i])));

        for (Eigen::Index i = 0; i < X.rows(); i += 37) {
            const Vector x = X.row(i);
            Vector one(whole.cols());
            predictor->predictRow(x.data(), one.data());
            QVERIFY(samples::sameBits(one.transpose(), whole.row(i)));
            predictor->predict(X.middleRows(i, std::min<Eigen::Index>(5, X.rows() - i)), out);
            QVERIFY(samples::sameBits(out.row(0), whole.row(i)));
        }
    }

    /// New rows may lie anywhere. An answer there is nonsense perhaps, but it is a number, and the same alone as among others.
    void rowsFarAway_data() { addLearners(); }
    void rowsFarAway()
    {
        const auto outcome = fit(*made(), cloud(80, 3), 1);
        QVERIFY(outcome);
        const PredictorPtr predictor = makePredictor(outcome->parameters);
        const double sizes[] = {0, 5e-324, 1e-300, 1e-30, 1e6, 1e15, 3.5e38, 1e100, 1e155, 1e300, std::numeric_limits<double>::max()};
        Matrix X(Eigen::Index(std::size(sizes)) * 8, 3);
        for (Eigen::Index i = 0; i < X.rows(); ++i)
            for (Eigen::Index j = 0; j < 3; ++j)
                X(i, j) = (i >> j) % 2 ? -sizes[i / 8] : j == 2 && i % 3 == 0 ? 0.3 : sizes[i / 8];
        Matrix whole, out;
        predictor->predict(X, whole);
        QCOMPARE(complaintAboutAnswers(whole, task()), QString());
        for (Eigen::Index i = 0; i < X.rows(); ++i) {
            const Vector x = X.row(i);
            Vector one(whole.cols());
            predictor->predictRow(x.data(), one.data());
            QVERIFY2(samples::sameBits(one.transpose(), whole.row(i)), qPrintable(QString::number(i)));
            predictor->predict(X.middleRows(i, std::min<Eigen::Index>(3, X.rows() - i)), out);
            QVERIFY2(samples::sameBits(out.row(0), whole.row(i)), qPrintable(QString::number(i)));
        }
    }

    /// The one row that a form or a probe asks about is answered as in a file.
    void oneRowIsAnsweredAsInAFile_data() { addLearners(); }
    void oneRowIsAnsweredAsInAFile()
    {
        const auto model = samples::trainedModel(samples::mixedTable(), samples::planFor(info(), task()));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const Table fresh = samples::mixedTable(40, 99);
        const auto answers = (*model)->predict(fresh);
        QVERIFY(answers);
        std::vector<double> raw, workspace((*model)->workspaceSize()), out((*model)->outputs());
        for (std::size_t row = 0; row < fresh.rows(); ++row) {
            raw.clear();
            for (const InputColumn& input : (*model)->inputs()) {
                const Column& column = fresh.column(*fresh.find(input.name));
                const bool isNumber = column.isNumeric();
                const double code = isNumber ? 0 : double(column.categoryCells().codes[row]);
                raw.push_back(isNumber ? column.numberValues()[row] : code < 0 ? missing : levelCode(input, column, std::size_t(code)));
            }
            (*model)->predictRow(raw.data(), workspace.data(), out.data());
            const Matrix alone = Eigen::Map<const RowVector>(out.data(), Eigen::Index(out.size()));
            const auto at = Eigen::Index(row);
            const Matrix expected = task() == Task::Regression ? Matrix(answers->values.row(at))
                : task() == Task::Projection ? Matrix(answers->coordinates.row(at)) : Matrix(answers->probabilities.row(at));
            QVERIFY2(samples::sameBits(alone, expected), qPrintable(QString::number(row)));
        }
    }

    void savedModelsAnswerAlike_data() { addLearners(); }
    void savedModelsAnswerAlike()
    {
        const auto model = samples::trainedModel(samples::mixedTable(), samples::planFor(info(), task()));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const std::string saved = modelToJson(**model);
        const auto loaded = modelFromJson(saved);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QCOMPARE(samples::exactBits((*loaded)->parameters()), samples::exactBits((*model)->parameters()));
        QCOMPARE(modelToJson(**loaded), saved);

        const Table fresh = samples::mixedTable(500, 99);
        const auto before = (*model)->predict(fresh), after = (*loaded)->predict(fresh);
        QVERIFY(before && after);
        QVERIFY(samples::sameBits(before->values, after->values));
        QVERIFY(samples::sameBits(before->probabilities, after->probabilities));
        QVERIFY(samples::sameBits(before->coordinates, after->coordinates));
    }

    /// The file holds every kind of model that a learner's choices lead to.
    void everyChoiceIsSaved_data() { addLearners(); }
    void everyChoiceIsSaved()
    {
        const Table fresh = samples::mixedTable(60, 98);
        for (const HyperparameterSpec& spec : tableFor(info().table, task())) {
            for (const std::string& choice : spec.choices) {
                TrainingPlan plan = samples::planFor(info(), task());
                plan.hyperparameters[spec.name] = choice;
                const auto model = samples::trainedModel(samples::mixedTable(), plan);
                QVERIFY2(model, model ? "" : model.error().message.c_str());
                const std::string saved = modelToJson(**model);
                const auto loaded = modelFromJson(saved);
                QVERIFY2(loaded, (spec.name + " = " + choice + (loaded ? "" : ": " + loaded.error().message)).c_str());
                QCOMPARE(modelToJson(**loaded), saved);
                QCOMPARE((*loaded)->provenance().hyperparameters.at(spec.name), HyperparameterValue(choice));
                const auto before = (*model)->predict(fresh), after = (*loaded)->predict(fresh);
                QVERIFY(before && after && samples::sameBits(before->values, after->values));
            }
        }
    }

    void aModelOfAnotherWidthIsRefused_data() { addLearners(); }
    void aModelOfAnotherWidthIsRefused()
    {
        const auto model = samples::trainedModel(samples::mixedTable(), samples::planFor(info(), task()));
        QVERIFY(model);
        const auto outcome = fit(*made(), cloud(40, 3), 1);
        QVERIFY(outcome);
        const auto wrong = Model::make((*model)->preparation(), outcome->parameters, (*model)->target(), {});
        QVERIFY(!wrong);
        QVERIFY2(wrong.error().message.find("expect 3") != std::string::npos, wrong.error().message.c_str());
    }

private:
    /// The code that the model has for a level of a column of other data.
    static double levelCode(const InputColumn& input, const Column& column, std::size_t code)
    {
        const auto& levels = input.levels;
        const auto found = std::find(levels.begin(), levels.end(), column.categoryCells().levels[code]);
        return found == levels.end() ? missing : double(found - levels.begin());
    }
};

QTEST_GUILESS_MAIN(TestLearnerAnswers)
#include "tst_learner_answers.moc"
