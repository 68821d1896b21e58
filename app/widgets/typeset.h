#pragma once

#include <QString>

namespace modelarium {

/// An equation as it is printed: with true minus signs, and so that a line that is too long breaks between two terms, not within one.
QString typeset(const QString& equation);

} // namespace modelarium
