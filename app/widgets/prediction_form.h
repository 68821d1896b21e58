#pragma once

#include "core/prepare/preparation.h"

#include <QWidget>

#include <string>
#include <vector>

class QVBoxLayout;

namespace modelarium {

class InputControl;

/// Asks the model about one row: a control for every input, and a warning where the model has seen nothing like the value.
class PredictionForm : public QWidget {
    Q_OBJECT

public:
    explicit PredictionForm(QWidget* parent = nullptr);

    /// Makes the controls anew, at what is typical of the training rows.
    void setInputs(const std::vector<InputColumn>& inputs);
    /// One value an input, as Model::predictRow takes it. Shows them without telling anyone.
    void setValues(const std::vector<double>& values);
    std::vector<double> values() const;

    /// The inputs that stand outside of what the model has seen.
    std::vector<std::string> extrapolated() const;

Q_SIGNALS:
    void valueChosen(const std::string& name, double value);

private:
    QVBoxLayout* m_layout;
    std::vector<InputControl*> m_controls;
};

} // namespace modelarium
