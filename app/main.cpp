#include "app/main_window.h"
#include "app/settings/settings.h"

#include <QApplication>
#include <QCommandLineParser>

using namespace modelarium;

namespace {

struct Arguments {
    QString file;
};

Arguments parse(const QApplication& application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate("main", "See what a machine-learning model is: train it, freeze it, keep it, use it."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("FILE"), QApplication::translate("main", "A table (.csv) or a model (.model.json) to open."),
                                 QStringLiteral("[FILE]"));
    parser.process(application);
    Arguments arguments;
    arguments.file = parser.positionalArguments().value(0);
    return arguments;
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Modelarium"));
    QApplication::setApplicationName(QStringLiteral("Modelarium"));
    QApplication::setApplicationVersion(QStringLiteral(MODELARIUM_VERSION));
    const Arguments arguments = parse(application);

    Settings settings;
    MainWindow window(settings);
    window.show();
    if (arguments.file.isEmpty())
        window.openFirstSample();
    else
        window.open(arguments.file);
    return QApplication::exec();
}
