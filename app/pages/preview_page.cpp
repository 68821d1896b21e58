#include "app/pages/preview_page.h"

#include "app/charts/plot_view.h"
#include "app/item_models/rows_model.h"
#include "app/pages/plot_picture.h"
#include "app/pages/section.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {

PreviewPage::PreviewPage(QWidget* parent) : QWidget(parent), m_view(new PlotView(this)), m_rows(new QTableView(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    const auto card = [this](QWidget* content) {
        auto* frame = new QFrame(this);
        frame->setProperty("role", QStringLiteral("card"));
        auto* inside = new QVBoxLayout(frame);
        inside->setContentsMargins(8, 8, 8, 8);
        inside->addWidget(content);
        return frame;
    };
    m_rows->setAccessibleName(tr("First rows of the file"));
    m_rows->setSelectionMode(QAbstractItemView::NoSelection);
    m_rows->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_rows->setTabKeyNavigation(false);
    m_rows->verticalHeader()->setDefaultSectionSize(26);
    m_rows->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_rows->horizontalHeader()->setTextElideMode(Qt::ElideMiddle);
    m_rows->setMinimumHeight(90);
    m_view->setMinimumHeight(140);
    // A hand could take hold of the points of the document's plot: these are no data yet.
    m_view->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_view->setFocusPolicy(Qt::NoFocus);
    // They take what there is: with a height that they would like best, the rows would lie below the edge of a low window.
    m_rows->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    m_view->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    m_plotCard = card(m_view);
    layout->addWidget(card(makeHead()));
    layout->addWidget(m_plotCard, 3);
    layout->addWidget(card(m_rows), 2);
}

void PreviewPage::setLow(bool low)
{
    m_plotCard->setVisible(!low);
}

QWidget* PreviewPage::placeForNotices()
{
    return m_plotCard->isHidden() ? static_cast<QWidget*>(this) : m_view;
}

QWidget* PreviewPage::makeHead()
{
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(8, 4, 4, 4);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    m_title = new QLabel(head);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_title->setProperty("role", QStringLiteral("strong"));
    words->addWidget(m_title);
    words->addWidget(makeSentence(head, tr("This is a preview: training, saving and exporting wait for all rows. What was open before stays until they are there.")));
    auto* cancel = new QPushButton(tr("Cancel"), head);
    cancel->setToolTip(tr("Stops reading and goes back to what was open before (Esc)."));
    connect(cancel, &QPushButton::clicked, this, &PreviewPage::cancelWanted);
    row->addLayout(words, 1);
    row->addWidget(cancel);
    return head;
}

void PreviewPage::setRows(const Setup& rows)
{
    const int count = int(rows.table.rows());
    m_title->setText(tr("First %Ln row(s) of %1; reading the rest …", nullptr, count).arg(rows.source->name));
    const Picture picture = makePicture(rows);
    m_view->setSentence(picture.sentence);
    m_view->setAxes(picture.x, picture.y);
    m_view->setHeading(tr("%1, first %Ln row(s)", nullptr, count).arg(rows.source->name), picture.classes, picture.noise);
    m_view->setPoints(picture.points, picture.values);
    QAbstractItemModel* before = m_rows->model();
    m_rows->setModel(new RowsModel(rows.table, m_rows));
    delete before;
    fitColumns(rows.table);
}

/// As wide as their names, within reason.
void PreviewPage::fitColumns(const Table& table)
{
    constexpr int narrowest = 90, widest = 320, looked = 200;
    for (int column = 0; column < std::min(looked, int(table.columns())); ++column)
        m_rows->horizontalHeader()->resizeSection(column, std::clamp(m_rows->horizontalHeader()->sectionSizeHint(column) + 12, narrowest, widest));
}

void PreviewPage::setLook(const Look& look)
{
    m_view->setLook(look);
}

QString PreviewPage::sentence() const
{
    return m_title->text();
}

void PreviewPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_rows->setFocus();                                     // on the button the space bar would cancel
}

} // namespace modelarium
