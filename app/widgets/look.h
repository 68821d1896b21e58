#pragma once

#include <QColor>

#include <vector>

class QApplication;

namespace modelarium {

/// The colours of the window, light or dark. The same colour means the same class everywhere.
struct Look {
    bool dark = false;
    QColor ground;                                  ///< behind the cards
    QColor card;
    QColor border;
    QColor text;
    QColor secondText;
    QColor accent;
    QColor onAccent;
    QColor grid;
    QColor plot;                                    ///< behind the points
    QColor frost;                                   ///< edge of what is frozen
    QColor negative;                                ///< signed things: blue below zero, orange above
    QColor positive;
    std::vector<QColor> classes;

    QColor classColour(int code) const;

    static const Look& light();
    static const Look& darkLook();
    /// The look that was applied last.
    static const Look& current();
};

/// Gives every widget the palette, the type and the style sheet of a look.
void applyLook(QApplication& application, const Look& look);

} // namespace modelarium
