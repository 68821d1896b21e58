#pragma once

#include "core/data/csv_notes.h"
#include "core/data/csv_reader.h"

#include <vector>

namespace modelarium::csv {

/// The notes of a whole file as receipt entries: one for each kind of decision, with its first place.
std::vector<ReceiptEntry> receiptEntries(const Notes& notes, const Table& table);

} // namespace modelarium::csv
