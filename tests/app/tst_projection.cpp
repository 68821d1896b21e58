#include "app/charts/bar_chart.h"
#include "app/charts/plot_view.h"
#include "app/document/comparison.h"
#include "app/document/experiment.h"
#include "app/pages/clusters_part.h"
#include "app/pages/components_part.h"
#include "app/pages/cross_validation_part.h"
#include "app/pages/data_page.h"
#include "app/pages/evaluate_page.h"
#include "app/pages/model_card.h"
#include "app/pages/plot_card.h"
#include "app/pages/plot_overlay.h"
#include "app/pages/search_part.h"
#include "app/pages/train_page.h"
#include "app/pages/use_page.h"
#include "core/model/model_file.h"
#include "tests/support/window_parts.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace modelarium;

/// Principal components in the window: chosen without a target, drawn as arrows, measured without a truth, and used.
class TestProjection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// No target, and then the learner says whether groups or directions are looked for.
    void theLearnerIsAmongThoseWithoutATarget()
    {
        Experiment experiment;
        DataPage data(experiment);
        TrainPage train(experiment);
        openSample(experiment, "iris");
        const auto offers = [&](const char* name) {
            for (QComboBox* box : train.findChildren<QComboBox*>())
                if (box->findText(QLatin1String(name)) >= 0)
                    return true;
            return false;
        };
        QVERIFY(!offers("Principal components"));
        experiment.choices().setNoTarget();
        QVERIFY(offers("Principal components") && offers("K-means"));
        QComboBox* answer = named<QComboBox>(data, QStringLiteral("Answer"));
        QVERIFY(answer);
        QCOMPARE(answer->currentText(), QStringLiteral("groups"));
        experiment.choices().setLearner("pca");
        QCOMPARE(experiment.task(), std::optional(Task::Projection));
        QCOMPARE(answer->currentText(), QStringLiteral("directions"));
        QVERIFY(offers("K-means"));
        QCOMPARE(named<QComboBox>(data, QStringLiteral("Target"))->currentText(), QStringLiteral("none: find groups or directions"));
        experiment.undoStack().undo();
        QCOMPARE(experiment.task(), std::optional(Task::Clustering));
        experiment.undoStack().redo();
        // A target asks for a learner that predicts it.
        experiment.choices().setRole(*experiment.table().find("species"), Role::Target);
        QCOMPARE(experiment.task(), std::optional(Task::Classification));
        QCOMPARE(experiment.setup().learner, std::string("logistic_regression"));
    }

    void componentsComeOneByOne()
    {
        Experiment experiment;
        find(experiment, 3);
        const TrainingHistory& history = experiment.training().history();
        QCOMPARE(history.size(), std::size_t(4));
        for (std::size_t i = 0; i < history.size(); ++i) {
            QCOMPARE(history.frames()[i].model->outputs(), i);
            QVERIFY(i == 0 || history.frames()[i].trainError < history.frames()[i - 1].trainError);
        }
    }

    /// From the mean, a standard deviation long, in the units of the axes; and nothing that belongs to classes.
    void arrowsShowTheDirections()
    {
        Experiment experiment;
        PlotCard card(experiment);
        card.resize(700, 500);
        card.show();
        find(experiment, 2);
        experiment.view().setAxes("petal_length_cm", "petal_width_cm");
        QTRY_COMPARE(card.picture().kind, PictureKind::Plane);
        QVERIFY(card.picture().classes.isEmpty());
        QTRY_COMPARE(card.view().points().size(), std::size_t(150));
        QCOMPARE(card.view().points().front().code, -1);
        const std::vector<PlotArrow> arrows = arrowsOf(card.picture(), *experiment.model());
        QCOMPARE(arrows.size(), std::size_t(2));
        const auto& projection = std::get<Projection>(experiment.model()->parameters());
        const auto deviation = [&](const char* name) {
            const Buffer<double>& values = experiment.table().column(*experiment.table().find(name)).numberValues();
            const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 150;
            double squares = 0;
            for (const double value : values)
                squares += (value - mean) * (value - mean);
            return std::pair(mean, std::sqrt(squares / 150));
        };
        const auto [xMean, xScale] = deviation("petal_length_cm");
        const auto [yMean, yScale] = deviation("petal_width_cm");
        for (Eigen::Index k = 0; k < 2; ++k) {
            const PlotArrow& arrow = arrows[std::size_t(k)];
            QVERIFY(std::abs(arrow.from.x() - xMean) < 1e-9 && std::abs(arrow.from.y() - yMean) < 1e-9);
            const double length = std::sqrt(projection.variance[k]);
            QVERIFY(std::abs(arrow.to.x() - xMean - length * projection.directions(k, 2) * xScale) < 1e-9);
            QVERIFY(std::abs(arrow.to.y() - yMean - length * projection.directions(k, 3) * yScale) < 1e-9);
        }
        QCOMPARE(arrows[1].name, QStringLiteral("pc2"));
        QVERIFY(marksOf(card.picture(), *experiment.model()).empty());
        card.setProbeShown(true);
        QVERIFY2(card.view().accessibleDescription().contains(QStringLiteral("pc1 = ")), qPrintable(card.view().accessibleDescription()));

        // Groups again, and back: the picture follows, and comes to rest.
        experiment.choices().setLearner("k_means");
        QTRY_COMPARE(card.picture().kind, PictureKind::Regions);
        QVERIFY(arrowsOf(card.picture(), *experiment.training().history().back().model).empty());
        experiment.train();
        QTRY_COMPARE(experiment.state(), ExperimentState::Trained);
        QTRY_COMPARE(card.picture().classes.size(), 3);
        experiment.choices().setLearner("pca");
        QTRY_COMPARE(card.picture().kind, PictureKind::Plane);
        QSignalSpy drawn(&card, &PlotCard::pictureChanged);
        QTest::qWait(200);
        QVERIFY2(drawn.count() < 3, "the picture is made again and again");
        // The groups that coloured the points are gone with their model.
        for (const PlotPoint& point : card.view().points())
            QCOMPARE(point.code, -1);
    }

    void oneFeatureIsABand()
    {
        Experiment experiment;
        PlotCard card(experiment);
        card.resize(700, 500);
        card.show();
        experiment.setAutoTrain(false);
        openSample(experiment, "iris");
        experiment.choices().setNoTarget();
        experiment.choices().setLearner("pca");
        experiment.choices().setRole(0, Role::Feature);
        for (std::size_t j = 1; j < 4; ++j)
            experiment.choices().setRole(j, Role::Ignored);
        experiment.train();
        QTRY_COMPARE(experiment.state(), ExperimentState::Trained);
        QVERIFY(!experiment.training().notices().isEmpty());
        QTRY_COMPARE(card.picture().kind, PictureKind::Plane);
        QCOMPARE(card.picture().y.levels.size(), 1);
        const std::vector<PlotArrow> arrows = arrowsOf(card.picture(), *experiment.model());
        QCOMPARE(arrows.size(), std::size_t(1));
        QCOMPARE(arrows[0].to.y(), arrows[0].from.y());
        QVERIFY(arrows[0].to.x() > arrows[0].from.x());
    }

    void evaluatePageSaysWhatIsKept()
    {
        Experiment experiment;
        EvaluatePage page(experiment);
        page.resize(300, 1200);
        page.show();
        find(experiment, 2);
        auto* part = page.findChild<ComponentsPart*>();
        QVERIFY(part);
        QTRY_VERIFY(part->isVisible());
        QVERIFY(!page.findChild<ClustersPart*>()->isVisible());
        const QTableWidget* metrics = named<QTableWidget>(page, QStringLiteral("What the coordinates keep of training rows and of test rows"));
        QCOMPARE(metrics->rowCount(), 2);
        QCOMPARE(metrics->item(0, 1)->text(), QStringLiteral("95.8 %"));
        const auto* bars = part->findChild<BarChart*>();
        QCOMPARE(bars->bars().size(), std::size_t(4));
        QVERIFY(bars->bars()[2].name.contains(QStringLiteral("left out")) && !bars->bars()[1].name.contains(QStringLiteral("left out")));
        double sum = 0;
        for (const ChartBar& bar : bars->bars())
            sum += bar.value;
        QVERIFY(std::abs(sum - 1) < 1e-12);
        const QTableWidget* loadings = named<QTableWidget>(page, QStringLiteral("Weights of the features in each direction"));
        QCOMPARE(loadings->rowCount(), 4);
        QCOMPARE(loadings->columnCount(), 2);
        QCOMPARE(loadings->item(2, 0)->text(), QStringLiteral("0.580"));
        for (const QLabel* label : part->findChildren<QLabel*>())
            for (const char* word : {"cluster", "group", "silhouette", "class"})
                QVERIFY2(!label->text().contains(QLatin1String(word), Qt::CaseInsensitive), qPrintable(label->text()));
    }

    /// Folds and searches judge by what is kept of the rows that were kept back; nothing is said of errors of a prediction.
    void plansNeedNoTarget()
    {
        Experiment experiment;
        EvaluatePage page(experiment);
        page.resize(320, 1600);
        page.show();
        find(experiment, 2);
        auto* folds = page.findChild<CrossValidationPart*>();
        auto* search = page.findChild<SearchPart*>();
        QVERIFY(folds && search);
        QTRY_VERIFY(folds->isVisible() && search->isVisible());
        press(*folds, QStringLiteral("Cross-validate"));
        const QTableWidget* scores = named<QTableWidget>(page, QStringLiteral("Scores of the cross-validation"));
        QTRY_COMPARE(scores->rowCount(), 2);
        QCOMPARE(scores->item(0, 0)->text(), QStringLiteral("Variance kept"));
        QVERIFY2(scores->item(0, 1)->text().startsWith(QStringLiteral("95.")), qPrintable(scores->item(0, 1)->text()));
        press(*search, QStringLiteral("Search"));
        QTRY_VERIFY(says(*search, QStringLiteral("look where the curve stops rising")));
        for (const QWidget* part : {static_cast<QWidget*>(folds), static_cast<QWidget*>(search)})
            QVERIFY(!says(*part, QStringLiteral("RMSE")));
    }

    void theCardShowsEquationsAndLoadings()
    {
        Experiment experiment;
        ModelCard card(experiment);
        card.resize(320, 700);
        card.show();
        find(experiment, 2);
        const auto* numbers = card.findChild<QTableWidget*>();
        QTRY_COMPARE(numbers->rowCount(), 10);
        QCOMPARE(numbers->item(0, 0)->text(), QStringLiteral("pc1: (intercept)"));
        auto* loadings = card.findChild<QCheckBox*>();
        QVERIFY(loadings->isVisible());
        loadings->setChecked(true);
        QCOMPARE(numbers->rowCount(), 8);
        QCOMPARE(numbers->item(2, 0)->text(), QStringLiteral("pc1: petal_length_cm"));
        bool told = false;
        for (const QLabel* label : card.findChildren<QLabel*>())
            told = told || label->text() == QStringLiteral("95.8 %");
        QVERIFY(told);
    }

    void frozenDirectionsAnswerForOtherRows()
    {
        Experiment experiment;
        UsePage page(experiment);
        page.resize(320, 1200);
        page.show();
        find(experiment, 2);
        experiment.freeze();
        QTRY_VERIFY(experiment.isFrozen());
        const RowPrediction answer = experiment.predictRow({5.1, 3.5, 1.4, 0.2});
        QCOMPARE(answer.coordinates.size(), std::size_t(2));
        QVERIFY(answer.probabilities.empty());
        QCOMPARE(answer.arithmetic.size(), std::size_t(2));
        // scikit-learn 1.9.1: PCA(2) of the standardised flowers gives -2.2647 and 0.4800 for the first of them.
        QVERIFY(std::abs(answer.coordinates[0] + 2.2647) < 5e-5 && std::abs(answer.coordinates[1] - 0.4800) < 5e-5);
        bool told = false;
        for (const QLabel* label : page.findChildren<QLabel*>())
            told = told || (label->text().contains(QStringLiteral("pc1 = ")) && label->text().contains(QStringLiteral("pc2 = ")));
        QVERIFY(told);

        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath(QStringLiteral("flowers.model.json")).toStdString();
        QVERIFY(saveModel(*experiment.model(), path));
        Experiment other;
        PlotCard card(other);
        card.resize(600, 400);
        card.show();
        other.openModel(QString::fromStdString(path.string()));
        QTRY_VERIFY(other.isFrozen());
        QTRY_COMPARE(card.picture().kind, PictureKind::Plane);
        QCOMPARE(arrowsOf(card.picture(), *other.model()).size(), std::size_t(2));
        QCOMPARE(other.predictRow({5.1, 3.5, 1.4, 0.2}).coordinates, answer.coordinates);
    }

    void aComparisonHasOneLearner()
    {
        Experiment experiment;
        find(experiment, 2);
        const auto setups = Comparison::suggestion(experiment.setup());
        QCOMPARE(setups.size(), std::size_t(1));
        QCOMPARE(setups.front().learner, std::string("pca"));
    }

private:
    static void press(const QWidget& part, const QString& text)
    {
        for (auto* button : part.findChildren<QPushButton*>())
            if (button->text() == text)
                return button->click();
        QFAIL(qPrintable(text));
    }

    static bool says(const QWidget& part, const QString& words)
    {
        const auto labels = part.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->text().contains(words); });
    }

    /// The directions of the four measures of the flowers, on a common scale, found step by step to the end.
    static void find(Experiment& experiment, std::int64_t components)
    {
        experiment.setAutoTrain(false);
        openSample(experiment, "iris");
        experiment.choices().setNoTarget();
        experiment.choices().setLearner("pca");
        for (std::size_t j = 0; j < 4; ++j)
            experiment.choices().setRole(j, Role::Feature);
        QVERIFY(experiment.steps().add("standardise"));
        QVERIFY(experiment.choices().setHyperparameter("components", components));
        experiment.train();
        QTRY_COMPARE(experiment.state(), ExperimentState::Trained);
        QTRY_VERIFY(experiment.evaluation() && experiment.evaluation()->model == experiment.model());
    }
};

QTEST_MAIN(TestProjection)
#include "tst_projection.moc"
