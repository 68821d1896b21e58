#include "app/pages/run_sheet.h"

#include "core/base/file.h"
#include "core/base/number_text.h"
#include "core/data/csv_writer.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QPdfWriter>
#include <QTextDocument>
#include <QUrl>

#include <algorithm>
#include <limits>
#include <set>

namespace modelarium {
namespace {

struct RunSheet {
    Q_DECLARE_TR_FUNCTIONS(modelarium::RunSheet)
};

std::filesystem::path filePath(const QString& path)
{
    return std::filesystem::path(path.toStdU16String());
}

QString dataAddress(const QImage& picture)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    picture.save(&buffer, "PNG");
    return QStringLiteral("data:image/png;base64,") + QString::fromLatin1(bytes.toBase64());
}

/// Values that differ from the learner's defaults are what somebody needs to do it again; the rest stands in the program.
QString hyperparameterSentence(const Setup& setup)
{
    QStringList parts;
    const HyperparameterValues values = hyperparametersOf(setup);
    for (const HyperparameterSpec& spec : hyperparameterTable(setup)) {
        if (values.at(spec.name) != spec.defaultValue)
            parts << QString::fromStdString(spec.name + " = " + hyperparameterText(values.at(spec.name)));
    }
    return parts.isEmpty() ? RunSheet::tr("defaults") : parts.join(QStringLiteral(", "));
}

QString rowHtml(const SheetRun& one, const QString& picture)
{
    const Run& run = *one.run;
    const QString test = run.metricsTest.empty() ? QStringLiteral("–")
        : one.testVisible                        ? scoreText(run.metricsTest, scoreMetric(run))
                                                 : RunSheet::tr("under seal");
    QString html = QStringLiteral("<tr><td><img src=\"%1\" width=\"208\" height=\"150\" alt=\"%2\"></td>")
                       .arg(picture, runTitle(run).toHtmlEscaped());
    html += QStringLiteral("<td><b>%1</b><br>%2<br>%3</td>")
                .arg(runTitle(run).toHtmlEscaped(), one.changes.toHtmlEscaped(), hyperparameterSentence(run.setup).toHtmlEscaped());
    html += QStringLiteral("<td align=\"right\">%1</td><td align=\"right\">%2</td><td>%3</td></tr>\n")
                .arg(scoreText(run.metricsTrain, scoreMetric(run)).toHtmlEscaped(), test.toHtmlEscaped(), one.note.toHtmlEscaped());
    return html;
}

using SheetRuns = std::vector<SheetRun>;

/// What the runs do, of how many rows: one sentence for runs that do the same.
QString taskSentence(const SheetRuns& runs)
{
    const Run& first = *runs.front().run;
    const QString source = first.setup.source ? first.setup.source->name : QString();
    const auto [fewest, most] = std::minmax_element(runs.begin(), runs.end(), [](const SheetRun& a, const SheetRun& b) {
        return a.run->setup.table.rows() < b.run->setup.table.rows();
    });
    const int low = int(fewest->run->setup.table.rows()), high = int(most->run->setup.table.rows());
    const QString rows = low == high ? RunSheet::tr("%Ln row(s)", nullptr, high) : RunSheet::tr("%1 to %Ln row(s)", nullptr, high).arg(QLocale().toString(low));
    switch (first.model->target().task) {
    case Task::Clustering: return RunSheet::tr("Groups found in %1, %2.").arg(source, rows);
    case Task::Projection: return RunSheet::tr("Directions found in %1, %2.").arg(source, rows);
    default: return RunSheet::tr("%1 predicted from %2, %3.").arg(targetOf(first), source, rows);
    }
}

/// How much the test scores of runs that do the same are still worth; empty where there are none.
QString looksSentence(const SheetRuns& runs)
{
    int scores = 0, shown = 0, looks = 0;
    QStringList chosen;
    for (const SheetRun& one : runs) {
        scores += !one.run->metricsTest.empty();
        shown += !one.run->metricsTest.empty() && one.testVisible;
        looks = std::max(looks, one.looks);
        if (one.thresholdChosenByTest)
            chosen << QString::number(one.run->number);
    }
    looks = std::max(looks, shown);
    if (scores == 0 || !hasTarget(runs.front().run->model->target().task))
        return {};
    const QString counted = looks == 0 ? RunSheet::tr("Nobody has looked at the test rows yet.")
        : looks == 1 ? RunSheet::tr("The test rows were looked at for one model.")
                     : RunSheet::tr("The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.", nullptr, looks);
    return chosen.isEmpty() ? counted : counted + QStringLiteral(" ") + RunSheet::tr("The threshold of run %1 was chosen by them.").arg(chosen.join(QStringLiteral(", ")));
}

QString groupHtml(const SheetRuns& runs, const std::function<QString(const SheetRun&)>& pictureOf)
{
    const QString metric = scoreName(*runs.front().run);
    QString html = QStringLiteral("<p>%1<br>%2</p>\n").arg(taskSentence(runs).toHtmlEscaped(), looksSentence(runs).toHtmlEscaped());
    html += QStringLiteral("<table border=\"1\" cellspacing=\"0\" cellpadding=\"6\" width=\"100%\"><tr><th></th><th>%1</th><th>%2</th><th>%3</th><th>%4</th></tr>\n")
                .arg(RunSheet::tr("Run, and what was changed").toHtmlEscaped(), RunSheet::tr("%1, training").arg(metric).toHtmlEscaped(),
                     RunSheet::tr("%1, test").arg(metric).toHtmlEscaped(), RunSheet::tr("Note").toHtmlEscaped());
    for (const SheetRun& one : runs)
        html += rowHtml(one, pictureOf(one));
    return html + QStringLiteral("</table>\n");
}

/// Runs that do the same stand together, in the order in which they came.
std::vector<SheetRuns> comparableRuns(const SheetRuns& runs)
{
    std::vector<SheetRuns> groups;
    for (const SheetRun& one : runs) {
        const auto group = std::find_if(groups.begin(), groups.end(), [&](const SheetRuns& some) { return areComparable(*some.front().run, *one.run); });
        if (group == groups.end())
            groups.push_back({one});
        else
            group->push_back(one);
    }
    return groups;
}

QString savePdf(const QString& path, const SheetRuns& runs)
{
    QTextDocument document;
    for (const SheetRun& one : runs)
        document.addResource(QTextDocument::ImageResource, QUrl(QStringLiteral("run%1.png").arg(one.run->number)), one.picture);
    document.setDefaultFont(QFont(QStringLiteral("Inter"), 9));
    document.setHtml(runSheetHtml(runs, [](const SheetRun& one) { return QStringLiteral("run%1.png").arg(one.run->number); }));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setTitle(RunSheet::tr("Comparison of runs"));
        document.print(&writer);
    }
    const auto saved = writeFileAtomically(filePath(path), std::string_view(bytes.constData(), std::size_t(bytes.size())));
    return saved ? QString() : errorText(saved.error());
}

} // namespace

