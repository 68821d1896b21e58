#pragma once

#include "app/jobs/training_folds.h"
#include "app/pages/plan_part.h"
#include "app/widgets/look.h"

#include <optional>

class QComboBox;
class QSpinBox;

namespace modelarium {

class CurveChart;
class DrawsView;
class HeatMap;
class RangeEdit;

/// Looks for good hyperparameters of the learner that is chosen, by folds of the training rows: every combination of a grid, of one a validation
/// curve and of two a heat map, or combinations that are drawn from ranges. A press on a place makes its values the ones that are chosen. The test rows stay under seal.
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
    void followWay();
    bool isRandom() const;
    std::vector<SearchAxis> chosenAxes() const;
    std::vector<SearchAxis> chosenRanges() const;
    void fill(const std::shared_ptr<const SearchGrid>& grid);
    void fill(const std::shared_ptr<const SearchDraws>& draws);
    void drawCurve();
    void drawMap();
    void markChosen();
    void take(std::size_t row, std::size_t column);
    void takeDrawn(std::size_t candidate);
    QString placeText(std::size_t row, std::size_t column) const;
    QString summary() const;
    QString drawnSummary() const;
    bool isCurve() const;

    QComboBox* m_first;
    QComboBox* m_second;
    QComboBox* m_way;
    QComboBox* m_count;
    RangeEdit* m_firstRange;
    RangeEdit* m_secondRange;
    QSpinBox* m_tries;
    QSpinBox* m_seed;
    QFormLayout* m_form;
    QLabel* m_axes;                                         ///< what runs across and what down
    CurveChart* m_curve;
    HeatMap* m_map;
    DrawsView* m_drawn;
    std::string m_learner;                                  ///< whose hyperparameters the choices list ...
    QStringList m_listed;                                   ///< ... and which of them matter
    std::vector<SearchAxis> m_tried;                        ///< of the job or of the results
    std::shared_ptr<const SearchGrid> m_grid;               ///< one of the two, or none
    std::shared_ptr<const SearchDraws> m_draws;
    std::string m_learnerOfDraws;
    std::size_t m_asked = 0;                                ///< how many were to be drawn
};

/// A hyperparameter's values for a search: round ones, all different, within the table's limits; fewer where there are not so many.
/// The one that is chosen now is always among them.
std::vector<HyperparameterValue> searchValues(const HyperparameterSpec& spec, std::size_t count, const HyperparameterValue& chosen,
                                              std::optional<std::size_t> features = {});

} // namespace modelarium
