#include "core/evaluate/prediction_table.h"
#include "core/evaluate/projection_metrics.h"
#include "core/model/equation.h"
#include "core/model/model_file.h"
#include "core/model/projection_text.h"
#include "core/prepare/principal_components.h"
#include "tests/support/learner_cases.h"
#include "tests/support/sample_tables.h"

#include <Eigen/SVD>

#include <QElapsedTimer>
#include <QTest>

using namespace modelarium;

namespace {

/// Three sources of unlike size in five columns, a little apart from 0.
Matrix tilted(Eigen::Index rows, std::uint64_t seed = 5)
{
    Random random(seed);
    Matrix turn(3, 5);
    for (double& weight : turn.reshaped())
        weight = random.normal();
    Matrix X(rows, 5);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const RowVector sources{{4 * random.normal(), 2 * random.normal(), 0.5 * random.normal()}};
        X.row(i) = sources * turn;
        for (Eigen::Index j = 0; j < 5; ++j)
            X(i, j) += 20 + 0.1 * random.normal();
    }
    return X;
}

Result<FitOutcome> fitTo(const Matrix& X, const HyperparameterValues& values, const Observer& observer = {})
{
    return reference::fitTo(reference::makeDataset(X, Task::Projection), "pca", values, observer);
}

Projection projectionOf(const Matrix& X, std::int64_t components, bool whiten = false)
{
    return std::get<Projection>(fitTo(X, {{"components", components}, {"whiten", whiten}})->parameters);
}

Matrix coordinates(const Projection& projection, const Matrix& X)
{
    Matrix out;
    makePredictor(projection)->predict(X, out);
    return out;
}

Matrix givenBack(const Projection& p, const Matrix& Z)
{
    return (Z * p.scale.asDiagonal() * p.directions).rowwise() + p.mean.transpose();
}

Result<ModelPtr> birds(std::int64_t components)
{
    TrainingPlan plan = samples::planFor(**findLearner("pca"), Task::Projection);
    plan.hyperparameters = {{"components", components}};
    return samples::trainedModel(samples::mixedTable(), plan);
}

} // namespace

