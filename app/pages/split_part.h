#pragma once

#include "app/document/experiment.h"
#include "app/pages/section.h"

class QPushButton;
class QSlider;
class QSpinBox;

namespace modelarium {

/// Which rows are kept back for the test, and how many.
class SplitPart : public Section {
    Q_OBJECT

public:
    explicit SplitPart(Experiment& experiment, QWidget* parent = nullptr);

private:
    QWidget* makeShare();
    QWidget* makeSeed();
    void follow();
    void choose();
    HoldOut chosen() const;
    QString sentence() const;
    QString countSentence() const;

    Experiment& m_experiment;
    QWidget* m_controls;
    QFormLayout* m_form;
    QSlider* m_share = nullptr;
    QLabel* m_shareText = nullptr;
    QComboBox* m_kind;
    QComboBox* m_group;
    QComboBox* m_order;
    QSpinBox* m_seed = nullptr;
    QPushButton* m_again = nullptr;
    QLabel* m_sentence;
};

} // namespace modelarium
