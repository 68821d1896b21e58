#pragma once

#include "core/model/model.h"

#include <QString>

namespace modelarium {

/// Why nothing is trained any more, and what helps: the model is frozen, or it came from a stream of rows and can learn on from others.
///
/// `consequence` follows a colon; `remedy` is a sentence for a frozen model alone, and may be empty. The other's is to learn on.
QString keptModelSentence(const Model& model, const QString& consequence, const QString& remedy = {});

} // namespace modelarium
