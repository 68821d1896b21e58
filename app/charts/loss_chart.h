#pragma once

#include "app/widgets/look.h"

#include <QChartView>
#include <QLineSeries>
#include <QValueAxis>

namespace modelarium {

/// The error of training and test over the steps; its cursor is the player's position.
class LossChart : public QChartView {
    Q_OBJECT

public:
    explicit LossChart(QWidget* parent = nullptr);

    void setLook(const Look& look);
    void setName(const QString& name);                      ///< of what is drawn: "log loss", "RMSE"
    void setSentence(const QString& sentence);              ///< shown where there is no curve
    void setCurves(const QList<QPointF>& training, const QList<QPointF>& test);
    void setCursorStep(double step);

Q_SIGNALS:
    void stepChosen(double step);                           ///< clicked or dragged to

protected:
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void choose(QPointF pixel);
    void layOutTicks();

    QLineSeries* m_training;
    QLineSeries* m_test;
    QValueAxis* m_x;
    QValueAxis* m_y;
    const Look* m_look = &Look::light();
    QString m_name;
    QString m_sentence;
    double m_step = 0;
    double m_low = 0, m_high = 0;                           ///< of the losses shown, in their unit; zero among them
    double m_unit = 1;
    double m_height = 0;                                    ///< of the plot
};

} // namespace modelarium
