#pragma once

#include "core/model/model.h"

#include <QObject>

#include <map>
#include <string>
#include <vector>

namespace modelarium {

/// What is looked at: the columns on the axes, the values at which other inputs are held, the probe, and the chosen rows.
class ViewState : public QObject {
    Q_OBJECT

public:
    explicit ViewState(QObject* parent = nullptr);

    /// Columns by name. With one feature and a number as target, y is the target.
    const std::string& xColumn() const { return m_x; }
    const std::string& yColumn() const { return m_y; }
    void setAxes(const std::string& x, const std::string& y);

    /// The value of an input that is a number. The probe stands at the values of both axes.
    void setInput(const std::string& name, double value);
    /// A value as the model on show takes it: a number, or the code of a level, which is kept by its name, for other models may have it
    /// in another place.
    void setInput(const Model& model, const std::string& name, double value);
    void clearInputs();
    /// One value an input of the model: what was set, and what is typical of the training rows elsewhere.
    std::vector<double> inputs(const Model& model) const;

    bool isProbeShown() const { return m_probe; }
    void setProbeShown(bool shown);

    /// Sorted rows of the table.
    const std::vector<std::size_t>& selection() const { return m_selection; }
    void select(std::vector<std::size_t> rows);

Q_SIGNALS:
    void axesChanged();
    void inputsChanged();
    void probeShownChanged(bool shown);
    void selectionChanged();

private:
    std::string m_x;
    std::string m_y;
    std::map<std::string, double> m_inputs;
    std::map<std::string, std::string> m_levels;            ///< of those inputs that were set to one; empty for numbers
    bool m_probe = false;
    std::vector<std::size_t> m_selection;
};

} // namespace modelarium
