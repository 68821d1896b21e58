#include "app/widgets/typeset.h"

#include <QRegularExpression>

namespace modelarium {

QString typeset(const QString& equation)
{
    // A minus is the sign of a number or stands between spaces; the hyphen of a name or of a class does neither.
    static const QRegularExpression minus(QStringLiteral("(?<![^\\s(])-(?=\\s|[0-9])"));
    static const QRegularExpression insideTerm(QStringLiteral("(?<=[0-9]) (?=[^-+=\u2212\\s])|(?<=[+\u2212]) (?=[0-9])"));
    QString printed = equation;
    printed.replace(minus, QStringLiteral("\u2212"));
    return printed.replace(insideTerm, QString(QChar::Nbsp));
}

} // namespace modelarium
