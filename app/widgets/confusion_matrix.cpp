#include "app/widgets/confusion_matrix.h"

#include "app/widgets/look.h"

#include <QEvent>
#include <QHeaderView>
#include <QIcon>
#include <QLocale>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStyledItemDelegate>

#include <algorithm>

namespace modelarium {
namespace {

constexpr int countRole = Qt::UserRole;
constexpr int totalRole = Qt::UserRole + 1;
constexpr int widestName = 96;
constexpr int tallestName = 120;
constexpr int tallest = 380;
/// From this many classes on a cell holds its count alone; the share is said on hover.
constexpr int manyClasses = 7;

QIcon swatch(int code, qreal ratio)
{
    constexpr int side = 12;
    QPixmap picture(QSize(side, side) * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Look::current().classColour(code));
    painter.drawRoundedRect(QRectF(1, 1, side - 2, side - 2), 3, 3);
    return QIcon(picture);
}

class CellPainter : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Look& look = Look::current();
        const int count = index.data(countRole).toInt();
        const int total = index.data(totalRole).toInt();
        const double share = total > 0 ? double(count) / total : 0;
        const QColor ground = count == 0 ? look.card : mixed(look.classColour(index.column()), look.card, 0.14 + 0.66 * share);
        const QRectF cell = QRectF(option.rect).adjusted(1, 1, -1, -1);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(count == 0 ? look.grid : look.classColour(index.row()));
        painter->drawRoundedRect(cell, 4, 4);
        const double rim = count == 0 ? 1 : index.row() == index.column() ? 0 : 2.5;
        painter->setBrush(ground);
        painter->drawRoundedRect(cell.adjusted(rim, rim, -rim, -rim), 3, 3);
        drawTexts(*painter, cell, option, index, count == 0 ? look.faintText() : readableOn(ground, look));
        if (option.state & (QStyle::State_Selected | QStyle::State_HasFocus)) {
            painter->setBrush(Qt::NoBrush);
            painter->setPen(QPen(look.text, option.state & QStyle::State_Selected ? 2.5 : 1,
                                 option.state & QStyle::State_Selected ? Qt::SolidLine : Qt::DotLine));
            painter->drawRoundedRect(cell.adjusted(1, 1, -1, -1), 4, 4);
        }
        painter->restore();
    }

private:
    static void drawTexts(QPainter& painter, const QRectF& cell, const QStyleOptionViewItem& option, const QModelIndex& index, const QColor& ink)
    {
        painter.setPen(ink);
        const int count = index.data(countRole).toInt();
        const bool withShare = index.model()->rowCount() < manyClasses && count > 0;
        QFont large = option.font;
        large.setWeight(count > 0 ? QFont::DemiBold : QFont::Normal);
        painter.setFont(large);
        const QRectF upper = withShare ? QRectF(cell.left(), cell.top() + 2, cell.width(), cell.height() * 0.55) : cell;
        painter.drawText(upper, Qt::AlignCenter, index.data().toString());
        if (!withShare)
            return;
        QFont small = option.font;
        small.setPointSizeF(std::max(6.5, small.pointSizeF() * 0.78));
        painter.setFont(small);
        painter.drawText(QRectF(cell.left(), upper.bottom() - 1, cell.width(), cell.bottom() - upper.bottom() - 1), Qt::AlignCenter,
                         ConfusionMatrix::shareText(count, index.data(totalRole).toInt()));
    }
};

/// Names beside the rows or above the columns; where one does not fit across its column, all of them are turned and read from below.
/// A name that is still too long loses its middle: classes are often told apart by their ends.
class ClassHeader : public QHeaderView {
public:
    ClassHeader(Qt::Orientation orientation, QWidget* parent) : QHeaderView(orientation, parent) { setSectionsClickable(true); }

    void setTurned(bool turned)
    {
        m_turned = turned;
        updateGeometry();
        Q_EMIT geometriesChanged();
        viewport()->update();
    }
    /// What the longest name needs across.
    int widestNeed() const
    {
        int widest = 0;
        for (int k = 0; k < count(); ++k)
            widest = std::max(widest, fontMetrics().horizontalAdvance(nameOf(k)));
        return widest + iconSize().width() + 3 * gap;
    }
    QSize sizeHint() const override
    {
        const QSize flat = QHeaderView::sizeHint();
        return m_turned ? QSize(flat.width(), std::min(tallestName, widestNeed())) : flat;
    }

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override
    {
        painter->save();
        painter->translate(m_turned ? rect.bottomLeft() : rect.topLeft());
        if (m_turned)
            painter->rotate(-90);
        const QSize size = m_turned ? rect.size().transposed() : rect.size();
        const int side = iconSize().width();
        const QIcon icon = model()->headerData(section, orientation(), Qt::DecorationRole).value<QIcon>();
        icon.paint(painter, QRect(gap, (size.height() - side) / 2, side, side));
        const int left = side + 2 * gap;
        painter->setPen(palette().color(QPalette::WindowText));
        painter->setFont(font());
        painter->drawText(QRect(left, 0, size.width() - left, size.height()), Qt::AlignLeft | Qt::AlignVCenter,
                          fontMetrics().elidedText(nameOf(section), Qt::ElideMiddle, size.width() - left - 1));
        painter->restore();
    }

private:
    static constexpr int gap = 3;

    QString nameOf(int section) const { return model() ? model()->headerData(section, orientation()).toString() : QString(); }

    bool m_turned = false;
};

} // namespace

