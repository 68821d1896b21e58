#pragma once

#include "core/base/matrix.h"

#include <QStringList>
#include <QTableWidget>

#include <utility>
#include <vector>

namespace modelarium {

/// Which class is taken for which, as a picture: a cell wears the colour of its true class around and that of the predicted one inside,
/// stronger the larger its share of the true class. Count and share are written in it.
///
/// A cell, several, a whole row or a whole column can be chosen with pointer and keys.
class ConfusionMatrix : public QTableWidget {
    Q_OBJECT

public:
    explicit ConfusionMatrix(QWidget* parent = nullptr);

    /// Shape    counts (classes, classes): rows are the truth, columns the prediction. The choice stays where the classes do.
    void setCounts(const QStringList& classes, const Eigen::MatrixXi& counts);
    /// (truth, predicted) of each chosen cell.
    std::vector<std::pair<int, int>> chosenCells() const;

    static QString shareText(int count, int total);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosenCellsChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fit();
    void showClasses();

    QStringList m_classes;
};

} // namespace modelarium
