#pragma once

#include <QFrame>
#include <QTimer>

#include <functional>
#include <optional>

class QLabel;
class QPushButton;

namespace modelarium {

/// What happened, in words, in place and not in a dialog. Information goes by itself; warnings and errors stay until they are put away.
///
/// It floats at the lower edge of the widget that it is placed over, so that nothing moves under the pointer when it comes.
class NoticeBar : public QFrame {
    Q_OBJECT

public:
    enum class Kind { Information, Warning, Error };

    /// Something to do about what a notice says.
    struct Offer {
        QString name;
        std::function<void()> act;
    };

    explicit NoticeBar(QWidget* parent = nullptr);

    void placeOver(QWidget* widget);
    /// While it is held back only errors are shown; what was there, and what comes meanwhile, waits behind them.
    void setHeldBack(bool held);
    /// Warnings and errors go: what they spoke of begins anew. One that offers something to do about the rows stays with them.
    void forgetProblems();
    /// That one goes too: there are other rows.
    void forgetOffer();

    void show(Kind kind, const QString& sentence, const Offer& offer = {});
    QString sentence() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Notice {
        Kind kind = Kind::Information;
        QString sentence;
        Offer offer;
    };

    void takeOffer();
    void place();
    void present(const Notice& notice);

    QLabel* m_text;
    QPushButton* m_offer;
    Notice m_notice;                                        ///< the one on show
    std::optional<Notice> m_waiting;
    bool m_held = false;
    QWidget* m_under = nullptr;
    QTimer m_leave;
};

} // namespace modelarium
