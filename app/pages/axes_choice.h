#pragma once

#include "app/widgets/range_edit.h"
#include "core/evaluate/search.h"

#include <QStringList>
#include <QWidget>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class QComboBox;
class QFormLayout;

namespace modelarium {

/// Which hyperparameters are varied together, any number of them: behind the last one that is chosen there is always a place for another.
/// Where values are drawn, each number has its range below it. What was chosen and written for a learner is there again when the learner is.
class AxesChoice : public QWidget {
    Q_OBJECT

public:
    explicit AxesChoice(QWidget* parent = nullptr);

    /// Offers these hyperparameters of a learner, by name. What was chosen for it stays where it is offered; otherwise the first number is.
    void setOffered(const LearnerInfo* learner, const QStringList& names, std::optional<std::size_t> features);
    void setRandom(bool random);
    /// The names that are chosen for a learner, also while another one's are shown.
    QStringList chosenFor(const LearnerInfo& learner) const;
    bool isEmpty() const { return m_offered.isEmpty(); }
    /// Those that are chosen, in their order.
    std::vector<const HyperparameterSpec*> chosen() const;
    /// What may be drawn for each. Errors   those of RangeEdit
    Result<std::vector<SearchAxis>> ranges() const;

Q_SIGNALS:
    void changed();                                         ///< by a person

private:
    struct Place {
        QComboBox* box;
        RangeEdit* range;
        QWidget* last = nullptr;                            ///< where Tab leaves the place
    };

    void addPlace();
    QStringList names() const;
    void fillPlaces(const QStringList& chosen);
    void followRanges();
    void nameRange(const Place& place);
    const HyperparameterSpec* specAt(const Place& place) const;

    QFormLayout* m_form;
    std::vector<Place> m_places;
    const LearnerInfo* m_learner = nullptr;
    QStringList m_offered;
    std::map<std::string, QStringList> m_kept;              ///< what was chosen for other learners
    /// The ranges that a person wrote, by the learner's id and the hyperparameter's name.
    std::map<std::pair<std::string, std::string>, RangeEdit::Written> m_written;
    std::optional<std::size_t> m_features;
    bool m_random = false;
};

} // namespace modelarium
