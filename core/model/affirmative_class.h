#pragma once

#include <string>
#include <vector>

namespace modelarium {

/// Puts the class that says yes second where one of the two says no: "negative", "positive"; "0", "1"; "not ill", "ill". All other
/// classes stay as they come, in a file in the order in which its rows name them.
void putAffirmativeSecond(std::vector<std::string>& classes);

} // namespace modelarium
