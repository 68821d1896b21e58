#pragma once

#include <QListWidget>

#include <vector>

namespace modelarium {

/// A step as its row says it.
struct StepRow {
    QString title;                                          ///< "Standardise"
    QString detail;                                         ///< "all columns"
    QString touched;                                        ///< "touches 248 rows, 992 cells in 4 columns"
    QString problem;                                        ///< why it cannot be done; empty where it can
    bool on = true;
};

/// Steps in the order in which they work, as high as they need: the page scrolls, and never the list in it.
///
/// Keys     Alt+Up and Alt+Down move the current step, Delete removes it, Space switches it off and on
class StepList : public QListWidget {
    Q_OBJECT

public:
    explicit StepList(QWidget* parent = nullptr);

    /// Keeps the current place without telling anyone.
    void setRows(const std::vector<StepRow>& rows);
    const std::vector<StepRow>& rows() const { return m_rows; }
    /// Whether steps may be switched, moved and removed.
    void setChangeable(bool changeable);
    bool isChangeable() const { return m_changeable; }
    /// Where a row's switch is, in the viewport.
    QRect switchRect(int row) const;

Q_SIGNALS:
    void switched(int place, bool on);
    void moveWanted(int place, int by);
    void removeWanted(int place);

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    /// Whether the list has a use of its own for the key.
    bool isOurs(const QKeyEvent& event) const;
    void fitHeight();
    QString sentence(std::size_t row) const;

    std::vector<StepRow> m_rows;
    bool m_changeable = true;
};

} // namespace modelarium
