#pragma once

#include "app/charts/plot_values.h"
#include "app/charts/point_layer.h"
#include "app/charts/region_layer.h"

#include <QChartView>
#include <QCategoryAxis>
#include <QLineSeries>
#include <QValueAxis>

#include <memory>
#include <optional>
#include <vector>

namespace modelarium {

/// The picture of data and model: Qt Charts draws axes, grid and curves; points and regions are layers of our own.
///
/// It takes plain values and tells what a hand did with them; it never computes a prediction.
class PlotView : public QChartView {
    Q_OBJECT

public:
    explicit PlotView(QWidget* parent = nullptr);

    void setLook(const Look& look);
    void setMagnification(double factor);                   ///< of text, points and lines; for the projector
    /// `noise` is the one of the classes that is no group; -1 where there is none.
    void setHeading(const QString& title, const QStringList& classes, int noise = -1);
    void setSentence(const QString& sentence);              ///< shown in the middle where there is nothing to see
    void setAxes(const PlotAxis& x, const PlotAxis& y);
    void setPoints(std::vector<PlotPoint> points, std::vector<double> values = {});
    void setSurface(std::shared_ptr<const DecisionSurface> surface, bool spansHeight);
    void setCurve(const QList<QPointF>& curve);
    void setResiduals(ResidualStyle style, std::vector<double> predictions);    ///< one a point
    void setProbe(const std::optional<Probe>& probe);
    void setGuess(const std::optional<GuessLine>& guess);
    void setMarks(std::vector<PlotMark> marks);
    void setArrows(std::vector<PlotArrow> arrows);
    void setSelection(const std::vector<std::size_t>& rows);
    void setFrozen(bool frozen);
    void setFootnote(const QString& text);

    const std::vector<PlotPoint>& points() const { return m_points.points(); }
    const std::optional<GuessLine>& guess() const { return m_guess; }
    PlotScale plotScale() const;
    /// Lays new axes out now, and takes the old ones away, instead of when the chart is next asked: points would be drawn between the old ones.
    void layOut();
    void resetView();
    void zoom(double factor, QPointF around);
    void zoomAtCentre(double factor);
    /// Walks to the next or previous point in the order of rows; the row is announced by pointHovered().
    void walk(int direction);
    QImage picture(double pixelRatio);
    /// PNG, SVG or PDF by the file's ending; empty on success, a sentence otherwise.
    QString save(const QString& path);

Q_SIGNALS:
    void viewChanged();                                     ///< other ranges or another size
    void pointHovered(int index, QPoint global);            ///< -1: none
    void pointsChosen(const std::vector<std::size_t>& rows);
    void pointDragged(std::size_t row, QPointF to);
    void pointReleased(std::size_t row, QPointF to);
    void probeMoved(QPointF to);
    void newPointWanted(QPointF at);                        ///< shift-click
    void trayPointDropped(QPointF at, int code);            ///< from the tray
    void guessMoved();
    void deletionWanted();
    void emptyPlaceClicked(QPointF at);
    void projectorWanted();

protected:
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    struct LegendEntry {
        int code;                                           ///< as of a point; -1: no class, but how many more there are
        QString name;
        QPointF at;                                         ///< of the marker, on the line of the text
    };
    enum class Grip { None, Pan, Point, Probe, GuessLeft, GuessRight, GuessMiddle, Frame };

    QAbstractAxis* makeAxis(const PlotAxis& axis);
    void styleAxis(QAbstractAxis* axis);
    void applyRange();
    void placeCurve();
    void applyStyle();
    void layOutLegend();
    void shortenLegend(std::size_t fitting, double right);
    void drawHeading(QPainter& painter);
    void drawCurve(QPainter& painter, const PlotScale& scale);
    void drawResiduals(QPainter& painter, const PlotScale& scale);
    void drawSelection(QPainter& painter, const PlotScale& scale);
    void drawProbe(QPainter& painter, const PlotScale& scale);
    void drawGuess(QPainter& painter, const PlotScale& scale);
    void drawMarks(QPainter& painter, const PlotScale& scale);
    void drawFrost(QPainter& painter, const PlotScale& scale);
    void drawBubble(QPainter& painter, QPointF at, const QString& text, const QRectF& within);
    Grip gripAt(QPointF pixel);
    void moveGrip(QPointF pixel);
    void choosePoint(int index, bool extend);
    bool moveWithKeys(int key, bool fast);
    double radius() const { return 4.5 * m_magnification; }
    /// Too low for a heading of two rows and a title that is read from below, as on a screen that magnifies twice.
    bool isLow() const { return height() < 260 * m_magnification; }

    PlotAxis m_x;
    PlotAxis m_y;
    QAbstractAxis* m_xAxis = nullptr;
    QAbstractAxis* m_yAxis = nullptr;
    QLineSeries* m_curve = nullptr;
    QList<QPointF> m_curvePoints;
    double m_left = 0, m_right = 1, m_bottom = 0, m_top = 1;     ///< what is in view
    double m_xUnit = 1, m_yUnit = 1;                        ///< in which the axes are labelled
    PointLayer m_points;
    RegionLayer m_regions;
    const Look* m_look = &Look::light();
    double m_magnification = 1;
    QString m_title;
    QStringList m_classes;
    int m_noise = -1;
    std::vector<LegendEntry> m_legend;
    int m_legendRows = 0;                                   ///< below the title; 0 where the legend is beside it
    QString m_sentence;
    QString m_footnote;
    ResidualStyle m_residualStyle = ResidualStyle::None;
    std::vector<double> m_predictions;
    std::optional<Probe> m_probe;
    std::optional<GuessLine> m_guess;
    std::vector<PlotMark> m_marks;
    std::vector<PlotArrow> m_arrows;
    std::vector<std::size_t> m_selection;
    bool m_frozen = false;
    bool m_vectors = false;                                 ///< a picture is being kept: points one by one

    Grip m_grip = Grip::None;
    QPointF m_pressed;
    QPointF m_last;
    bool m_moved = false;
    std::size_t m_gripRow = 0;
    int m_hovered = -1;
};

} // namespace modelarium
