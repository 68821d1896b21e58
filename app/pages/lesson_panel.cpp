#include "app/pages/lesson_panel.h"

#include "app/pages/section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace modelarium {

LessonPanel::LessonPanel(QWidget* parent) : QFrame(parent)
{
    setProperty("role", QStringLiteral("card"));
    struct Step {
        QString title;
        QString text;
        Stage stage;
        QString act;
    };
    const std::array<Step, 5> steps{
        Step{tr("1  Data are points"), tr("Each row of the table is one point. What is to be predicted is its colour, or its height."), Stage::Data, tr("See the rows")},
        Step{tr("2  A model is a few numbers"),
             tr("Look at the card “The model”: an equation and its numbers. Nothing else is needed to predict."), Stage::Prepare, tr("See what goes in")},
        Step{tr("3  Training finds the numbers"),
             tr("Press play. Each step changes the numbers a little so that the error gets smaller; the line in the plot follows."), Stage::Train, tr("Watch it learn")},
        Step{tr("4  Freezing makes them constants"),
             tr("Freeze the model and drag a point: the error changes, the line does not. Learning is over; that is a model."), Stage::Evaluate, tr("See how good it is")},
        Step{tr("5  Predicting is arithmetic"),
             tr("Drag the probe: the page shows the calculation with the frozen numbers. Save the file, and it gives the same answers anywhere."), Stage::Use, tr("Ask it")},
    };
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 8, 12);
    auto* head = new QHBoxLayout;
    auto* title = new QLabel(tr("What is a model?"), this);
    title->setProperty("role", QStringLiteral("title"));
    auto* close = new QToolButton(this);
    close->setText(QStringLiteral("✕"));
    close->setAccessibleName(tr("Close the lesson"));
    close->setToolTip(tr("Close the lesson"));
    head->addWidget(title, 1);
    head->addWidget(close);
    layout->addLayout(head);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* page = new QWidget;
    page->setProperty("role", QStringLiteral("page"));
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(6);
    for (const Step& step : steps) {
        auto* heading = new QLabel(step.title, page);
        heading->setProperty("role", QStringLiteral("strong"));
        heading->setWordWrap(true);
        auto* go = new QPushButton(step.act, page);
        const Stage stage = step.stage;
        connect(go, &QPushButton::clicked, this, [this, stage] { Q_EMIT stageWanted(stage); });
        column->addWidget(heading);
        column->addWidget(makeSentence(page, step.text));
        column->addWidget(go, 0, Qt::AlignLeft);
        column->addSpacing(8);
    }
    column->addStretch(1);
    scroll->setWidget(page);
    layout->addWidget(scroll, 1);
    connect(close, &QToolButton::clicked, this, &LessonPanel::closeWanted);
}

} // namespace modelarium
