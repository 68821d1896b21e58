#pragma once

#include "app/document/experiment.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;

namespace modelarium {

class ColumnPicker;
class HyperparameterForm;
struct StepKind;

/// What one step does and to which columns. Its form is made from the table of the step's kind.
class StepEditor : public QWidget {
    Q_OBJECT

public:
    explicit StepEditor(Experiment& experiment, QWidget* parent = nullptr);

    /// -1: none.
    void setPlace(int place);
    int place() const { return m_place; }
    /// Shows the step as it is now.
    void follow();

private:
    const PlannedStep* step() const;
    void showKind(const PlannedStep& step, const StepKind& kind);
    void showColumns(const PlannedStep& step);
    void showText(const PlannedStep& step, const StepKind& kind);
    void chooseColumns(int index);
    void takeText();
    QStringList pickable(const PlannedStep& step) const;

    Experiment& m_experiment;
    int m_place = -1;
    QWidget* m_kindField;
    QComboBox* m_kind;
    QLabel* m_help;
    QComboBox* m_columns;
    ColumnPicker* m_picker;
    HyperparameterForm* m_form;
    QLabel* m_textName;
    QLineEdit* m_text;
    QLabel* m_textHelp;
};

} // namespace modelarium
