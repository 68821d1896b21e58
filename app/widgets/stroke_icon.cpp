#include "app/widgets/look.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

namespace modelarium {
namespace {

QByteArray strokes(const QString& name)
{
    static QHash<QString, QByteArray> read;
    auto found = read.find(name);
    if (found == read.end()) {
        QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
        found = read.insert(name, file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray());
    }
    return *found;
}

/// Draws the strokes when they are asked for, so that an icon made under one look is right under the next.
class StrokeIconEngine : public QIconEngine {
public:
    StrokeIconEngine(QString name, QColor Look::* color) : m_name(std::move(name)), m_color(color) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const Look& look = Look::current();
        const QColor color = mode == QIcon::Disabled ? look.faintText() : look.*m_color;
        QSvgRenderer renderer(strokes(m_name).replace("currentColor", color.name().toLatin1()));
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(painter, QRectF(rect));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        // A menu asks for a picture of no size before it is laid out.
        if (size.isEmpty())
            return {};
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new StrokeIconEngine(*this); }
    bool isNull() override { return strokes(m_name).isEmpty(); }

private:
    QString m_name;
    QColor Look::* m_color;
};

} // namespace

QIcon strokeIcon(const QString& name, QColor Look::* color)
{
    return QIcon(new StrokeIconEngine(name, color));
}

} // namespace modelarium
