#pragma once

#include <QFrame>
#include <QImage>
#include <QString>

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace modelarium {

/// What a card says about a run.
struct RunCardValues {
    int number = 0;
    QString title;
    QString changes;                                ///< since the run before
    QString metric;
    QString target;                                 ///< what is predicted; empty: nothing is
    QString train;
    QString test;                                   ///< empty: there are no test rows
    bool sealed = false;                            ///< the test score waits to be asked for
    QString note;
    QString details;                                ///< when, how long, how many steps
    bool current = false;                           ///< the run on show

    bool operator==(const RunCardValues&) const = default;
};

/// One run: its picture, what it was, how well it did, and a line for a note. A press on the picture goes back to it.
class RunCard : public QFrame {
    Q_OBJECT

public:
    static constexpr QSize pictureSize{128, 92};

    explicit RunCard(QWidget* parent = nullptr);

    void setValues(const RunCardValues& values);
    const RunCardValues& values() const { return m_values; }
    void setPicture(const QImage& picture);

Q_SIGNALS:
    void restoreWanted(int number);
    void lookWanted(int number);
    void removeWanted(int number);
    void noteEdited(int number, const QString& text);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void elide();

    RunCardValues m_values;
    qint64 m_pictureKey = 0;
    QToolButton* m_picture;
    QLabel* m_title;
    QToolButton* m_remove;
    QLabel* m_changes;
    QLabel* m_metric;
    QLabel* m_train;
    QLabel* m_test;
    QPushButton* m_look;
    QLineEdit* m_note;
};

} // namespace modelarium
