#pragma once

#include "app/document/run_log.h"

#include <QImage>
#include <QString>

#include <functional>
#include <vector>

namespace modelarium {

/// One run as it stands on the sheet.
struct SheetRun {
    RunPtr run;
    QString changes;
    QString note;
    bool testVisible = false;                       ///< otherwise the test score is under seal on paper too
    int looks = 0;                                  ///< different models whose score on the same test rows was looked at
    bool thresholdChosenByTest = false;
    QImage picture;
};

/// Writes a comparison of runs: a table (.csv), or a sheet to hand in (.html, .pdf). Empty on success, a sentence otherwise.
QString saveRunSheet(const QString& path, const std::vector<SheetRun>& runs);

/// The sheet as HTML with its pictures in it, a table for each target; `pictureOf` gives the address of each.
QString runSheetHtml(const std::vector<SheetRun>& runs, const std::function<QString(const SheetRun&)>& pictureOf);
Table runSheetTable(const std::vector<SheetRun>& runs);

} // namespace modelarium