class TestPrincipalComponentAnalysis : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Another way to the same directions: the singular vectors of the centred rows, without products of columns.
    void directionsAreSingularVectors()
    {
        const Matrix X = tilted(300);
        const Projection p = projectionOf(X, 5);
        const Matrix Z = X.rowwise() - X.colwise().mean();
        const Eigen::JacobiSVD<Matrix> svd(Z, Eigen::ComputeThinU | Eigen::ComputeThinV);
        const Vector variance = svd.singularValues().array().square() / 299.0;
        QVERIFY((p.variance - variance).cwiseAbs().maxCoeff() < 1e-12 * variance[0]);
        for (Eigen::Index k = 0; k < 5; ++k) {
            const Vector v = svd.matrixV().col(k);
            Eigen::Index largest = 0;
            v.cwiseAbs().maxCoeff(&largest);
            QVERIFY((p.directions.row(k).transpose() - v * (v[largest] < 0 ? -1 : 1)).norm() < 1e-8);
        }
    }

    /// One component a step, the widest first; the loss is what the coordinates so far do not give back.
    void aStepIsAComponent()
    {
        const Matrix X = tilted(200);
        double before = std::numeric_limits<double>::infinity();
        std::vector<Projection> found;
        const auto outcome = fitTo(X, {{"components", std::int64_t(4)}}, [&](const TrainingRun& run, const Progress& progress) {
            found.push_back(std::get<Projection>(run.freeze()));
            const Matrix rest = X - givenBack(found.back(), coordinates(found.back(), X));
            const double error = rest.rowwise().squaredNorm().mean();
            const bool told = std::abs(progress.loss - error) < 1e-10 && progress.loss < before && progress.what.find(std::to_string(progress.step)) != std::string::npos;
            before = progress.loss;
            return told ? Answer::Continue : Answer::Cancel;
        });
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(outcome->last.step, std::size_t(4));
        QCOMPARE(found.size(), std::size_t(4));
        for (std::size_t k = 0; k < found.size(); ++k) {
            QCOMPARE(found[k].directions.rows(), Eigen::Index(k + 1));
            QVERIFY(samples::sameBits(found[k].directions, found.back().directions.topRows(Eigen::Index(k + 1))));
        }
        QVERIFY(outcome->notices.empty());
    }

    void beforeTheFirstStepThereIsTheMeanAlone()
    {
        const auto learner = (*findLearner("pca"))->make(contract::defaults(**findLearner("pca")), Task::Projection);
        const auto run = learner->begin(reference::makeDataset(tilted(20), Task::Projection), 1);
        QVERIFY(run);
        const auto none = std::get<Projection>((*run)->freeze());
        QCOMPARE(none.directions.rows(), 0);
        QCOMPARE(coordinates(none, tilted(3)).cols(), 0);
        // What is lost without any coordinate is the whole spread.
        const double total = none.variance.sum() * 19 / 20;
        QVERIFY(std::abs(projectionLoss(none, tilted(20)) - total) < 1e-12 * total);
        QCOMPARE(projectionMetrics(none, tilted(20)).at("explained_variance_ratio"), 0.0);
    }

    void allComponentsGiveTheRowsBack()
    {
        const Matrix X = tilted(100), fresh = tilted(40, 9);
        for (const bool whiten : {false, true}) {
            const Projection p = projectionOf(X, 5, whiten);
            QVERIFY((givenBack(p, coordinates(p, fresh)) - fresh).cwiseAbs().maxCoeff() < 1e-11);
            const Metrics metrics = projectionMetrics(p, fresh);
            QVERIFY(metrics.at("reconstruction_error") < 1e-20);
            QVERIFY(std::abs(metrics.at("explained_variance_ratio") - 1) < 1e-15);
        }
    }

    void metricsOfTheTrainingRowsAreTheShares()
    {
        const Matrix X = tilted(100);
        const Projection p = projectionOf(X, 2);
        const Vector shares = varianceShares(p);
        QVERIFY(std::abs(shares.sum() - 1) < 1e-15);
        QVERIFY(std::abs(projectionMetrics(p, X).at("explained_variance_ratio") - shares.head(2).sum()) < 1e-12);
        QVERIFY((keptShares(p, X) - shares.head(2)).cwiseAbs().maxCoeff() < 1e-12);
        QVERIFY(projectionMetrics(p, Matrix(0, 5)).empty());
        QVERIFY(!projectionMetrics(p, p.mean.transpose()).contains("explained_variance_ratio"));
    }

    void whitenedCoordinatesSpreadAlike()
    {
        const Matrix X = tilted(150), Z = coordinates(projectionOf(X, 4, true), X);
        const Matrix covariance = Z.transpose() * Z / 149.0;
        QVERIFY((covariance - Matrix::Identity(4, 4)).cwiseAbs().maxCoeff() < 1e-10);
        // What only rounding leaves is not blown up to a spread of 1.
        Matrix twice(60, 2);
        twice << tilted(60).leftCols(1), tilted(60).leftCols(1);
        QVERIFY(coordinates(projectionOf(twice, 2, true), twice).col(1).cwiseAbs().maxCoeff() < 1e-6);
    }

    /// The learner and the step of the preparation are one piece of code, and stay so.
    void theStepOfThePreparationFindsTheSame()
    {
        const Matrix X = tilted(80);
        const Projection p = projectionOf(X, 3);
        const auto axes = principalAxes(X);
        QVERIFY(axes);
        QVERIFY(samples::sameBits(p.directions, axes->directions.topRows(3)));
        QVERIFY(samples::sameBits(p.mean, axes->mean) && samples::sameBits(p.variance, axes->variance));
    }

    /// Fewer rows than columns: the same directions as by singular vectors, and orthonormal ones beside them where more are asked for.
    void fewRowsOfManyColumns()
    {
        for (const Eigen::Index columns : {41, 54, 400}) {       // 41: nearly as many rows, products of all pairs
            Random random(17);
            Matrix X(40, columns);
            for (Eigen::Index i = 0; i < X.rows(); ++i)
                for (Eigen::Index j = 0; j < columns; ++j)
                    X(i, j) = 1e4 + double(j % 7) * random.normal() + (j % 3 == 0 ? double(i) : 0.0);
            X.col(5).setConstant(0.1);
            X.col(6) = X.col(4);
            const auto axes = principalAxes(X, 41);
            QVERIFY(axes);
            QCOMPARE(axes->variance.size(), columns);
            QCOMPARE(axes->directions.rows(), Eigen::Index(41));
            const Matrix Z = X.rowwise() - axes->mean.transpose();
            QCOMPARE(axes->mean[5], 0.1);
            const Eigen::JacobiSVD<Matrix> svd(Z, Eigen::ComputeThinU | Eigen::ComputeThinV);
            const Vector variance = svd.singularValues().array().square() / 39.0;
            QVERIFY((axes->variance.head(40) - variance).cwiseAbs().maxCoeff() < 1e-13 * variance[0]);
            QCOMPARE(axes->variance.tail(columns - 40), Vector::Zero(columns - 40));
            const Matrix& V = axes->directions;
            QVERIFY((V * V.transpose() - Matrix::Identity(41, 41)).cwiseAbs().maxCoeff() < 1e-13);
            Eigen::Index spread = 0;                    // the columns that are constant, or one another, leave fewer than 39
            while (spread < 39 && variance[spread] > 1e-6 * variance[0])
                ++spread;
            QVERIFY(spread > 20);
            for (Eigen::Index k = 0; k < spread; ++k) {
                Eigen::Index largest = 0;
                V.row(k).cwiseAbs().maxCoeff(&largest);
                QVERIFY(V(k, largest) > 0);
                QVERIFY(std::abs(std::abs(V.row(k).dot(svd.matrixV().col(k))) - 1) < 1e-9);
            }
            // No row spreads along the others.
            QVERIFY((Z * V.bottomRows(1).transpose()).cwiseAbs().maxCoeff() < 1e-9);
            QCOMPARE(principalAxes(X)->directions.rows(), columns < 54 ? columns : Eigen::Index(40));
            QVERIFY(principalAxes(X)->axesFor(1) <= 40);
        }
    }

    /// 34 s when the products of all pairs of 3,000 columns were turned; 20 ms of these rows.
    void wideDataTakeNoLongerThanTheirRows()
    {
        Random random(18);
        Matrix X(60, 3000);
        for (double& x : X.reshaped())
            x = random.normal();
        QElapsedTimer timer;
        timer.start();
        const auto outcome = fitTo(X, {{"components", std::int64_t(2)}});
        QVERIFY(outcome);
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    void noSpreadInWideData()
    {
        const auto axes = principalAxes(Matrix::Constant(3, 8, 0.1));
        QVERIFY(axes);
        QCOMPARE(axes->totalVariance(), 0.0);
        QCOMPARE(axes->mean, Vector::Constant(8, 0.1));
        const auto tooLarge = principalAxes(Matrix::Constant(3, 8, 1e308) - Matrix(1.5e308 * Matrix::Identity(3, 8)));
        QVERIFY(!tooLarge);
        QCOMPARE(int(tooLarge.error().code), int(ErrorCode::NotFinite));
    }

    void fewerThanWasAsked()
    {
        const auto narrow = fitTo(tilted(50).leftCols(2), {{"components", std::int64_t(7)}});
        QVERIFY(narrow);
        QCOMPARE(outputCount(narrow->parameters), std::size_t(2));
        QCOMPARE(narrow->notices, std::vector<std::string>{"Only 2 components were to be found: 2 features cannot spread in more directions."});
        const auto shallow = fitTo(tilted(2), {{"components", std::int64_t(2)}});
        QVERIFY(shallow);
        QCOMPARE(shallow->notices, std::vector<std::string>{"Only 1 component was to be found: 2 rows cannot spread in more directions."});
        const auto flat = fitTo(Matrix::Constant(9, 3, 0.1), {});
        QVERIFY(!flat);
        QVERIFY2(flat.error().message.find("same in every row") != std::string::npos, flat.error().message.c_str());
        QCOMPARE(int(fitTo(tilted(1), {}).error().code), int(ErrorCode::TooFewSamples));
    }

    /// Each component is an equation in the units of the data, and the equation is the prediction.
    void equationsAreInDataUnits()
    {
        const auto model = birds(3);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const std::string text = equationText(**model);
        QVERIFY2(text.starts_with("pc1 = ") && text.find("\npc3 = ") != std::string::npos && text.find("[body mass]") != std::string::npos, text.c_str());
        QVERIFY2(text.find("pc1 keeps ") != std::string::npos && text.ends_with(" in all."), text.c_str());
        QVERIFY(equationLatex(**model).find("z_{3} &= ") != std::string::npos);
        QVERIFY(readingNote(**model).empty());

        std::map<std::string, double> read;
        for (const NamedParameter& parameter : parametersInDataUnits(**model))
            read[parameter.name] = parameter.value;
        const Table table = samples::mixedTable(30, 12);
        const auto answers = (*model)->predict(table);
        QVERIFY(answers);
        QCOMPARE(answers->coordinates.cols(), 3);
        const auto number = [&](const char* name, std::size_t row) { return table.column(*table.find(name)).numberValues()[row]; };
        const auto word = [&](const char* name, std::size_t row) { return std::string(name) + " = " + table.column(*table.find(name)).cellText(row); };
        int compared = 0;
        for (std::size_t row = 0; row < table.rows(); ++row) {
            if (std::isnan(number("body mass", row)))
                continue;
            ++compared;
            for (std::size_t k = 0; k < 3; ++k) {
                const std::string prefix = "pc" + std::to_string(k + 1) + ": ";
                double sum = read.at(prefix + "(intercept)") + read.at(prefix + "body mass") * number("body mass", row) + read.at(prefix + "länge") * number("länge", row);
                for (const char* name : {"island", "wet"})
                    if (const auto found = read.find(prefix + word(name, row)); found != read.end())
                        sum += found->second;
                QVERIFY(std::abs(sum - answers->coordinates(Eigen::Index(row), Eigen::Index(k))) < 1e-11);
            }
        }
        QVERIFY(compared > 20);
        std::vector<double> raw;
        for (const InputColumn& input : (*model)->inputs())
            raw.push_back(input.typical);
        const std::vector<std::string> lines = arithmeticText(**model, raw.data());
        QCOMPARE(lines.size(), std::size_t(3));
        QVERIFY2(lines[1].starts_with("pc2 = ") && lines[1].find("\u00D7") != std::string::npos, lines[1].c_str());
    }

    void manyComponentsAreNotAllWritten()
    {
        Random random(3);
        Matrix X(60, 20);
        for (double& cell : X.reshaped())
            cell = random.normal();
        QVERIFY2(shareSentence(projectionOf(X, 15)).find(", ...: ") != std::string::npos, shareSentence(projectionOf(X, 15)).c_str());
    }

    /// Columns are called after the coordinates, whatever the data have already.
    void coordinatesAreColumns()
    {
        const auto model = birds(2);
        QVERIFY(model);
        Table table = samples::mixedTable(10, 3);
        table = table.withColumn(*table.find("value"), std::make_shared<const Column>(Column::numbers("pc2", Buffer<double>(10, 7))));
        const auto answers = (*model)->predict(table);
        const auto written = predictionTable(table, **model, *answers);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        QVERIFY(written->find("pc1") && written->find("pc2 (model)"));
        QCOMPARE(written->column(*written->find("pc2 (model)")).numberValues()[4], answers->coordinates(4, 1));
        QCOMPARE(written->column(*written->find("pc2")).numberValues()[4], 7.0);
        QCOMPARE(written->columns(), table.columns() + 2);
    }
};

QTEST_GUILESS_MAIN(TestPrincipalComponentAnalysis)
#include "tst_principal_component_analysis.moc"
