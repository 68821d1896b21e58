#pragma once

#include "app/document/setup_store.h"
#include "core/base/result.h"
#include "core/learn/hyperparameters.h"

#include <QObject>

#include <optional>
#include <string>
#include <vector>

namespace modelarium {

/// Changes to the list of preparation steps. Each is one named undo step; a place counts from 0, in the order in which steps work.
///
/// Steps that turn cells into numbers (missing cells, categories) stay before those that compute with numbers, and one step for
/// categories is always there: without it there would be nothing to compute with. What cannot be is refused with a sentence.
class StepEdits : public QObject {
    Q_OBJECT

public:
    explicit StepEdits(SetupStore& store, QObject* parent = nullptr);

    const PlannedSteps& steps() const { return m_store.setup().steps; }

    /// Puts a step of a kind where such steps belong, and answers where. A further one about cells is for one column: `column`, or the
    /// first that it fits.
    std::optional<std::size_t> add(const std::string& kind, const std::string& column = {});
    void remove(std::size_t place);
    /// By -1 up, by 1 down; answers whether it moved.
    bool move(std::size_t place, int by);
    void setOn(std::size_t place, bool on);
    void setColumns(std::size_t place, StepColumns columns, std::vector<std::string> names = {});
    /// Another kind in its place, for the same columns.
    void setKind(std::size_t place, const std::string& kind);

    /// Errors   UnknownHyperparameter; BadHyperparameter: shown at the field, the value before stays
    Result<void> setOption(std::size_t place, const std::string& name, const HyperparameterValue& value);
    /// The option of the kind that is free text: a constant, an order of levels.
    Result<void> setText(std::size_t place, const std::string& text);

Q_SIGNALS:
    void refused(const QString& sentence);

private:
    bool mayChange(std::size_t place);
    bool keepsEncoding(const PlannedSteps& next);
    Result<void> remake(std::size_t place, const HyperparameterValues& values, const std::string& text, const QString& undoText, const QString& mergeKey);
    void change(const QString& text, PlannedSteps steps, const QString& mergeKey = {});

    SetupStore& m_store;
};

} // namespace modelarium
