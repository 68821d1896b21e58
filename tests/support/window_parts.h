#pragma once

#include "app/document/experiment.h"

#include <QComboBox>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

namespace modelarium {

/// The control of a page with this accessible name; null where there is none.
template <class Control> Control* named(const QWidget& page, const QString& name)
{
    for (auto* control : page.findChildren<Control*>())
        if (control->accessibleName() == name)
            return control;
    return nullptr;
}

/// Opens the sample whose file has these letters in its name.
inline void openSample(Experiment& experiment, const char* letters)
{
    QSignalSpy loaded(&experiment.data(), &DataLoading::loaded);
    for (const SampleInfo& info : samples())
        if (info.file.contains(QLatin1String(letters)))
            experiment.data().openSample(info);
    QTRY_COMPARE(loaded.count(), 1);
}

} // namespace modelarium