QString runSheetHtml(const std::vector<SheetRun>& runs, const std::function<QString(const SheetRun&)>& pictureOf)
{
    QString html = QStringLiteral("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%1</title>\n<style>"
                                  "body { font-family: Inter, sans-serif; color: #1A1D23; } td, th { padding: 6px; vertical-align: top; }"
                                  " th { text-align: left; }</style></head><body>\n")
                       .arg(RunSheet::tr("Comparison of runs").toHtmlEscaped());
    html += QStringLiteral("<h2>%1</h2>\n<p>%2</p>\n")
                .arg(RunSheet::tr("Comparison of runs").toHtmlEscaped(),
                     RunSheet::tr("Name: ____________________________ Date: %1").arg(QLocale().toString(QDate::currentDate(), QLocale::ShortFormat)).toHtmlEscaped());
    for (const SheetRuns& group : comparableRuns(runs))
        html += groupHtml(group, pictureOf);
    return html + QStringLiteral("</body></html>\n");
}

Table runSheetTable(const std::vector<SheetRun>& runs)
{
    const std::size_t n = runs.size();
    const double none = std::numeric_limits<double>::quiet_NaN();
    std::set<std::string> metrics;
    for (const SheetRun& one : runs) {
        for (const auto& [name, value] : one.run->metricsTrain)
            metrics.insert(name);
    }
    std::vector<std::string> target, learner, changes, hyperparameters, notes, made;
    Buffer<double> number(n), seconds(n);
    for (std::size_t i = 0; i < n; ++i) {
        const Run& run = *runs[i].run;
        number[i] = run.number;
        seconds[i] = run.seconds;
        target.push_back(targetOf(run).toStdString());
        learner.push_back(run.setup.learner);
        changes.push_back(runs[i].changes.toStdString());
        hyperparameters.push_back(hyperparameterSentence(run.setup).toStdString());
        notes.push_back(runs[i].note.toStdString());
        made.push_back(run.made.toString(Qt::ISODate).toStdString());
    }
    std::vector<ColumnPtr> columns;
    const auto add = [&](Column column) { columns.push_back(std::make_shared<Column>(std::move(column))); };
    add(Column::numbers("run", std::move(number)));
    add(Column::categories("target", target));
    add(Column::categories("learner", learner));
    add(Column::categories("changes", changes));
    add(Column::categories("hyperparameters", hyperparameters));
    for (const std::string& name : metrics) {
        for (const bool test : {false, true}) {
            Buffer<double> values(n);
            for (std::size_t i = 0; i < n; ++i) {
                const auto& from = test ? runs[i].run->metricsTest : runs[i].run->metricsTrain;
                const auto found = from.find(name);
                values[i] = found == from.end() || (test && !runs[i].testVisible) ? none : found->second;
            }
            add(Column::numbers(name + (test ? "_test" : "_training"), std::move(values)));
        }
    }
    add(Column::numbers("seconds", std::move(seconds)));
    add(Column::categories("made", made));
    add(Column::categories("note", notes));
    return *Table::make(std::move(columns));
}

QString saveRunSheet(const QString& path, const std::vector<SheetRun>& runs)
{
    if (path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive))
        return savePdf(path, runs);
    if (path.endsWith(QLatin1String(".html"), Qt::CaseInsensitive)) {
        const QString html = runSheetHtml(runs, [](const SheetRun& one) { return dataAddress(one.picture); });
        const auto saved = writeFileAtomically(filePath(path), html.toStdString());
        return saved ? QString() : errorText(saved.error());
    }
    CsvWriteOptions options;
    options.protectFormulas = true;
    const auto saved = writeCsv(runSheetTable(runs), filePath(path), options);
    return saved ? QString() : errorText(saved.error());
}

} // namespace modelarium
