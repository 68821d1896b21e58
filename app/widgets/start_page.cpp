#include "app/widgets/start_page.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace modelarium {
namespace {

constexpr int tileColumns = 3;

/// A tile to click: a title and a sentence.
QPushButton* makeTile(const StartPage::Entry& entry, QWidget* parent)
{
    auto* tile = new QPushButton(parent);
    tile->setProperty("role", QStringLiteral("tile"));
    tile->setAccessibleName(entry.title);
    tile->setAccessibleDescription(entry.text);
    tile->setMinimumHeight(76);
    tile->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    auto* layout = new QVBoxLayout(tile);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->setSpacing(2);
    auto* title = new QLabel(entry.title, tile);
    title->setProperty("role", QStringLiteral("strong"));
    auto* text = new QLabel(entry.text, tile);
    text->setProperty("role", QStringLiteral("secondary"));
    text->setWordWrap(true);
    for (QLabel* label : {title, text}) {
        label->setTextFormat(Qt::PlainText);
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
        layout->addWidget(label);
    }
    layout->addStretch(1);
    return tile;
}

} // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent), m_recentTitle(new QLabel(tr("Opened last"))), m_recent(new QGridLayout), m_samples(new QGridLayout),
      m_generators(new QGridLayout)
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    outer->addWidget(scroll);
    auto* page = new QWidget;
    page->setProperty("role", QStringLiteral("page"));
    scroll->setWidget(page);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 12, 24, 24);
    layout->setSpacing(12);
    auto* head = new QHBoxLayout;
    auto* title = new QLabel(tr("Where to begin?"), page);
    title->setProperty("role", QStringLiteral("large"));
    auto* open = new QPushButton(tr("Open a file…"), page);
    open->setProperty("role", QStringLiteral("primary"));
    auto* close = new QPushButton(tr("Back to the plot"), page);
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(open);
    head->addWidget(close);
    layout->addLayout(head);
    connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
    connect(close, &QPushButton::clicked, this, &StartPage::closeWanted);
    auto* samples = new QLabel(tr("Samples, each with its lesson"), page);
    auto* generators = new QLabel(tr("Data made by the program"), page);
    const std::pair<QLabel*, QGridLayout*> parts[] = {{m_recentTitle, m_recent}, {samples, m_samples}, {generators, m_generators}};
    for (const auto& [heading, grid] : parts) {
        heading->setProperty("role", QStringLiteral("title"));
        grid->setSpacing(12);
        layout->addWidget(heading);
        layout->addLayout(grid);
    }
    layout->addStretch(1);
    setFocusProxy(open);
    setRecentFiles({});
}

void StartPage::fill(QGridLayout* grid, const QList<Entry>& entries, Signal chosen)
{
    while (QLayoutItem* item = grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (int i = 0; i < int(entries.size()); ++i) {
        QPushButton* tile = makeTile(entries[i], this);
        const QString id = entries[i].id;
        connect(tile, &QPushButton::clicked, this, [this, chosen, id] { Q_EMIT (this->*chosen)(id); });
        grid->addWidget(tile, i / tileColumns, i % tileColumns);
    }
    for (int column = 0; column < tileColumns; ++column)
        grid->setColumnStretch(column, 1);
}

void StartPage::setSamples(const QList<Entry>& entries)
{
    fill(m_samples, entries, &StartPage::sampleChosen);
}

void StartPage::setGenerators(const QList<Entry>& entries)
{
    fill(m_generators, entries, &StartPage::generatorChosen);
}

void StartPage::setRecentFiles(const QList<Entry>& entries)
{
    m_recentTitle->setVisible(!entries.isEmpty());
    fill(m_recent, entries, &StartPage::recentChosen);
}

} // namespace modelarium