ConfusionMatrix::ConfusionMatrix(QWidget* parent) : QTableWidget(parent)
{
    setItemDelegate(new CellPainter(this));
    setHorizontalHeader(new ClassHeader(Qt::Horizontal, this));
    setVerticalHeader(new ClassHeader(Qt::Vertical, this));
    setAccessibleName(tr("Confusion matrix: a row is the true class, a column the predicted one"));
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setTabKeyNavigation(false);
    setShowGrid(false);
    setCornerButtonEnabled(false);
    setProperty("role", QStringLiteral("plain"));
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    for (QHeaderView* header : {horizontalHeader(), verticalHeader()}) {
        header->setSectionResizeMode(QHeaderView::Fixed);
        header->setMinimumSectionSize(20);
        header->setIconSize(QSize(12, 12));
        header->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 2px 3px; border: none; }"));
    }
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    verticalHeader()->setMaximumWidth(widestName);
    connect(this, &QTableWidget::itemSelectionChanged, this, &ConfusionMatrix::chosenCellsChanged);
}

QString ConfusionMatrix::shareText(int count, int total)
{
    if (total <= 0)
        return {};
    const double share = 100.0 * count / total;
    if (count > 0 && share < 0.5)
        return tr("< 1 %");
    if (count < total && share > 99.5)
        return tr("> 99 %");
    return tr("%1 %").arg(share, 0, 'f', 0);
}

void ConfusionMatrix::setCounts(const QStringList& classes, const Eigen::MatrixXi& counts)
{
    const int n = int(counts.rows());
    const bool others = classes != m_classes || n != rowCount();
    if (others) {
        const QSignalBlocker blocker(this);
        clearSelection();
        m_classes = classes;
        setRowCount(n);
        setColumnCount(n);
        showClasses();
    }
    for (int i = 0; i < n; ++i) {
        const int total = counts.row(i).sum();
        for (int j = 0; j < n; ++j) {
            QTableWidgetItem* cell = item(i, j);
            if (!cell) {
                cell = new QTableWidgetItem;
                setItem(i, j, cell);
            }
            const QString truth = classes.value(i), count = QLocale().toString(counts(i, j));
            const QString sentence = i == j
                ? tr("%1 of %Ln row(s) of %2 predicted right (%3).", nullptr, total).arg(count, truth, shareText(counts(i, j), total))
                : tr("%1 of %Ln row(s) of %2 taken for %3 (%4).", nullptr, total).arg(count, truth, classes.value(j), shareText(counts(i, j), total));
            cell->setText(count);
            cell->setData(countRole, counts(i, j));
            cell->setData(totalRole, total);
            cell->setToolTip(sentence);
            cell->setData(Qt::AccessibleTextRole, sentence);
        }
    }
    if (others)
        fit();
}

void ConfusionMatrix::showClasses()
{
    for (int k = 0; k < m_classes.size() && k < rowCount(); ++k) {
        const QIcon icon = swatch(k, devicePixelRatioF());
        auto* column = new QTableWidgetItem(icon, m_classes[k]);
        column->setToolTip(tr("Predicted: %1. Click to choose the whole column.").arg(m_classes[k]));
        auto* row = new QTableWidgetItem(icon, m_classes[k]);
        row->setToolTip(tr("Truth: %1. Click to choose the whole row.").arg(m_classes[k]));
        setHorizontalHeaderItem(k, column);
        setVerticalHeaderItem(k, row);
    }
}

std::vector<std::pair<int, int>> ConfusionMatrix::chosenCells() const
{
    std::vector<std::pair<int, int>> cells;
    for (const QModelIndex& index : selectionModel()->selectedIndexes())
        cells.emplace_back(index.row(), index.column());
    std::sort(cells.begin(), cells.end());
    return cells;
}

/// Cells share the width that the names leave, as squares as far as it goes; many classes scroll.
void ConfusionMatrix::fit()
{
    const int n = columnCount();
    if (n == 0)
        return;
    const bool many = n >= manyClasses;
    const int narrowest = many ? fontMetrics().horizontalAdvance(QStringLiteral("0000")) + 8 : 46;
    const int header = std::min(widestName, verticalHeader()->sizeHint().width());
    const int side = std::clamp((width() - header - 2 * frameWidth() - 2) / n, narrowest, 76);
    horizontalHeader()->setDefaultSectionSize(side);
    auto* names = static_cast<ClassHeader*>(horizontalHeader());
    names->setTurned(names->widestNeed() > side);
    verticalHeader()->setDefaultSectionSize(many ? std::max(26, fontMetrics().height() + 8) : std::max(40, 2 * fontMetrics().height() + 8));
    setFixedHeight(std::min(tallest, sizeHint().height()));
}

QSize ConfusionMatrix::sizeHint() const
{
    const bool wide = horizontalHeader()->length() + std::min(widestName, verticalHeader()->sizeHint().width()) + 2 * frameWidth() > width();
    const int scrollBar = wide ? horizontalScrollBar()->sizeHint().height() : 0;
    return {240, horizontalHeader()->sizeHint().height() + verticalHeader()->length() + scrollBar + 2 * frameWidth() + 2};
}

QSize ConfusionMatrix::minimumSizeHint() const
{
    return {160, 80};
}

void ConfusionMatrix::resizeEvent(QResizeEvent* event)
{
    QTableWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        fit();
}

void ConfusionMatrix::changeEvent(QEvent* event)
{
    QTableWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        showClasses();
}

} // namespace modelarium
