#pragma once

#include <QStringList>
#include <QTableWidget>

#include <vector>

namespace modelarium {

/// One place of a heat map.
struct HeatCell {
    double share = 0;                               ///< of the way from the worst place to the best one: its colour
    QString text;                                   ///< written in it
    QString help;                                   ///< on hover, and to a screen reader
    bool best = false;                              ///< wears a star
    bool known = true;                              ///< false: there is no value here, and help says why
};

/// Values over two things that were chosen: told by colour, by text, and on hover. A place can be pressed with pointer and keys.
class HeatMap : public QTableWidget {
    Q_OBJECT

public:
    explicit HeatMap(QWidget* parent = nullptr);

    /// Shape    cells (rows, columns), row by row
    void setCells(const QStringList& columns, const QStringList& rows, const std::vector<HeatCell>& cells);
    /// The place that is chosen now; -1, -1: none of these.
    void setCurrentPlace(int row, int column);

    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void placePressed(int row, int column);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit();
};

} // namespace modelarium
