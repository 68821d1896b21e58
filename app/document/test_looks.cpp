#include "app/document/test_looks.h"

#include <algorithm>

namespace modelarium {
namespace {

/// The same rows are kept back: they are chosen by share, kind and seed, and for classes by the target.
bool sameTestRows(const Setup& a, const Setup& b)
{
    return a.source == b.source && a.testFraction == b.testFraction && a.holdOut == b.holdOut && a.seed == b.seed && targetColumn(a) == targetColumn(b);
}

} // namespace

TestLooks::TestLooks(QObject* parent) : QObject(parent) {}

void TestLooks::look(const Setup& setup)
{
    if (!setup.source || setup.testFraction <= 0 || isSeen(setup))
        return;
    Setup seen = setup;
    // Only the choices matter here; a frozen model would be kept alive for nothing.
    seen.frozen.reset();
    seen.frozenRows.reset();
    m_looks.push_back(std::move(seen));
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
    if (looks == 0)
        return tr("Nobody has looked at these test rows yet.");
    if (looks == 1)
        return isSeen(setup) ? tr("The test rows were looked at once. For this model their score is honest, as long as nothing is chosen by it: no step, no threshold.")
                             : tr("The test rows were looked at once, for another model.");
    return tr("The test rows were looked at for %Ln different models. The more often one chooses by them, the rosier their score.",
              nullptr, looks);
}

} // namespace modelarium
