#include "app/main_bench.h"
#include "app/main_tour.h"
#include "app/main_window.h"
#include "app/settings/settings.h"
#include "app/settings/translation.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QTemporaryDir>

#include <algorithm>
#include <string_view>

using namespace modelarium;

namespace {

struct Arguments {
    QString file;
    QString tour;
    QString screenshot;
    QString openBench;
    QString panBench;
    QString theme;
    QSize size;
    int stage = 0;
    bool startupBench = false;
    bool probeBench = false;

    bool isForPerson() const
    {
        return tour.isEmpty() && screenshot.isEmpty() && openBench.isEmpty() && panBench.isEmpty() && !startupBench && !probeBench;
    }
};

QString say(const char* text)
{
    return QApplication::translate("main", text);
}

QSize sizeFrom(const QString& text)
{
    const QStringList parts = text.split(u'x');
    return parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
}

Arguments parse(const QApplication& application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(say(QT_TRANSLATE_NOOP("main", "See what a machine-learning model is: train it, freeze it, keep it, use it.")));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption tour(QStringLiteral("tour"), say(QT_TRANSLATE_NOOP("main", "Go through the main job without a hand; the picture and the model file are written to DIR.")), QStringLiteral("DIR"));
    const QCommandLineOption screenshot(QStringLiteral("screenshot"), say(QT_TRANSLATE_NOOP("main", "Write a picture of the window to FILE and end.")), QStringLiteral("FILE"));
    const QCommandLineOption stage(QStringLiteral("stage"), say(QT_TRANSLATE_NOOP("main", "Open at stage N, 1 to 5.")), QStringLiteral("N"));
    const QCommandLineOption theme(QStringLiteral("theme"), say(QT_TRANSLATE_NOOP("main", "light or dark, this time only.")), QStringLiteral("NAME"));
    const QCommandLineOption size(QStringLiteral("size"), say(QT_TRANSLATE_NOOP("main", "Size of the window, this time only.")), QStringLiteral("WxH"));
    const QCommandLineOption startup(QStringLiteral("bench-startup"), say(QT_TRANSLATE_NOOP("main", "Print the milliseconds to the first frame and to the first model.")));
    const QCommandLineOption open(QStringLiteral("bench-open"), say(QT_TRANSLATE_NOOP("main", "Print the milliseconds from opening FILE to its first picture.")), QStringLiteral("FILE"));
    const QCommandLineOption pan(QStringLiteral("bench-pan"), say(QT_TRANSLATE_NOOP("main", "Print the milliseconds of one frame while the points of FILE are zoomed.")), QStringLiteral("FILE"));
    const QCommandLineOption probe(QStringLiteral("bench-probe"), say(QT_TRANSLATE_NOOP("main", "Print the milliseconds from a moved probe to its new reading.")));
    parser.addOptions({tour, screenshot, stage, theme, size, startup, open, pan, probe});
    parser.addPositionalArgument(QStringLiteral("FILE"), say(QT_TRANSLATE_NOOP("main", "A table (.csv) or a model (.model.json) to open.")), QStringLiteral("[FILE]"));
    parser.process(application);
    return {parser.positionalArguments().value(0), parser.value(tour), parser.value(screenshot), parser.value(open), parser.value(pan),
            parser.value(theme), sizeFrom(parser.value(size)), parser.value(stage).toInt(), parser.isSet(startup), parser.isSet(probe)};
}

/// Whether all that is asked for is text, which needs no display.
bool asksForText(int argc, char** argv)
{
    return std::any_of(argv + 1, argv + argc, [](std::string_view argument) {
        return argument == "--help" || argument == "-h" || argument == "--help-all" || argument == "--version" || argument == "-v";
    });
}

int takeScreenshot(MainWindow& window, const Arguments& arguments)
{
    Experiment& experiment = window.experiment();
    waitUntil([&] { return experiment.state() == ExperimentState::Trained || experiment.isFrozen(); }, 20'000);
    if (arguments.stage >= 1 && arguments.stage <= stageCount)
        experiment.setStage(Stage(arguments.stage - 1));
    waitUntil([] { return false; }, 1500);
    return window.grab().save(arguments.screenshot) ? 0 : 1;
}

int runWithoutHand(MainWindow& window, const Arguments& arguments, const QElapsedTimer& sinceStart)
{
    if (arguments.startupBench)
        return benchStartup(window, sinceStart);
    if (!arguments.openBench.isEmpty())
        return benchOpen(window, arguments.openBench);
    if (!arguments.panBench.isEmpty())
        return benchPan(window, arguments.panBench);
    if (arguments.probeBench)
        return benchProbe(window);
    if (!arguments.tour.isEmpty())
        return runTour(window, arguments.tour, arguments.file);
    if (arguments.file.isEmpty())
        window.openFirstSample();
    else
        window.open(arguments.file);
    return takeScreenshot(window, arguments);
}

} // namespace

int main(int argc, char** argv)
{
    QElapsedTimer sinceStart;
    sinceStart.start();
    if (asksForText(argc, argv))
        qputenv("QT_QPA_PLATFORM", "minimal");
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Modelarium"));
    QApplication::setApplicationName(QStringLiteral("Modelarium"));
    QApplication::setApplicationVersion(QStringLiteral(MODELARIUM_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("modelarium"));
    loadTranslation(application);
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/modelarium.svg")));
    const Arguments arguments = parse(application);

    // What runs without a hand leaves the person's own settings alone.
    const QTemporaryDir scratch;
    Settings settings(arguments.isForPerson() ? QString() : scratch.filePath(QStringLiteral("settings.ini")));
    MainWindow window(settings);
    if (!arguments.theme.isEmpty())
        window.showDark(arguments.theme == QLatin1String("dark"));
    if (arguments.size.isValid())
        window.resize(arguments.size);
    else if (!arguments.isForPerson())
        window.resize(1280, 800);                   // a picture is as large as ever where no screen, or a small one, is there
    window.show();
    if (!arguments.isForPerson())
        return runWithoutHand(window, arguments, sinceStart);
    if (arguments.file.isEmpty())
        window.openFirstSample();
    else
        window.open(arguments.file);
    return QApplication::exec();
}
