#include "app/document/kept_model.h"

#include <QCoreApplication>

namespace modelarium {
namespace {

struct KeptModel {
    Q_DECLARE_TR_FUNCTIONS(modelarium::KeptModel)
};

} // namespace

QString keptModelSentence(const Model& model, const QString& consequence, const QString& remedy)
{
    if (model.onlineState())
        return KeptModel::tr("The model came from a stream of rows: %1. It can learn on from other rows: Use > Learn on.").arg(consequence);
    const QString sentence = KeptModel::tr("The model is frozen: %1.").arg(consequence);
    return remedy.isEmpty() ? sentence : KeptModel::tr("%1 %2", "two sentences").arg(sentence, remedy);
}

} // namespace modelarium
