#include "app/pages/parting_choices.h"

#include "app/document/experiment_state.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QSignalBlocker>
#include <QString>

#include <algorithm>

namespace modelarium {
namespace {

struct PartingChoices {
    Q_DECLARE_TR_FUNCTIONS(modelarium::PartingChoices)
};

void addColumn(QComboBox* box, const Column& column)
{
    const QString name = QString::fromStdString(column.name());
    box->addItem(name, name);
}

} // namespace

void listGroupColumns(QComboBox* box, const Setup& setup, const QString& chosen)
{
    const QSignalBlocker blocker(box);
    box->clear();
    const auto target = isWithoutTarget(setup) ? std::nullopt : targetColumn(setup);
    for (const bool named : {true, false}) {
        for (std::size_t j = 0; j < setup.table.columns(); ++j) {
            const Column& column = setup.table.column(j);
            if (j != target && column.type() != ColumnType::Empty && column.isNumeric() != named)
                addColumn(box, column);
        }
    }
    box->setCurrentIndex(box->count() == 0 ? -1 : std::max(0, box->findData(chosen)));
}

QString groupIsFeatureSentence(const Setup& setup, const QString& column)
{
    const auto index = setup.table.find(column.toStdString());
    if (!index || *index >= setup.roles.size() || setup.roles[*index] != Role::Feature)
        return {};
    return PartingChoices::tr("\"%1\" groups the rows and is a feature too: of new groups the model has seen no row. Ignore the column on the Data page, unless it is meant.").arg(column);
}

void listOrderColumns(QComboBox* box, const Setup& setup, const QString& chosen)
{
    const QSignalBlocker blocker(box);
    box->clear();
    box->addItem(PartingChoices::tr("order of the rows"), QString());
    for (std::size_t j = 0; j < setup.table.columns(); ++j) {
        if (setup.table.column(j).isNumeric())
            addColumn(box, setup.table.column(j));
    }
    box->setCurrentIndex(std::max(0, box->findData(chosen)));
}

} // namespace modelarium
