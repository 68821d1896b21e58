#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

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
    QColor onAccent;                                ///< on the accent
    QColor grid;
    QColor plot;                                    ///< behind the points
    QColor danger;
    QColor warning;
    QColor success;
    QColor frost;                                   ///< of what is frozen
    QColor negative;                                ///< signed things: blue below zero, orange above
    QColor positive;
    std::vector<QColor> classes;

    /// Colours repeat after the last class; a negative code is a missing class.
    QColor classColour(int code) const;
    QColor faintText() const;                       ///< of controls at rest

    static const Look& light();
    static const Look& darkLook();
    /// The look that was applied last.
    static const Look& current();
};

/// The same palette, type and style sheet for every widget. `textScale` makes text grow for a projector, and leaves controls alone.
void applyLook(QApplication& application, const Look& look, double textScale = 1);

/// A stroke icon of resources/icons. It follows the current look; the colour says on what it stands.
QIcon strokeIcon(const QString& name, QColor Look::* color = &Look::text);

/// How well a colour can be read on another one: 1 (the same) to 21 (black on white).
///
/// Source   WCAG 2.1, contrast ratio
double contrastRatio(const QColor& a, const QColor& b);

/// The dark or the light text colour of the look, whichever can be read better on this ground.
QColor readableOn(const QColor& ground, const Look& look);

/// `share` of the first colour, the rest of the second.
QColor mixed(const QColor& a, const QColor& b, double share);

} // namespace modelarium
