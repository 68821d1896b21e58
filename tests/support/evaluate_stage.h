#pragma once

#include "app/document/experiment.h"
#include "app/pages/evaluate_page.h"
#include "app/pages/plain_table.h"
#include "app/widgets/look.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>
#include <vector>

namespace modelarium {

/// An experiment with one of its pages or their parts, and what a person does there: tests of them begin from here.
template <class Page> class StageWith {
public:
    void begin()
    {
        applyLook(*qApp, Look::light());
        end();
        m_experiment = std::make_unique<Experiment>();
        m_page = std::make_unique<Page>(*m_experiment);
        m_page->resize(300, 2400);
        m_page->show();
    }
    void end()
    {
        m_page.reset();
        m_experiment.reset();
    }

    void settle()
    {
        QTRY_VERIFY_WITH_TIMEOUT(m_experiment->state() == ExperimentState::Trained && m_experiment->currentTraining() && m_experiment->evaluation()
                                     && m_experiment->evaluation()->model == m_experiment->model(), 30'000);
    }

    void open(const QByteArray& text)
    {
        QFile file(m_folder.filePath(QStringLiteral("own.csv")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        file.close();
        const DataSourcePtr before = m_experiment->setup().source;
        m_experiment->data().openCsv(file.fileName());
        QTRY_VERIFY_WITH_TIMEOUT(m_experiment->setup().source != before, 20'000);
        settle();
    }

    void generate(const std::string& id)
    {
        const DataSourcePtr before = m_experiment->setup().source;
        m_experiment->data().generate(id, 120, 0.25, 1);
        QTRY_VERIFY_WITH_TIMEOUT(m_experiment->setup().source != before, 20'000);
        settle();
    }

    template <class Part> Part* part() const { return m_page->template findChild<Part*>(); }

    template <class Part> Part* unfold() const
    {
        Part* found = part<Part>();
        found->setFolded(false);
        return found;
    }

    /// The last sentence that a part says; what is said of a choice of folds stands with the choice.
    QString sentence(QWidget* part) const
    {
        QString text;
        for (const QLabel* label : part->findChildren<QLabel*>()) {
            if (label->isVisibleTo(m_page.get()) && label->wordWrap() && label->property("role") == QStringLiteral("secondary") && !label->text().isEmpty()
                && !label->parentWidget()->inherits("modelarium::FoldsChoice"))
                text = label->text();
        }
        return text;
    }

    template <class Widget> Widget* named(const QString& name) const
    {
        for (Widget* widget : m_page->template findChildren<Widget*>()) {
            if (widget->accessibleName() == name)
                return widget;
        }
        return nullptr;
    }

    void press(const QString& text) const
    {
        for (QPushButton* button : m_page->template findChildren<QPushButton*>()) {
            if (button->text() == text && button->isVisibleTo(m_page.get())) {
                QVERIFY(button->isEnabled());
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        QFAIL(qPrintable(text));
    }

    void choose(const QString& name, const QString& entry) const
    {
        auto* box = named<QComboBox>(name);
        QVERIFY2(box, qPrintable(name));
        const int index = box->findText(entry);
        QVERIFY2(index >= 0, qPrintable(entry));
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index);
    }

    std::vector<std::size_t> trainRows() const
    {
        std::vector<std::size_t> rows = m_experiment->training().training()->split.train;
        std::sort(rows.begin(), rows.end());
        return rows;
    }

protected:
    std::unique_ptr<Experiment> m_experiment;
    std::unique_ptr<Page> m_page;
    QTemporaryDir m_folder;
};

using EvaluateStage = StageWith<EvaluatePage>;

/// A figure of a cell as it is copied; a cell may hold several.
inline double fullValue(const QTableWidget* table, int row, int column, int place = 0)
{
    return table->item(row, column)->data(fullValueRole).toString().split(u'\t').value(place).toDouble();
}

/// Features between 0 and 10 of which the first matters most, and a target that they add up to but for a little scatter.
inline QByteArray linearRows(int rows, int features)
{
    QByteArray text;
    for (int j = 0; j < features; ++j)
        text += "feature_" + QByteArray::number(j) + ',';
    text += "y\n";
    unsigned state = 7;
    const auto next = [&state] {
        state = state * 1664525u + 1013904223u;
        return double(state >> 8) / double(1u << 24);
    };
    for (int i = 0; i < rows; ++i) {
        double y = 0;
        for (int j = 0; j < features; ++j) {
            const double x = 10 * next();
            y += x * (features - j);
            text += QByteArray::number(x, 'g', 8) + ',';
        }
        text += QByteArray::number(y + 3 * next(), 'g', 8) + '\n';
    }
    return text;
}

} // namespace modelarium
