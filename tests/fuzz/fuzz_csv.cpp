// Bytes to table: no input may crash the reader, hang it, or give another table when it is cut elsewhere.

#include "core/data/csv_reader.h"
#include "core/data/csv_writer.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace modelarium;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    CsvOptions cut;
    cut.chunkBytes = 1 + size % 13;
    CsvOptions whole;
    whole.maximumBytes = cut.maximumBytes = std::size_t(1) << 24;
    const auto inPieces = readCsvBytes(bytes, cut);
    const auto atOnce = readCsvBytes(bytes, whole);
    if (inPieces.hasValue() != atOnce.hasValue())
        std::abort();
    if (atOnce && csvText(inPieces->table) != csvText(atOnce->table))
        std::abort();
    return 0;
}
