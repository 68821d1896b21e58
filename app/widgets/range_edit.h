#pragma once

#include "core/evaluate/search.h"

#include <QWidget>

class QLineEdit;

namespace modelarium {

/// The lowest and the highest value that may be drawn for a hyperparameter; what cannot be one is marked, and says why on hover.
class RangeEdit : public QWidget {
    Q_OBJECT

public:
    explicit RangeEdit(const QString& name, QWidget* parent = nullptr);

    /// What a person wrote, as it stands: it may be no range yet. Empty where nothing was written.
    struct Written {
        QString low;
        QString high;
    };

    /// Shows what was written for a hyperparameter, and the suggestion for an end that nothing was written for.
    void setRange(const HyperparameterSpec& spec, const SearchAxis& suggested, const Written& written);
    Written written() const { return m_written; }
    /// The fields follow `before` when one walks by Tab; returns the last of them.
    QWidget* followInTabs(QWidget* before);
    /// What is written, as an axis. Errors   BadHyperparameter; Unsupported where the highest is below the lowest
    Result<SearchAxis> axis() const;

Q_SIGNALS:
    void changed();

private:
    void check();

    QLineEdit* m_low;
    QLineEdit* m_high;
    Written m_written;
    HyperparameterSpec m_spec;
};

} // namespace modelarium
