#pragma once

#include "app/document/experiment_state.h"
#include "app/widgets/look.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace modelarium {

class PlotView;

/// The first rows of a large file while the rest is read: their picture and their table, to be looked at and nothing else.
class PreviewPage : public QWidget {
    Q_OBJECT

public:
    explicit PreviewPage(QWidget* parent = nullptr);

    void setRows(const Setup& rows);
    void setLook(const Look& look);
    PlotView& view() { return *m_view; }
    QString sentence() const;
    /// Where a notice covers no row, if there is room for such a place.
    QWidget* placeForNotices();
    /// In a low window the rows, which have the keys, are all that is shown.
    void setLow(bool low);

Q_SIGNALS:
    void cancelWanted();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeHead();
    void fitColumns(const Table& table);

    QLabel* m_title = nullptr;
    PlotView* m_view;
    QWidget* m_plotCard = nullptr;
    QTableView* m_rows;
};

} // namespace modelarium
