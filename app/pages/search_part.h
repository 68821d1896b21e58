#pragma once

#include "app/jobs/training_folds.h"
#include "app/pages/plan_part.h"
#include "app/widgets/look.h"

#include <optional>

class QComboBox;

namespace modelarium {

class CurveChart;
class HeatMap;

/// Looks for good hyperparameters of the learner that is chosen, by folds of the training rows: one of them gives a validation curve, two
/// a heat map. A press on a place makes its values the ones that are chosen. The test rows stay under seal.
class SearchPart : public PlanPart {
    Q_OBJECT

public:
    explicit SearchPart(Experiment& experiment, QWidget* parent = nullptr);

    void setLook(const Look& look);

protected:
    void begin(const PreparedTraining& training, const std::vector<std::size_t>& rows) override;
    void setResultsVisible(bool visible) override;
    Setup relevant(Setup setup) const override;
    QString hindrance() const override;

private:
    void fillChoices();
    void fillSecond();
    std::vector<SearchAxis> chosenAxes() const;
    void fill(const std::shared_ptr<const SearchGrid>& grid);
    void drawCurve();
    void drawMap();
    void markChosen();
    void take(std::size_t row, std::size_t column);
    QString placeText(std::size_t row, std::size_t column) const;
    QString summary() const;
    bool isCurve() const;

    QComboBox* m_first;
    QComboBox* m_second;
    QComboBox* m_count;
    QLabel* m_axes;                                         ///< what runs across and what down
    CurveChart* m_curve;
    HeatMap* m_map;
    std::string m_learner;                                  ///< whose hyperparameters the choices list ...
    QStringList m_listed;                                   ///< ... and which of them matter
    std::vector<SearchAxis> m_tried;                        ///< of the job or of the results
    std::shared_ptr<const SearchGrid> m_grid;
};

/// A hyperparameter's values for a search: round ones, all different, within the table's limits; fewer where there are not so many.
/// The one that is chosen now is always among them.
std::vector<HyperparameterValue> searchValues(const HyperparameterSpec& spec, std::size_t count, const HyperparameterValue& chosen,
                                              std::optional<std::size_t> features = {});

} // namespace modelarium
