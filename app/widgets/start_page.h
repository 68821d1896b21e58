#pragma once

#include <QList>
#include <QString>
#include <QWidget>

class QGridLayout;
class QLabel;

namespace modelarium {

/// Where to begin: a file of one's own, a sample with its lesson, a generator, or what was open last.
class StartPage : public QWidget {
    Q_OBJECT

public:
    struct Entry {
        QString id;
        QString title;
        QString text;                               ///< a lesson, or a folder
    };

    explicit StartPage(QWidget* parent = nullptr);

    void setSamples(const QList<Entry>& entries);
    void setGenerators(const QList<Entry>& entries);
    void setRecentFiles(const QList<Entry>& entries);

Q_SIGNALS:
    void openWanted();
    void closeWanted();
    void sampleChosen(const QString& id);
    void generatorChosen(const QString& id);
    void recentChosen(const QString& id);

private:
    using Signal = void (StartPage::*)(const QString&);
    void fill(QGridLayout* grid, const QList<Entry>& entries, Signal chosen);

    QLabel* m_recentTitle;
    QGridLayout* m_recent;
    QGridLayout* m_samples;
    QGridLayout* m_generators;
};

} // namespace modelarium
