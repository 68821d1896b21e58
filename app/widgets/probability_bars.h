#pragma once

#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

namespace modelarium {

/// How sure the model is of each class: a bar in the colour of the class, its name, and the share in percent.
class ProbabilityBars : public QWidget {
    Q_OBJECT

public:
    explicit ProbabilityBars(QWidget* parent = nullptr);

    /// `decided` is the class that is the answer; the second of two is it from the share `threshold` on, where there is one.
    /// Shape    one share a class, summing to 1
    void setProbabilities(const QStringList& classes, const std::vector<double>& shares, int decided, std::optional<double> threshold = {});
    /// "87.5 %", and never 100 % or 0 % where something is left.
    static QString percentText(double share);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QStringList m_classes;
    std::vector<double> m_shares;
    int m_decided = 0;
    std::optional<double> m_threshold;
};

} // namespace modelarium
