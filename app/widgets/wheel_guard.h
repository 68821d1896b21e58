#pragma once

#include <QObject>

namespace modelarium {

/// Keeps a wheel that scrolls a page from changing the choices, sliders and numbers that it passes over: only what has the focus turns with it.
///
/// One for the whole program: a control that is added later is guarded too.
class WheelGuard : public QObject {
    Q_OBJECT

public:
    explicit WheelGuard(QObject* parent = nullptr);

    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace modelarium
