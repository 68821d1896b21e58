#pragma once

#include "core/learn/hyperparameters.h"

#include <QWidget>

#include <vector>

class QLabel;
class QVBoxLayout;

namespace modelarium {

class HyperparameterControl;

/// A form made from a learner's table: a control for every row that matters with the values as they are.
class HyperparameterForm : public QWidget {
    Q_OBJECT

public:
    explicit HyperparameterForm(QWidget* parent = nullptr);

    /// Makes the controls anew only where the table is another one; values that are missing are the defaults.
    void setTable(const HyperparameterTable& table, const HyperparameterValues& values = {});
    /// Shows values without telling anyone.
    void setValues(const HyperparameterValues& values);
    HyperparameterValues values() const;

    /// A sentence at the control that it is about; false where there is no such hyperparameter.
    bool setError(const std::string& name, const QString& sentence);
    void clearErrors();

    HyperparameterControl* control(const std::string& name) const;

Q_SIGNALS:
    void valueChosen(const std::string& name, const modelarium::HyperparameterValue& value);

private:
    void showWhatMatters();

    QVBoxLayout* m_layout;
    QLabel* m_help;
    std::vector<HyperparameterControl*> m_controls;
};

} // namespace modelarium
