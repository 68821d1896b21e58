#include "app/main_tour.h"

#include "app/main_window.h"
#include "core/base/number_text.h"
#include "core/model/equation.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFileInfo>
#include <QPixmap>
#include <QTextStream>

namespace modelarium {
namespace {

constexpr int patience = 60'000;

struct Tours {
    Q_DECLARE_TR_FUNCTIONS(modelarium::Tours)
};

void say(const QString& sentence)
{
    QTextStream(stdout) << sentence << Qt::endl;
}

int giveUp(const QString& sentence)
{
    QTextStream(stderr) << sentence << Qt::endl;
    return 1;
}

/// The middle of what was seen in training, or the likeliest level: a point that every model has an answer for.
void predictPoint(Experiment& experiment)
{
    const ModelPtr model = experiment.model();
    for (const InputColumn& input : model->inputs()) {
        if (input.levels.empty())
            experiment.view().setInput(input.name, (input.minimum + input.maximum) / 2);
    }
    const std::vector<double> inputs = experiment.view().inputs(*model);
    QStringList asked;
    for (std::size_t j = 0; j < inputs.size(); ++j) {
        const InputColumn& input = model->inputs()[j];
        const std::string value = input.levels.empty() ? shortText(inputs[j]) : input.levels[std::size_t(inputs[j])];
        asked << QString::fromStdString(input.name + " = " + value);
    }
    const RowPrediction answer = experiment.predictRow(inputs);
    const QString target = QString::fromStdString(model->target().name);
    const QString what = asked.join(QStringLiteral(", "));
    if (model->target().task == Task::Classification) {
        const std::size_t code = std::size_t(answer.value);
        say(Tours::tr("Predicted a point: %1 gives %2 = %3 (%4 %).")
                .arg(what, target, QString::fromStdString(model->target().classes[code]))
                .arg(answer.probabilities[code] * 100, 0, 'f', 1));
    } else {
        say(Tours::tr("Predicted a point: %1 gives %2 = %3.").arg(what, target, QString::fromStdString(shortText(answer.value))));
    }
    experiment.view().setProbeShown(true);
}

} // namespace

bool waitUntil(const std::function<bool()>& isSo, int milliseconds)
{
    QElapsedTimer timer;
    timer.start();
    while (!isSo()) {
        if (timer.hasExpired(milliseconds))
            return false;
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
    }
    return true;
}

int runTour(MainWindow& window, const QString& folder, const QString& file)
{
    Experiment& experiment = window.experiment();
    QString refusal;
    QObject::connect(&experiment, &Experiment::noticeRaised, &window, [&refusal](Severity severity, const QString& sentence) {
        if (severity == Severity::Error)
            refusal = sentence;
    });
    const auto becomes = [&](const std::function<bool()>& isSo) {
        return waitUntil([&] { return isSo() || !refusal.isEmpty(); }, patience) && refusal.isEmpty();
    };
    const auto failure = [&refusal](const QString& what) {
        return giveUp(refusal.isEmpty() ? Tours::tr("%1 took too long.").arg(what) : refusal);
    };

    if (file.isEmpty())
        window.openFirstSample();
    else
        window.open(file);
    if (!becomes([&] { return experiment.setup().source || experiment.isFrozen(); }))
        return failure(Tours::tr("Loading"));
    if (experiment.setup().source)
        say(Tours::tr("Loaded %1: %2, %3.").arg(experiment.setup().source->name, Tours::tr("%Ln row(s)", nullptr, int(experiment.table().rows())),
                                                Tours::tr("%Ln column(s)", nullptr, int(experiment.table().columns()))));
    if (!experiment.isFrozen()) {
        experiment.train();
        if (!becomes([&] { return experiment.state() == ExperimentState::Trained && !experiment.isModelStale(); }))
            return failure(Tours::tr("Training"));
        say(Tours::tr("Trained %1 in %Ln step(s).", nullptr, int(experiment.training().history().back().step))
                .arg(QString::fromStdString(experiment.learner()->name)));
        experiment.training().toEnd();
        experiment.freeze();
        if (!becomes([&] { return experiment.isFrozen(); }))
            return failure(Tours::tr("Freezing"));
        say(Tours::tr("Froze it: %Ln number(s) are the model.", nullptr, int(parameterCount(experiment.model()->parameters()))));
    }
    say(QString::fromStdString(equationText(*experiment.model())));

    const QString name = experiment.setup().source ? QFileInfo(experiment.setup().source->name).completeBaseName() : QStringLiteral("model");
    const QString path = QDir(folder).filePath(name + QStringLiteral(".model.json"));
    if (!experiment.saveModel(path))
        return failure(Tours::tr("Saving"));
    say(Tours::tr("Saved %1.").arg(QDir::toNativeSeparators(path)));
    experiment.openModel(path);
    if (!refusal.isEmpty())
        return giveUp(refusal);
    say(Tours::tr("Opened it again: the checksum and the certificate of %Ln reference row(s) agree.", nullptr,
                  int(experiment.model()->certificate().rows.size())));
    predictPoint(experiment);
    waitUntil([] { return false; }, 400);
    const QString picture = QDir(folder).filePath(QStringLiteral("window.png"));
    if (!window.grab().save(picture))
        return giveUp(Tours::tr("The picture could not be written to %1.").arg(picture));
    say(Tours::tr("Wrote the picture of the window to %1.").arg(QDir::toNativeSeparators(picture)));
    return 0;
}

} // namespace modelarium
