#include "app/widgets/point_tray.h"

#include "app/widgets/look.h"

#include <QApplication>
#include <QDrag>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace modelarium {
namespace {

constexpr int dotSize = 16;

QPixmap dot(int code, double ratio)
{
    QPixmap pixmap(QSize(dotSize, dotSize) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Look::current().card, 1));
    painter.setBrush(code < 0 ? Look::current().accent : Look::current().classColour(code));
    painter.drawEllipse(QRectF(1.5, 1.5, dotSize - 3, dotSize - 3));
    return pixmap;
}

/// A button that is taken along when the mouse drags it.
class PointChip : public QPushButton {
public:
    PointChip(const PointTray::Chip& chip, QWidget* parent)
        : QPushButton(dot(chip.code, parent->devicePixelRatioF()), chip.name, parent), m_code(chip.code)
    {
        constexpr int widestName = 140;
        setText(fontMetrics().elidedText(chip.name, Qt::ElideMiddle, widestName));
        setCursor(Qt::OpenHandCursor);
        const QString help = PointTray::tr("Drag it onto the plot and see what the model says; Enter puts it in the middle.");
        setToolTip(text() == chip.name ? help : PointTray::tr("%1: %2").arg(chip.name, help));
        setAccessibleName(PointTray::tr("New point: %1").arg(chip.name));
        setAccessibleDescription(help);
    }

protected:
    void mousePressEvent(QMouseEvent* event) override
    {
        m_pressed = event->position();
        QPushButton::mousePressEvent(event);
    }

    void mouseMoveEvent(QMouseEvent* event) override
    {
        const bool dragged = event->buttons() & Qt::LeftButton
            && (event->position() - m_pressed).manhattanLength() >= QApplication::startDragDistance();
        if (!dragged) {
            QPushButton::mouseMoveEvent(event);
            return;
        }
        auto* carried = new QMimeData;
        carried->setData(QLatin1String(PointTray::mimeType), QByteArray::number(m_code));
        auto* drag = new QDrag(this);
        drag->setMimeData(carried);
        drag->setPixmap(dot(m_code, devicePixelRatioF()));
        drag->setHotSpot(QPoint(dotSize / 2, dotSize / 2));
        setDown(false);
        drag->exec(Qt::CopyAction);
    }

private:
    int m_code;
    QPointF m_pressed;
};

} // namespace

PointTray::PointTray(QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
}

void PointTray::setChips(const std::vector<Chip>& chips)
{
    for (QWidget* chip : m_chips) {
        chip->hide();
        chip->deleteLater();
    }
    m_chips.clear();
    for (const Chip& chip : chips) {
        auto* button = new PointChip(chip, this);
        const int code = chip.code;
        connect(button, &QPushButton::clicked, this, [this, code] { Q_EMIT pointWanted(code); });
        layout()->addWidget(button);
        m_chips.push_back(button);
    }
}

} // namespace modelarium
