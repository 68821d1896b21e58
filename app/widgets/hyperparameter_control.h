#pragma once

#include "core/learn/hyperparameters.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSlider;
class QToolButton;
class QVBoxLayout;

namespace modelarium {

/// One hyperparameter: its name, its control, its help on demand, and in place what is wrong with a value that was typed.
class HyperparameterControl : public QWidget {
    Q_OBJECT

public:
    explicit HyperparameterControl(const HyperparameterSpec& spec, QWidget* parent = nullptr);

    const HyperparameterSpec& spec() const { return m_spec; }
    const HyperparameterValue& value() const { return m_value; }
    /// Shows a value without telling anyone.
    void setValue(const HyperparameterValue& value);
    /// A sentence under the control; empty takes it away.
    void setError(const QString& sentence);
    QString error() const;
    /// What it does, what it may be, and whether training begins again.
    QString help() const;

Q_SIGNALS:
    void valueChanged(const HyperparameterValue& value);
    void helpWanted(const QString& sentence);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void addHeader(QVBoxLayout* layout);
    void addNumber(QVBoxLayout* layout);
    void addList(QVBoxLayout* layout);
    void addChoice(QVBoxLayout* layout);
    void addSwitch(QVBoxLayout* layout);
    void adopt(QWidget* control);

    void takeText();
    void takeSlider(int position);
    void change(const HyperparameterValue& value);
    void show(const HyperparameterValue& value);

    HyperparameterSpec m_spec;
    HyperparameterValue m_value;
    QLabel* m_name = nullptr;
    QToolButton* m_default = nullptr;
    QToolButton* m_ask = nullptr;
    QSlider* m_slider = nullptr;
    QLineEdit* m_edit = nullptr;
    QComboBox* m_choice = nullptr;
    QCheckBox* m_switch = nullptr;
    QLabel* m_help = nullptr;
    QLabel* m_error = nullptr;
};

/// Where a slider of 0 to `ticks` stands for a value, and back. It covers the values that people try; the edit covers them all.
///
/// Math     linear, or in factors where the table says so or the range is wider than a slider can show
class SliderScale {
public:
    explicit SliderScale(const HyperparameterSpec& spec);

    int ticks() const { return m_ticks; }
    int position(double value) const;
    double value(int position) const;

private:
    double m_low = 0;
    double m_high = 1;
    double m_minimum = 0;
    bool m_inFactors = false;
    bool m_whole = false;
    bool m_zeroFirst = false;                       ///< the first tick is the minimum itself, which factors never reach
    int m_ticks = 1000;
};

} // namespace modelarium
