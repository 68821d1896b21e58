// What a person does with the points of the plot: drags them, adds some, asks the probe, draws a line of their own.

#include "app/pages/plot_card.h"

#include "app/charts/plot_view.h"
#include "app/pages/plot_overlay.h"
#include "app/widgets/probability_bars.h"
#include "app/widgets/typeset.h"
#include "core/base/number_text.h"

#include <QSignalBlocker>
#include <QToolButton>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr int hoverColumns = 8;

QString text(double value, int digits = 4)
{
    return QString::fromStdString(shortText(value, digits));
}

/// "pc1 = 2.1, pc2 = -0.4", of the first few.
QString coordinatesText(const std::vector<double>& coordinates)
{
    constexpr std::size_t mostNamed = 4;
    QStringList parts;
    for (std::size_t k = 0; k < std::min(coordinates.size(), mostNamed); ++k)
        parts << PlotCard::tr("pc%1 = %2").arg(k + 1).arg(text(coordinates[k]));
    if (coordinates.size() > mostNamed)
        parts << QStringLiteral("…");
    return parts.isEmpty() ? PlotCard::tr("no coordinate yet") : typeset(parts.join(QStringLiteral(", ")));
}

} // namespace

void PlotCard::setProbeShown(bool shown)
{
    m_experiment.view().setProbeShown(shown);
}

void PlotCard::setDragKeeps(bool keeps)
{
    m_dragKeeps = keeps;
    m_keepButton->setChecked(keeps);
}

void PlotCard::showProbe()
{
    const ModelPtr model = m_experiment.model();
    if (!m_experiment.view().isProbeShown() || !model || m_picture.kind == PictureKind::Empty) {
        m_view->setProbe({});
        return;
    }
    const std::vector<double> inputs = m_experiment.view().inputs(*model);
    const auto slice = sliceOf(m_picture, *model, inputs);
    if (!slice) {
        m_view->setProbe({});
        return;
    }
    const RowPrediction answer = m_experiment.predictRow(inputs);
    Probe probe;
    probe.at = {placeOfInput(m_picture.x, inputs[slice->xInput], *model, slice->xInput), placeOfInput(m_picture.y, inputs[slice->yInput], *model, slice->yInput)};
    if (slice->xInput == slice->yInput)
        probe.at.setY(m_picture.y.column == m_picture.x.column ? 0 : answer.value);
    if (std::isnan(probe.at.x()) || std::isnan(probe.at.y())) {
        m_view->setProbe({});                       // no row has the level that the model is asked about
        return;
    }
    if (answersClasses(*model)) {
        const std::size_t code = std::size_t(answer.value);
        probe.code = codeOf(int(code), m_picture.noise);
        const QString name = QString::fromStdString(model->target().classes[code]);
        probe.reading = model->target().task == Task::Clustering && !model->claimsProbabilities() ? name : tr("%1  %2").arg(name, ProbabilityBars::percentText(answer.probabilities[code]));
    } else if (model->target().task == Task::Projection) {
        probe.reading = coordinatesText(answer.coordinates);
    } else {
        probe.reading = tr("%1 = %2").arg(QString::fromStdString(model->target().name), text(answer.value));
    }
    m_view->setProbe(probe);
    m_view->setAccessibleDescription(tr("%Ln point(s). The probe reads %1.", nullptr, int(m_picture.points.size())).arg(probe.reading));
}

void PlotCard::moveProbe(QPointF to)
{
    const ModelPtr model = m_experiment.model();
    if (!model)
        return;
    const auto move = [&](const PictureAxis& axis, double value) {
        const auto& inputs = model->inputs();
        const auto input = std::find_if(inputs.begin(), inputs.end(), [&](const InputColumn& one) { return one.name == axis.column; });
        if (input == inputs.end())
            return;
        // Over a level that the model does not know the probe stays where it is.
        if (const double asked = inputAt(axis, value, *model, std::size_t(input - inputs.begin())); !std::isnan(asked))
            m_experiment.view().setInput(*model, axis.column, asked);
    };
    // One repaint for both: the second input tells the view.
    const bool plane = m_picture.kind == PictureKind::Plane && m_picture.y.column != m_picture.x.column;
    if (m_picture.kind == PictureKind::Regions || m_picture.kind == PictureKind::Heat || plane)
        move(m_picture.y, to.y());
    move(m_picture.x, to.x());
}

CellValues PlotCard::valuesAt(QPointF at) const
{
    const auto value = [](const PictureAxis& axis, double place) {
        return axis.levels.isEmpty() ? place : std::clamp(std::round(place), 0.0, double(axis.levels.size() - 1));
    };
    return {{m_picture.x.index, value(m_picture.x, at.x())}, {m_picture.y.index, value(m_picture.y, at.y())}};
}

void PlotCard::dragPoint(std::size_t row, QPointF to, bool released)
{
    if (!m_experiment.setup().source)
        return;
    m_moving = !released;
    if (!released)
        m_experiment.rows().whatIf(row, valuesAt(to));
    else if (m_dragKeeps || !m_experiment.rows().whatIfTable())
        m_experiment.rows().movePoint(row, valuesAt(to));
    if (released)
        m_experiment.rows().endWhatIf();
}

