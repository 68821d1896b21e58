#include "app/document/hold_out_words.h"

#include <QCoreApplication>

namespace modelarium {
namespace {

struct HoldOutWords {
    Q_DECLARE_TR_FUNCTIONS(modelarium::HoldOutWords)
};

} // namespace

QString holdOutWords(const HoldOut& how)
{
    const QString column = QString::fromStdString(how.column);
    switch (how.kind) {
    case HoldOutKind::InProportion: return HoldOutWords::tr("drawn, each class in proportion");
    case HoldOutKind::AtRandom: return HoldOutWords::tr("drawn at random");
    case HoldOutKind::Grouped: return HoldOutWords::tr("whole groups by %1").arg(column);
    case HoldOutKind::Last: return column.isEmpty() ? HoldOutWords::tr("the last ones") : HoldOutWords::tr("the last ones by %1").arg(column);
    }
    return {};
}

} // namespace modelarium
