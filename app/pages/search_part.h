#pragma once

#include "app/jobs/training_folds.h"
#include "app/pages/plan_part.h"
#include "app/widgets/look.h"

#include <optional>

class QComboBox;
class QFormLayout;
class QSpinBox;

namespace modelarium {

class AxesChoice;
class CurveChart;
class DrawsView;
class FoldsChoice;
class HeatMap;
class TriesTable;

/// Looks for good hyperparameters of the learner that is chosen, by folds of the training rows: every combination of a grid, or combinations
/// that are drawn from ranges. One hyperparameter makes a curve, two make a map, more a table with the best try first. A press on a place makes its
/// values the ones that are chosen. The test rows stay under seal.
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
    QString cost() const override;

private:
    QFormLayout* makeChoices();
    void fillChoices();
    void followWay();
    bool isRandom() const;
    std::vector<SearchAxis> gridAxes() const;
    /// How many are tried; of draws, at most. Errors   those of gridSize and RangeEdit
    Result<std::size_t> combinations() const;
    void fill(const std::shared_ptr<const SearchGrid>& grid);
    void fill(const std::shared_ptr<const SearchTries>& tries);
    void drawCurve();
    void drawMap();
    void markChosen();
    void take(std::size_t row, std::size_t column);
    void takeTry(std::size_t candidate);
    QString placeText(std::size_t row, std::size_t column) const;
    QString summary() const;
    QString triesSummary() const;
    QString bestText(std::size_t candidates, const QString& best, const QString& press) const;
    bool isCurve() const;
    bool isTable() const { return m_tried.size() > 2; }

    AxesChoice* m_choice;
    QComboBox* m_way;
    QComboBox* m_count;
    QSpinBox* m_tries;
    QSpinBox* m_seed;
    QFormLayout* m_form;
    Section* m_foldsPart;
    FoldsChoice* m_folds;
    QLabel* m_axes;                                         ///< what runs across and what down
    CurveChart* m_curve;
    HeatMap* m_map;
    DrawsView* m_drawn;
    TriesTable* m_table;
    std::string m_learner;                                  ///< whose hyperparameters are offered
    FoldOptions m_foldsTried;                               ///< of the job or of the results, as what follows
    std::vector<SearchAxis> m_tried;
    std::optional<SearchDraw> m_draw;
    std::string m_learnerTried;
    std::shared_ptr<const SearchGrid> m_grid;               ///< one of the two, or none
    std::shared_ptr<const SearchTries> m_found;
};

/// A hyperparameter's values for a search: round ones, all different, within the table's limits; fewer where there are not so many.
/// The one that is chosen now is always among them.
std::vector<HyperparameterValue> searchValues(const HyperparameterSpec& spec, std::size_t count, const HyperparameterValue& chosen,
                                              std::optional<std::size_t> features = {});

} // namespace modelarium
