#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace modelarium {

/// A text of which only the first lines show where it is long, with a button below for all of it: what stands behind it stays in sight.
///
/// It measures what the text needs at its own width, so it folds on a narrow card and not on a wide one.
class FoldedText : public QWidget {
    Q_OBJECT

public:
    explicit FoldedText(int lines, QWidget* parent = nullptr);

    QLabel& label() { return *m_label; }
    void setText(const QString& text);
    bool isFolded() const;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fit();

    QLabel* m_label;
    QPushButton* m_more;
    int m_lines;
    bool m_unfolded = false;                        ///< a person wants to see all of it
};

} // namespace modelarium
