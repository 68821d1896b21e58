#include "app/widgets/look.h"

#include <QApplication>
#include <QFont>
#include <QFontDatabase>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>

namespace modelarium {
namespace {

const Look* currentLook = nullptr;

QFont windowFont()
{
    static const bool loaded = [] {
        for (const char* weight : {"Regular", "Medium", "SemiBold"})
            QFontDatabase::addApplicationFont(QStringLiteral(":/fonts/Inter-%1.otf").arg(QLatin1String(weight)));
        return true;
    }();
    Q_UNUSED(loaded)
    QFont font(QStringLiteral("Inter"), 10);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QPalette paletteOf(const Look& look)
{
    QPalette palette;
    palette.setColor(QPalette::Window, look.ground);
    palette.setColor(QPalette::WindowText, look.text);
    palette.setColor(QPalette::Base, look.card);
    palette.setColor(QPalette::AlternateBase, look.ground);
    palette.setColor(QPalette::Text, look.text);
    palette.setColor(QPalette::Button, look.card);
    palette.setColor(QPalette::ButtonText, look.text);
    palette.setColor(QPalette::BrightText, look.onAccent);
    palette.setColor(QPalette::Highlight, look.accent);
    palette.setColor(QPalette::HighlightedText, look.onAccent);
    palette.setColor(QPalette::Link, look.accent);
    palette.setColor(QPalette::ToolTipBase, look.dark ? look.border : look.text);
    palette.setColor(QPalette::ToolTipText, look.dark ? look.text : look.card);
    palette.setColor(QPalette::PlaceholderText, look.secondText);
    palette.setColor(QPalette::Light, look.card);
    palette.setColor(QPalette::Midlight, look.border);
    palette.setColor(QPalette::Mid, look.border);
    palette.setColor(QPalette::Dark, look.border);
    QColor faint = look.secondText;
    faint.setAlphaF(0.6f);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, faint);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, look.border);
    return palette;
}

/// The sheet names roles and not widgets: a label says role="secondary", and the look decides how that looks.
QString styleSheetOf(const Look& look)
{
    QString sheet = QStringLiteral(R"(
QMainWindow, QMenuBar { background: %ground; }
QMenuBar { padding: 2px 8px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: %border; }
QMenu { background: %card; border: 1px solid %border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: %accent; color: %onAccent; }
QMenu::separator { height: 1px; background: %border; margin: 4px 8px; }
QMenu::item:disabled { color: %faint; }
QFrame[role="card"] { background: %card; border: 1px solid %border; border-radius: 8px; }
QFrame[role="card"][frozen="true"] { border: 2px solid %frost; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 13pt; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="large"] { font-size: 15pt; font-weight: 600; }
QLabel[role="secondary"] { color: %second; }
QLabel[role="badge"] { border: 1px solid %border; border-radius: 11px; padding: 3px 12px; font-weight: 600; background: %card; }
QLabel[role="badge"][frozen="true"] { color: %onAccent; background: %frost; border-color: %frost; }
QToolButton[role="section"] { border: none; text-align: left; font-weight: 600; padding: 4px 0; background: transparent; }
QToolButton[role="section"]:focus { color: %accent; }
QPushButton { background: %card; border: 1px solid %border; border-radius: 6px; padding: 6px 12px; min-height: 20px; }
QPushButton:hover, QToolButton[role="player"]:hover { border-color: %accent; }
QPushButton:focus, QToolButton[role="player"]:focus { border: 2px solid %accent; padding: 5px 11px; }
QPushButton:pressed { background: %ground; }
QPushButton[role="primary"] { background: %accent; color: %onAccent; border-color: %accent; font-weight: 600; }
QPushButton[role="primary"]:focus { border: 2px solid %text; }
QPushButton:disabled, QPushButton[role="primary"]:disabled { color: %faint; background: %ground; border-color: %border; }
QPushButton[role="tile"] { text-align: left; padding: 10px 12px; }
QToolButton[role="player"] { background: %card; border: 1px solid %border; border-radius: 6px; min-width: 32px; min-height: 32px; }
QToolButton[role="player"]:focus { padding: 0; }
QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit { background: %card; border: 1px solid %border; border-radius: 6px; padding: 3px 8px; min-height: 24px; selection-background-color: %accent; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus { border: 2px solid %accent; padding: 2px 7px; }
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled { color: %faint; background: %ground; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox QAbstractItemView { background: %card; border: 1px solid %border; selection-background-color: %accent; selection-color: %onAccent; }
QTableView, QListView, QTreeView { background: %card; border: 1px solid %border; border-radius: 6px; gridline-color: %grid; selection-background-color: %accent; selection-color: %onAccent; }
QTableView:focus, QListView:focus { border: 1px solid %accent; }
QHeaderView { background: %card; }
QHeaderView::section { background: %card; color: %second; border: none; border-bottom: 1px solid %border; padding: 4px 6px; }
QTableCornerButton::section { background: %card; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget[role="page"] { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: %border; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }
QScrollBar::handle:hover { background: %second; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSlider::groove:horizontal { height: 4px; background: %border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: %accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: %border; }
QSlider::handle:horizontal { background: %accent; width: 14px; margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:focus { border: 2px solid %text; }
QSlider::handle:horizontal:disabled { background: %faint; }
QTabBar::tab { background: transparent; color: %second; padding: 4px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: %text; border-bottom-color: %accent; font-weight: 600; }
QTabBar::tab:focus { color: %accent; }
QSplitter::handle { background: transparent; }
QToolTip { background: %tip; color: %tipText; border: none; padding: 6px; }
QProgressBar { border: none; background: %border; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: %accent; border-radius: 3px; }
)");
    const QColor faint = QColor::fromRgbF(float(look.secondText.redF() * 0.6 + look.card.redF() * 0.4),
                                          float(look.secondText.greenF() * 0.6 + look.card.greenF() * 0.4),
                                          float(look.secondText.blueF() * 0.6 + look.card.blueF() * 0.4));
    const std::pair<const char*, QColor> colours[] = {
        {"%ground", look.ground}, {"%card", look.card}, {"%border", look.border}, {"%text", look.text},
        {"%second", look.secondText}, {"%accent", look.accent}, {"%onAccent", look.onAccent}, {"%grid", look.grid},
        {"%frost", look.frost}, {"%faint", faint}, {"%tipText", look.dark ? look.text : look.card},
        {"%tip", look.dark ? look.border : look.text},
    };
    for (const auto& [name, colour] : colours)
        sheet.replace(QLatin1String(name), colour.name());
    return sheet;
}

} // namespace

const Look& Look::light()
{
    static const Look look{
        false, QColor(0xF5F6F8), QColor(0xFFFFFF), QColor(0xE2E5EA), QColor(0x1A1D23), QColor(0x5A6372), QColor(0x2563EB),
        QColor(0xFFFFFF), QColor(0xE8EBF0), QColor(0xFFFFFF), QColor(0x4B9CC9), QColor(0x2166AC), QColor(0xD5700E),
        {QColor(0x0072B2), QColor(0xD55E00), QColor(0x009E73), QColor(0xCC79A7), QColor(0xE69F00), QColor(0x56B4E9),
         QColor(0xB8A800), QColor(Qt::black)}};
    return look;
}

const Look& Look::darkLook()
{
    static const Look look{
        true, QColor(0x14171C), QColor(0x1C2027), QColor(0x2D333D), QColor(0xE8EBF0), QColor(0x98A2B3), QColor(0x7AA7FF),
        QColor(0x14171C), QColor(0x2A303A), QColor(0x191D23), QColor(0x7CC4EA), QColor(0x6FA8DC), QColor(0xF2A154),
        {QColor(0x4BA3DD), QColor(0xFF8A3D), QColor(0x2CC296), QColor(0xE39AC4), QColor(0xF2B632), QColor(0x8ACBF2),
         QColor(0xF0E442), QColor(0xFFFFFF)}};
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

void applyLook(QApplication& application, const Look& look)
{
    currentLook = look.dark ? &Look::darkLook() : &Look::light();
    if (application.style()->name() != QLatin1String("fusion"))
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setFont(windowFont());
    QApplication::setPalette(paletteOf(look));
    application.setStyleSheet(styleSheetOf(look));
}

} // namespace modelarium
