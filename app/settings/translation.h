#pragma once

class QCoreApplication;

namespace modelarium {

/// Speaks the language of the system where there is a translation, and English otherwise.
void loadTranslation(QCoreApplication& application);

} // namespace modelarium
