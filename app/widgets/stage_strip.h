#pragma once

#include <QPushButton>
#include <QWidget>

#include <vector>

class QLabel;

namespace modelarium {

/// The five stages as a map: where one is, what is done, what is next, and why a stage is not open yet.
class StageStrip : public QWidget {
    Q_OBJECT

public:
    enum class Progress { Done, Here, Next, NotYet };

    explicit StageStrip(QWidget* parent = nullptr);

    /// Where there is little room the names stand closer, and without arrows between them.
    void setCompact(bool compact);

    void setStage(int stage, Progress progress, const QString& reason);
    /// Shut for a while, and why; with an empty sentence open again.
    void setShut(const QString& reason);

Q_SIGNALS:
    void stageChosen(int stage);

private:
    void fitHelp(QPushButton* button);

    QString m_shut;                                         ///< why, while they are
    std::vector<QPushButton*> m_buttons;
    std::vector<QLabel*> m_arrows;
    bool m_compact = false;
};

} // namespace modelarium
