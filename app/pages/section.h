#pragma once

#include <QWidget>

class QComboBox;
class QFormLayout;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace modelarium {

/// A titled part of a page that can be folded away.
class Section : public QWidget {
    Q_OBJECT

public:
    explicit Section(const QString& title, QWidget* parent = nullptr);

    QVBoxLayout* content() { return m_content; }
    void setTitle(const QString& title);
    void setFolded(bool folded);
    bool isOpen() const;

Q_SIGNALS:
    void openChanged(bool open);

private:
    QToolButton* m_title;
    QWidget* m_body;
    QVBoxLayout* m_content;
};

/// A sentence that wraps; plain text, because it may come from a file.
QLabel* makeSentence(QWidget* parent, const QString& text = {});

/// A row of a form whose label is the control's accessible name, and whose help is said on hover and on focus.
void addField(QFormLayout* form, const QString& label, QWidget* control, const QString& help);

QFormLayout* makeForm();

/// Chooses the entry with this data without telling anyone.
void showChoice(QComboBox* box, const QVariant& data);

/// A combo box that is as wide as its place and not as its longest entry.
QComboBox* makeChoice(QWidget* parent);

} // namespace modelarium
