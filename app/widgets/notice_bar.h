#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;

namespace modelarium {

/// What happened, in words, in place and not in a dialog. Information goes by itself; warnings and errors stay until they are put away.
class NoticeBar : public QFrame {
    Q_OBJECT

public:
    enum class Kind { Information, Warning, Error };

    explicit NoticeBar(QWidget* parent = nullptr);

    void show(Kind kind, const QString& sentence);
    QString sentence() const;

private:
    QLabel* m_text;
    QTimer m_leave;
};

} // namespace modelarium
