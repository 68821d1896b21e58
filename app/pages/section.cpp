#include "app/pages/section.h"

#include "app/widgets/elided_label.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QStyleOptionComboBox>
#include <QStyleOptionToolButton>
#include <QStylePainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {

namespace {

/// A title gives way where there is no room for it; its tool tip has all of it.
class SectionTitle : public QToolButton {
public:
    using QToolButton::QToolButton;

    QSize minimumSizeHint() const override { return QSize(60, QToolButton::minimumSizeHint().height()); }
    void tellAll() { setToolTip(width() < sizeHint().width() ? text() : QString()); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QStylePainter painter(this);
        QStyleOptionToolButton option;
        initStyleOption(&option);
        constexpr int beside = 26;                          // the arrow and the room around both
        option.text = fontMetrics().elidedText(option.text, Qt::ElideRight, width() - beside);
        painter.drawComplexControl(QStyle::CC_ToolButton, option);
    }

    void resizeEvent(QResizeEvent* event) override
    {
        QToolButton::resizeEvent(event);
        tellAll();
    }
};

} // namespace

Section::Section(const QString& title, QWidget* parent)
    : QWidget(parent), m_title(new SectionTitle(this)), m_body(new QWidget(this)), m_content(new QVBoxLayout(m_body))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    m_title->setProperty("role", QStringLiteral("section"));
    m_title->setAutoRaise(true);
    m_title->setCheckable(true);
    m_title->setChecked(true);
    m_title->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_title->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_title->setFocusPolicy(Qt::TabFocus);
    m_content->setContentsMargins(0, 0, 0, 4);
    m_content->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_body);
    setTitle(title);
    connect(m_title, &QToolButton::toggled, this, [this](bool open) {
        m_body->setVisible(open);
        m_title->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        Q_EMIT openChanged(open);
    });
    m_title->setArrowType(Qt::DownArrow);
}

void Section::setTitle(const QString& title)
{
    m_title->setText(title);
    static_cast<SectionTitle*>(m_title)->tellAll();
    m_title->setAccessibleName(tr("%1, part of the page").arg(title));
}

void Section::setFolded(bool folded)
{
    m_title->setChecked(!folded);
}

bool Section::isOpen() const
{
    return m_title->isChecked();
}

QLabel* makeSentence(QWidget* parent, const QString& text)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setProperty("role", QStringLiteral("secondary"));
    return label;
}

void addField(QFormLayout* form, const QString& label, QWidget* control, const QString& help)
{
    control->setAccessibleName(label);
    control->setAccessibleDescription(help);
    control->setToolTip(help);
    form->addRow(label, control);
}

QFormLayout* makeForm()
{
    auto* form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(8);
    form->setVerticalSpacing(4);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    // A column is narrow: the name stands above its control, as in the learners' forms.
    form->setRowWrapPolicy(QFormLayout::WrapAllRows);
    return form;
}

void showChoice(QComboBox* box, const QVariant& data)
{
    const QSignalBlocker blocker(box);
    box->setCurrentIndex(box->findData(data));
}

namespace {

/// A long name loses what it shares with the others.
class Choice : public QComboBox {
public:
    using QComboBox::QComboBox;

protected:
    void paintEvent(QPaintEvent*) override
    {
        QStylePainter painter(this);
        QStyleOptionComboBox option;
        initStyleOption(&option);
        painter.drawComplexControl(QStyle::CC_ComboBox, option);
        const QRect field = style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
        option.currentText = elidedApart(option.currentText, entries(), fontMetrics(), field.width() - 4);
        painter.drawControl(QStyle::CE_ComboBoxLabel, option);
    }

private:
    /// As many as a person compares.
    QStringList entries() const
    {
        constexpr int most = 200;
        QStringList texts;
        for (int i = 0; i < std::min(count(), most); ++i)
            texts << itemText(i);
        return texts;
    }
};

} // namespace

QComboBox* makeChoice(QWidget* parent)
{
    auto* box = new Choice(parent);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(5);
    box->setFocusPolicy(Qt::StrongFocus);
    return box;
}

} // namespace modelarium
