#pragma once

#include "core/base/hash.h"

#include <nlohmann/json.hpp>

#include <string>

namespace modelarium::test {

/// A model file's document with a checksum that fits: what somebody would write who means harm, or another program.
inline std::string signedText(nlohmann::json document)
{
    document.erase("sha256");
    document["sha256"] = sha256(document.dump());
    return document.dump();
}

} // namespace modelarium::test
