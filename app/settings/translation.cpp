#include "app/settings/translation.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

namespace modelarium {

void loadTranslation(QCoreApplication& application)
{
    auto* translator = new QTranslator(&application);
    const QString folder = QStringLiteral(":/translations");
    if (translator->load(QLocale(), QStringLiteral("modelarium"), QStringLiteral("_"), folder)
        || translator->load(QStringLiteral("modelarium_en"), folder))
        QCoreApplication::installTranslator(translator);
}

} // namespace modelarium
