#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <map>

// The dependency arrows of the project, read off the #include lines: who may know of whom.
//
//     base <- data <- prepare <- model <- learn <- evaluate          model <- export          core <- app/cli
//     core <- jobs <- document <- item_models <- pages <- main_window <- main       charts, widgets <- pages

namespace {

const QString source = QStringLiteral(MODELARIUM_SOURCE_DIR);

struct File {
    QString path;                       // from the root of the project
    QString folder;                     // "core/data"
    QStringList lines;
};

// "core/learn/linear/x.h" -> "core/learn"; files directly under app/ (main, main_window) -> "app"
QString folderOf(const QString& path)
{
    const QStringList parts = path.split(u'/');
    return parts.size() > 2 ? parts[0] + u'/' + parts[1] : parts[0];
}

QList<File> filesUnder(const QString& top)
{
    QList<File> files;
    QDirIterator iterator(source + u'/' + top, {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files, QDirIterator::Subdirectories);
    while (iterator.hasNext()) {
        QFile file(iterator.next());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QString path = QDir(source).relativeFilePath(file.fileName());
        files.append({path, folderOf(path), QString::fromUtf8(file.readAll()).split(u'\n')});
    }
    return files;
}

const std::map<QString, QStringList> allowed = [] {
    const QString base = QStringLiteral("core/base"), kernels = QStringLiteral("core/kernels"), data = QStringLiteral("core/data"),
                  prepare = QStringLiteral("core/prepare"), model = QStringLiteral("core/model"), learn = QStringLiteral("core/learn"),
                  evaluate = QStringLiteral("core/evaluate"), exports = QStringLiteral("core/export");
    const QString jobs = QStringLiteral("app/jobs"), document = QStringLiteral("app/document"), items = QStringLiteral("app/item_models"),
                  pages = QStringLiteral("app/pages"), widgets = QStringLiteral("app/widgets"), charts = QStringLiteral("app/charts"),
                  settings = QStringLiteral("app/settings"), cli = QStringLiteral("app/cli");
    std::map<QString, QStringList> rules;
    rules[kernels] = {kernels};
    rules[base] = {base};
    rules[data] = rules[base] + QStringList{data, kernels};
    rules[prepare] = rules[data] + QStringList{prepare};
    rules[model] = rules[prepare] + QStringList{model};
    rules[learn] = rules[model] + QStringList{learn};
    rules[evaluate] = rules[learn] + QStringList{evaluate};
    rules[exports] = rules[model] + QStringList{exports};
    const QStringList core = rules[evaluate] + QStringList{exports};
    rules[cli] = core + QStringList{cli};
    rules[jobs] = core + QStringList{jobs};
    rules[settings] = core + QStringList{settings};
    rules[document] = rules[jobs] + QStringList{document, settings};
    rules[items] = rules[document] + QStringList{items};
    rules[widgets] = core + QStringList{widgets};
    rules[charts] = core + QStringList{widgets, charts};
    rules[pages] = rules[items] + QStringList{widgets, charts, pages};
    rules[QStringLiteral("app")] = rules[pages] + QStringList{QStringLiteral("app")};
    return rules;
}();

} // namespace

class TestIncludeArrows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void arrowsPointOneWay_data()
    {
        QTest::addColumn<QString>("folder");
        for (const auto& [folder, targets] : allowed)
            QTest::newRow(qPrintable(folder)) << folder;
    }

    void arrowsPointOneWay()
    {
        QFETCH(QString, folder);
        static const QRegularExpression include(QStringLiteral("^\\s*#include \"((core|app)/[^\"]+)\""));
        QStringList wrong;
        for (const File& file : filesUnder(folder.section(u'/', 0, 0))) {
            if (file.folder != folder)
                continue;
            for (const QString& line : file.lines) {
                const QRegularExpressionMatch match = include.match(line);
                if (match.hasMatch() && !allowed.at(folder).contains(folderOf(match.captured(1))))
                    wrong << file.path + QStringLiteral(" includes ") + match.captured(1);
            }
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    void everyFolderHasARule()
    {
        for (const QString& top : {QStringLiteral("core"), QStringLiteral("app")})
            for (const File& file : filesUnder(top))
                QVERIFY2(allowed.contains(file.folder), qPrintable(file.path));
    }

    void thingsStayWhereTheyBelong_data()
    {
        QTest::addColumn<QString>("top");
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("exceptFolder");
        QTest::newRow("no Qt in core") << "core" << "#include <Q" << "";
        QTest::newRow("no Qt in the command line") << "app/cli" << "#include <Q" << "";
        QTest::newRow("core never prints") << "core" << "std::c(out|err)\\b|\\b(printf|fprintf|puts)\\s*\\(" << "";
        QTest::newRow("core never ends the program") << "core" << "\\b(std::)?(abort|exit|terminate)\\s*\\(" << "";
        QTest::newRow("no threads in app but in jobs") << "app" << "std::j?thread\\b|\\bQThread\\b(?!::)|QtConcurrent|std::async" << "app/jobs";
        QTest::newRow("Qt Charts only in charts")
            << "app" << "#include <(QtCharts|QChart|QChartView|QLineSeries|QValueAxis|QScatterSeries|QAbstractSeries)" << "app/charts";
        QTest::newRow("no unfinished work") << "core" << "\\b(TODO|FIXME|XXX|HACK)\\b" << "";
        QTest::newRow("no unfinished work in app") << "app" << "\\b(TODO|FIXME|XXX|HACK)\\b" << "";
    }

    void thingsStayWhereTheyBelong()
    {
        QFETCH(QString, top);
        QFETCH(QString, pattern);
        QFETCH(QString, exceptFolder);
        const QRegularExpression expression(pattern);
        QStringList wrong;
        for (const File& file : filesUnder(top)) {
            if (!exceptFolder.isEmpty() && file.folder == exceptFolder)
                continue;
            for (qsizetype i = 0; i < file.lines.size(); ++i)
                if (expression.match(file.lines[i]).hasMatch())
                    wrong << QStringLiteral("%1:%2: %3").arg(file.path).arg(i + 1).arg(file.lines[i].trimmed());
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }
};

QTEST_APPLESS_MAIN(TestIncludeArrows)
#include "tst_include_arrows.moc"