void PlotCard::addPoint(QPointF at, int code)
{
    if (!m_experiment.setup().source || m_picture.kind == PictureKind::Empty)
        return;
    CellValues values = valuesAt(at);
    const auto target = targetColumn(m_experiment.setup());
    if (target && !values.contains(*target)) {
        const Column& column = m_experiment.table().column(*target);
        if (code < 0 && column.isCategorical() && !m_picture.points.empty()) {
            const PlotScale scale = m_view->plotScale();
            const auto nearest = std::min_element(m_picture.points.begin(), m_picture.points.end(), [&](const PlotPoint& a, const PlotPoint& b) {
                const auto far = [&](const PlotPoint& p) { return QLineF(scale.toPixel(p.x, p.y), scale.toPixel(at.x(), at.y())).length(); };
                return far(a) < far(b);
            });
            code = nearest->code;
        }
        if (column.isCategorical() && code >= 0) {
            const auto& levels = column.categoryCells().levels;
            const std::string name = m_picture.classes.value(code).toStdString();
            const auto level = std::find(levels.begin(), levels.end(), name);
            if (level != levels.end())
                values[*target] = double(level - levels.begin());
        }
    }
    m_experiment.rows().addPoint(values);
}

void PlotCard::dropTrayPoint(QPointF at, int code)
{
    if (code >= 0) {
        addPoint(at, code);
        return;
    }
    setProbeShown(true);
    moveProbe(at);
}

void PlotCard::takeTrayPoint(int code)
{
    const PlotScale scale = m_view->plotScale();
    dropTrayPoint(scale.toData(scale.area.center()), code);
}

bool PlotCard::isGuessShown() const
{
    return m_view->guess().has_value();
}

void PlotCard::setGuessShown(bool shown)
{
    {
        const QSignalBlocker blocker(m_guessButton);
        m_guessButton->setChecked(shown && m_picture.kind == PictureKind::Curve);
    }
    if (!shown || m_picture.kind != PictureKind::Curve) {
        m_view->setGuess({});
        m_view->setFootnote({});
        askForSurface();
        return;
    }
    double sum = 0;
    for (const PlotPoint& point : m_picture.points)
        sum += point.y;
    const double mean = m_picture.points.empty() ? 0 : sum / double(m_picture.points.size());
    const double width = m_picture.x.maximum - m_picture.x.minimum;
    m_view->setGuess(GuessLine{{m_picture.x.minimum + 0.1 * width, mean}, {m_picture.x.maximum - 0.1 * width, mean}});
    showGuessScore();
}

double PlotCard::squares(const std::function<double(std::size_t index)>& predicted) const
{
    double sum = 0;
    for (std::size_t i = 0; i < m_picture.points.size(); ++i) {
        if (m_picture.points[i].test)
            continue;
        const double error = m_picture.points[i].y - predicted(i);
        sum += std::isfinite(error) ? error * error : 0;
    }
    return sum;
}

/// Both are judged by the same rows and the same measure.
void PlotCard::showGuessScore()
{
    if (!m_view->guess())
        return;
    const GuessLine line = *m_view->guess();
    const QString mine = text(squares([&](std::size_t i) { return line.at(m_picture.points[i].x); }), 5);
    const EvaluationPtr evaluation = m_experiment.evaluation();
    if (!evaluation || evaluation->error || evaluation->table.rows() != m_experiment.table().rows()) {
        m_view->setFootnote(tr("Your line: sum of squared errors %1.").arg(mine));
        return;
    }
    const QString model = text(squares([&](std::size_t i) {
        return evaluation->prediction.values[Eigen::Index(m_picture.points[i].row)];
    }), 5);
    m_view->setFootnote(tr("Sum of squared errors over the training rows: your line %1, the model %2.").arg(mine, model));
}

void PlotCard::showHover(int index, QPoint global)
{
    if (index < 0 || index >= int(m_picture.points.size())) {
        QToolTip::hideText();
        return;
    }
    const std::size_t row = m_picture.points[std::size_t(index)].row;
    const Table& table = m_experiment.table();
    const Setup& setup = m_experiment.setup();
    QStringList lines{tr("Row %1").arg(row + 1)};
    int shown = 0;
    for (std::size_t j = 0; j < table.columns() && j < setup.roles.size(); ++j) {
        if (setup.roles[j] == Role::Ignored)
            continue;
        if (++shown > hoverColumns)
            break;
        lines << QString::fromStdString(table.column(j).name() + ": " + (table.column(j).isMissing(row) ? "?" : table.column(j).cellText(row)));
    }
    const EvaluationPtr evaluation = m_experiment.evaluation();
    const std::vector<std::size_t>& sealed = m_experiment.sealedRows();
    if (std::binary_search(sealed.begin(), sealed.end(), row)) {
        lines << tr("Predicted: under seal with the test");
    } else if (evaluation && !evaluation->error && Eigen::Index(row) < evaluation->prediction.values.size()) {
        const double predicted = evaluation->prediction.values[Eigen::Index(row)];
        const TargetColumn& target = evaluation->model->target();
        if (answersClasses(*evaluation->model)) {
            lines << tr("Predicted: %1").arg(QString::fromStdString(target.classes[std::size_t(predicted)]));
        } else if (target.task == Task::Projection) {
            const RowVector coordinates = evaluation->prediction.coordinates.row(Eigen::Index(row));
            lines << coordinatesText({coordinates.begin(), coordinates.end()});
        } else {
            lines << tr("Predicted: %1").arg(text(predicted));
            const double truth = evaluation->truth[Eigen::Index(row)];
            if (std::isfinite(truth))
                lines << tr("Error: %1").arg(text(truth - predicted));
        }
    }
    // Cells come from a file: they are text, whatever they look like.
    QToolTip::showText(global + QPoint(12, 12), QStringLiteral("<p style='white-space:pre'>%1</p>").arg(lines.join(u'\n').toHtmlEscaped()), m_view);
    m_view->setAccessibleDescription(lines.join(QStringLiteral(", ")));
}

} // namespace modelarium
