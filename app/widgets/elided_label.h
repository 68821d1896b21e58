#pragma once

#include <QLabel>

namespace modelarium {

/// A text as wide as there is room for, without its middle. The name of a category keeps the category whole as long as there is room for it, and
/// gives of its column instead: "Adelie: isl… = Biscoe".
QString elidedName(const QString& text, const QFontMetrics& metrics, int width);

/// A text as wide as there is room for, so that it can be told from the others: as elidedName() gives it, or without its middle, its end or its
/// beginning, and where all of these read like another one, without what it shares with that one.
QString elidedApart(const QString& text, const QStringList& others, const QFontMetrics& metrics, int width);

/// One line that gives way where there is no room for it: its middle is left out, and the tool tip has all of it. Plain text.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);

    /// `brief` is shown, and elided, where there is no room for all of `text`; empty: there is no shorter one.
    void setFullText(const QString& text, const QString& brief = {});
    QString fullText() const { return m_full; }
    /// Said on hover where the whole line is seen.
    void setHelp(const QString& help);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fit();

    QString m_full;
    QString m_brief;
    QString m_help;
};

} // namespace modelarium
