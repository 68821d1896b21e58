#pragma once

#include <QString>

namespace modelarium {

/// An equation as it is printed: with true minus signs, and so that a line that is too long breaks between two terms, not within one.
/// Very long words may break, too.
QString typeset(const QString& equation);

/// The same text with places where a line may end in words that are longer than a column is wide: after the signs that join names, before a
/// capital, and at last anywhere. They are not seen.
QString breakable(const QString& text);

} // namespace modelarium
