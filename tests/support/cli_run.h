#pragma once

#include <nlohmann/json.hpp>

#include <QByteArray>
#include <QProcess>
#include <QStringList>

namespace modelarium::cli {

/// What the command line did: exit code -1 where it did not end by itself.
struct Run {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;

    /// What it printed; discarded() where that is no JSON.
    nlohmann::ordered_json json() const { return nlohmann::ordered_json::parse(out.constData(), out.constData() + out.size(), nullptr, false); }
};

inline Run run(const QStringList& arguments, const QByteArray& input = {})
{
    constexpr int patience = 120'000;
    QProcess process;
    process.start(QStringLiteral(MODELARIUM_CLI), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(patience) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

/// Arguments with blanks between them.
inline Run run(const QString& arguments, const QByteArray& input = {}) { return run(arguments.split(QLatin1Char(' ')), input); }

} // namespace modelarium::cli
