#include "app/document/test_looks.h"

#include <algorithm>

namespace modelarium {
namespace {

/// The same rows are kept back: they are chosen by share, kind and seed, and for classes by the target.
bool sameTestRows(const Setup& a, const Setup& b)
{
    return a.source == b.source && a.testFraction == b.testFraction && a.holdOut == b.holdOut && a.seed == b.seed && targetColumn(a) == targetColumn(b);
}

/// A frozen model would be kept alive for nothing.
Setup choicesOf(Setup setup)
{
    setup.frozen.reset();
    setup.frozenRows.reset();
    return setup;
}

} // namespace

TestLooks::TestLooks(QObject* parent) : QObject(parent) {}

void TestLooks::look(const Setup& setup)
{
    if (!setup.source || setup.testFraction <= 0 || isSeen(setup))
        return;
    m_looks.push_back(choicesOf(setup));
    Q_EMIT changed();
}

bool TestLooks::isSeen(const Setup& setup) const
{
    return std::any_of(m_looks.begin(), m_looks.end(), [&](const Setup& seen) { return sameTraining(seen, setup); });
}

int TestLooks::count(const Setup& setup) const
{
    return int(std::count_if(m_looks.begin(), m_looks.end(), [&](const Setup& seen) { return sameTestRows(seen, setup); }));
}

void TestLooks::chooseThreshold(const Setup& setup)
{
    if (!setup.source || !setup.threshold || isThresholdChosenBy(setup))
        return;
    m_thresholds.push_back(choicesOf(setup));
    Q_EMIT changed();
}

bool TestLooks::isThresholdChosenBy(const Setup& setup) const
{
    return std::any_of(m_thresholds.begin(), m_thresholds.end(),
                       [&](const Setup& chosen) { return chosen.threshold == setup.threshold && chosen.positive == setup.positive && sameTestRows(chosen, setup); });
}

void TestLooks::setOpen(std::optional<bool> open)
{
    if (open == m_open)
        return;
    m_open = open;
    Q_EMIT changed();
}

bool TestLooks::isOpen(const Setup& setup) const
{
    return m_open.value_or(setup.source && setup.source->path.isEmpty());
}

QString TestLooks::sentence(const Setup& setup) const
{
    const int looks = count(setup);
    if (isThresholdChosenBy(setup)) {
        const QString chosen = tr("The threshold of this model was chosen by the test rows: their score is too good for it, and only rows that nobody chose by can tell how it does.");
        return looks < 2 ? chosen : tr("The test rows were looked at for %Ln different models.", nullptr, looks) + QStringLiteral(" ") + chosen;
    }
    if (looks == 0) {
        const bool others = std::any_of(m_looks.begin(), m_looks.end(), [&](const Setup& seen) { return seen.source == setup.source && targetColumn(seen) == targetColumn(setup); });
        return others ? tr("Nobody has looked at these test rows yet, but at others that were kept back before. Whoever draws until a score is good chooses by it, too.")
                      : tr("Nobody has looked at these test rows yet.");
    }
    if (looks == 1)
        return isSeen(setup) ? tr("The test rows were looked at once. For this model their score is honest, as long as nothing is chosen by it: no step, no threshold.")
                             : tr("The test rows were looked at once, for another model.");
    return tr("The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.",
              nullptr, looks);
}

} // namespace modelarium
