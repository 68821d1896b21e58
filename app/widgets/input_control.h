#pragma once

#include "core/prepare/preparation.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSlider;
class QVBoxLayout;

namespace modelarium {

/// One input of a model: a slider over what was seen and an edit for any number, the levels of a category, or a switch.
class InputControl : public QWidget {
    Q_OBJECT

public:
    explicit InputControl(const InputColumn& input, QWidget* parent = nullptr);

    const InputColumn& input() const { return m_input; }
    double value() const { return m_value; }
    void setValue(double value);
    bool isExtrapolated() const;

Q_SIGNALS:
    void valueChosen(double value);

private:
    void addNumber(QVBoxLayout* layout);
    void addLevels(QVBoxLayout* layout);
    void takeText();
    void choose(double value);
    void show();
    void say(const QString& sentence, const QString& role);
    QString numberText(double value) const;

    InputColumn m_input;
    double m_value = 0;
    QSlider* m_slider = nullptr;
    QLineEdit* m_edit = nullptr;
    QComboBox* m_levels = nullptr;
    QCheckBox* m_switch = nullptr;
    QLabel* m_sentence = nullptr;
};

} // namespace modelarium
