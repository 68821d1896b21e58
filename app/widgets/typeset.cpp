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
    return breakable(printed.replace(insideTerm, QString(QChar::Nbsp)));
}

QString breakable(const QString& text)
{
    constexpr qsizetype longestWord = 24, longestPiece = 18;
    constexpr QChar mayBreak(0x200B);
    QString broken;
    qsizetype begin = 0;
    while (begin < text.size()) {
        qsizetype end = begin;
        while (end < text.size() && !text[end].isSpace())
            ++end;
        const QStringView word = QStringView(text).mid(begin, end - begin);
        qsizetype piece = 0;
        for (qsizetype i = 0; i < word.size(); ++i) {
            broken += word[i];
            ++piece;
            if (word.size() <= longestWord || i + 1 == word.size())
                continue;
            const bool joins = word[i] == u'_' || word[i] == u'.' || word[i] == u'/' || word[i] == u'-' || (word[i].isLower() && word[i + 1].isUpper());
            if ((joins && piece > 3) || (piece >= longestPiece && !word[i + 1].isLowSurrogate() && !word[i + 1].isMark())) {
                broken += mayBreak;
                piece = 0;
            }
        }
        if (end < text.size())
            broken += text[end];
        begin = end + 1;
    }
    return broken;
}

} // namespace modelarium
