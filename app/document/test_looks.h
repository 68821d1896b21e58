#pragma once

#include "app/document/experiment_state.h"

#include <QObject>

#include <optional>
#include <vector>

namespace modelarium {

/// How often the test rows were looked at. Their score is honest as long as nobody chooses by it: each look spends a little of that.
///
/// A look belongs to the choices that made a model, so that a replay, an undo, or a drag that springs back is no other one.
/// It is no undo step: nobody can unsee a score. Rows of the user are under seal until asked for; the program's own samples lie open,
/// because they are there to be looked at, and are counted all the same.
class TestLooks : public QObject {
    Q_OBJECT

public:
    explicit TestLooks(QObject* parent = nullptr);

    void look(const Setup& setup);
    bool isSeen(const Setup& setup) const;
    /// Different models whose score on the test rows of this setup was looked at.
    int count(const Setup& setup) const;

    /// The threshold of this setup was chosen by what the test rows say of it: then their score is no longer honest.
    void chooseThreshold(const Setup& setup);
    bool isThresholdChosenBy(const Setup& setup) const;

    /// Open: every new model shows its test score, and counts. Empty asks where the rows come from.
    void setOpen(std::optional<bool> open);
    bool isOpen(const Setup& setup) const;

    QString sentence(const Setup& setup) const;

Q_SIGNALS:
    void changed();

private:
    std::vector<Setup> m_looks;
    std::vector<Setup> m_thresholds;                        ///< that were chosen by the test rows
    std::optional<bool> m_open;
};

} // namespace modelarium
