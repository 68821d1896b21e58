#pragma once

#include <QWidget>

#include <vector>

namespace modelarium {

/// New points to take: each chip is dragged onto the plot, or chosen with the keyboard, which asks for the middle of the plot.
class PointTray : public QWidget {
    Q_OBJECT

public:
    /// What a drag carries: the code of the class as text, or -1 where a point has none.
    static constexpr const char* mimeType = "application/x-modelarium-point";

    struct Chip {
        QString name;                               ///< "Adelie", or "New point"
        int code = -1;
    };

    explicit PointTray(QWidget* parent = nullptr);

    void setChips(const std::vector<Chip>& chips);

Q_SIGNALS:
    void pointWanted(int code);

private:
    std::vector<QWidget*> m_chips;
};

} // namespace modelarium
