#pragma once

#include <QLayout>

#include <vector>

namespace modelarium {

/// Controls beside each other, as wide as there is room; those that find none go on in another row. What is hidden takes no room.
class FlowRow : public QLayout {
    Q_OBJECT

public:
    explicit FlowRow(int spacing = 6);
    ~FlowRow() override;

    void addItem(QLayoutItem* item) override;
    int count() const override { return int(m_items.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return Qt::Horizontal; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange(QRect(0, 0, width, 0), false); }
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    int arrange(const QRect& rect, bool moves) const;

    std::vector<QLayoutItem*> m_items;
};

} // namespace modelarium
