#include "app/widgets/look.h"

#include <QApplication>
#include <QFile>
#include <QFont>
#include <QFontDatabase>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>

#include <cmath>

namespace modelarium {
namespace {

const Look* currentLook = nullptr;

/// The bundled type, so that every machine looks the same.
void loadFonts()
{
    static const bool loaded = [] {
        for (const QLatin1String weight : {QLatin1String("Regular"), QLatin1String("Medium"), QLatin1String("SemiBold"), QLatin1String("Bold")})
            QFontDatabase::addApplicationFont(QStringLiteral(":/fonts/Inter-%1.otf").arg(weight));
        return true;
    }();
    Q_UNUSED(loaded)
}

QPalette paletteOf(const Look& look)
{
    QPalette palette;
    const std::pair<QPalette::ColorRole, QColor> colors[] = {
        {QPalette::Window, look.ground}, {QPalette::WindowText, look.text}, {QPalette::Base, look.card},
        {QPalette::AlternateBase, look.ground}, {QPalette::Text, look.text}, {QPalette::Button, look.card},
        {QPalette::ButtonText, look.text}, {QPalette::BrightText, look.onAccent}, {QPalette::Highlight, look.accent},
        {QPalette::HighlightedText, look.onAccent}, {QPalette::Link, look.accent}, {QPalette::LinkVisited, look.accent},
        {QPalette::ToolTipBase, look.dark ? look.border : look.text}, {QPalette::ToolTipText, look.dark ? look.text : look.card},
        {QPalette::PlaceholderText, look.secondText}, {QPalette::Light, look.card}, {QPalette::Midlight, look.border},
        {QPalette::Mid, look.border}, {QPalette::Dark, look.border}, {QPalette::Shadow, look.border},
    };
    for (const auto& [role, color] : colors)
        palette.setColor(role, color);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, look.faintText());
    palette.setColor(QPalette::Disabled, QPalette::Highlight, look.border);
    return palette;
}

/// The sheet names roles and not widgets: a label says role="secondary", and the look decides how that looks.
QString styleSheetOf(const Look& look, double textScale)
{
    QFile file(QStringLiteral(":/style/style.qss"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    const std::pair<QLatin1String, QColor> colors[] = {
        {QLatin1String("@ground"), look.ground}, {QLatin1String("@card"), look.card}, {QLatin1String("@border"), look.border},
        {QLatin1String("@edge"), mixed(look.secondText, look.border, 0.3)}, {QLatin1String("@textcolor"), look.text},
        {QLatin1String("@second"), look.secondText}, {QLatin1String("@onaccent"), look.onAccent},
        {QLatin1String("@hoveraccent"), mixed(look.text, look.accent, 0.15)}, {QLatin1String("@accent"), look.accent},
        {QLatin1String("@hover"), mixed(look.accent, look.card, 0.08)}, {QLatin1String("@grid"), look.grid},
        {QLatin1String("@frost"), look.frost}, {QLatin1String("@danger"), look.danger}, {QLatin1String("@warning"), look.warning},
        {QLatin1String("@success"), look.success}, {QLatin1String("@faint"), look.faintText()},
        {QLatin1String("@tipground"), look.dark ? look.border : look.text}, {QLatin1String("@tiptext"), look.dark ? look.text : look.card},
    };
    for (const auto& [name, color] : colors)
        sheet.replace(name, color.name());
    sheet.replace(QLatin1String("@theme"), look.dark ? QLatin1String("dark") : QLatin1String("light"));
    for (const auto& [name, points] : {std::pair{QLatin1String("@title"), 13.0}, {QLatin1String("@equation"), 10.0}, {QLatin1String("@large"), 15.0}, {QLatin1String("@small"), 9.0}})
        sheet.replace(name, QStringLiteral("%1pt").arg(points * textScale));
    return sheet;
}

double luminance(const QColor& color)
{
    const auto linear = [](float part) {
        return part <= 0.04045f ? double(part) / 12.92 : std::pow((double(part) + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

// Orange, sky and yellow are darker than in the set of Okabe and Ito: on white they would fall under a contrast of 3.
const Look& Look::light()
{
    static const Look look{
        .dark = false, .ground = QColor(0xF5F6F8), .card = QColor(0xFFFFFF), .border = QColor(0xE2E5EA), .text = QColor(0x1A1D23), .secondText = QColor(0x5A6372),
        .accent = QColor(0x2563EB), .onAccent = QColor(0xFFFFFF), .grid = QColor(0xE8EBF0), .plot = QColor(0xFFFFFF), .danger = QColor(0xB91C1C), .warning = QColor(0x8A5300),
        .success = QColor(0x157347), .frost = QColor(0x2E86B5), .negative = QColor(0x2166AC), .positive = QColor(0xD5700E),
        .classes = {QColor(0x0072B2), QColor(0xD55E00), QColor(0x009E73), QColor(0xCC79A7), QColor(0xBF8600), QColor(0x22A0C8), QColor(0x8F8A00), QColor(Qt::black)}};
    return look;
}

const Look& Look::darkLook()
{
    static const Look look{
        .dark = true, .ground = QColor(0x14171C), .card = QColor(0x1C2027), .border = QColor(0x2D333D), .text = QColor(0xE8EBF0), .secondText = QColor(0x98A2B3),
        .accent = QColor(0x7AA7FF), .onAccent = QColor(0x14171C), .grid = QColor(0x2A303A), .plot = QColor(0x191D23), .danger = QColor(0xFF8A80), .warning = QColor(0xF2B632),
        .success = QColor(0x4FD18B), .frost = QColor(0x7CC4EA), .negative = QColor(0x6FA8DC), .positive = QColor(0xF2A154),
        .classes = {QColor(0x4BA3DD), QColor(0xFF8A3D), QColor(0x2CC296), QColor(0xE39AC4), QColor(0xF2B632), QColor(0x8ACBF2), QColor(0xF0E442), QColor(0xFFFFFF)}};
    return look;
}

const Look& Look::current()
{
    return currentLook ? *currentLook : light();
}

QColor Look::classColour(int code) const
{
    return code < 0 ? secondText : classes[std::size_t(code) % classes.size()];
}

QColor Look::faintText() const
{
    return mixed(secondText, card, 0.6);
}

void applyLook(QApplication& application, const Look& look, double textScale)
{
    currentLook = look.dark ? &Look::darkLook() : &Look::light();
    loadFonts();
    if (application.style()->name() != QLatin1String("fusion"))
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QFont font(QStringLiteral("Inter"));
    font.setPointSizeF(10 * textScale);
    font.setHintingPreference(QFont::PreferNoHinting);
    QApplication::setFont(font);
    QApplication::setPalette(paletteOf(look));
    application.setStyleSheet(styleSheetOf(look, textScale));
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return first > second ? first / second : second / first;
}

QColor readableOn(const QColor& ground, const Look& look)
{
    const QColor ink = look.dark ? look.card : look.text;
    const QColor paper = look.dark ? look.text : look.card;
    return contrastRatio(ink, ground) >= contrastRatio(paper, ground) ? ink : paper;
}

QColor mixed(const QColor& a, const QColor& b, double share)
{
    const auto part = [share](float x, float y) { return float(share * double(x) + (1 - share) * double(y)); };
    return QColor::fromRgbF(part(a.redF(), b.redF()), part(a.greenF(), b.greenF()), part(a.blueF(), b.blueF()));
}

} // namespace modelarium
