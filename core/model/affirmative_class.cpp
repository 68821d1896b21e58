#include "core/model/affirmative_class.h"

#include "core/data/csv_cells.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace modelarium {

namespace {

/// Beside the pairs that make a column of yes and no.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> pairs{
    {{"negative", "positive"}, {"neg", "pos"}, {"absent", "present"}, {"0", "1"}, {"-", "+"}}};
constexpr std::array<std::string_view, 4> negations{"not", "no", "non", "without"};

/// Both in lower case.
bool negates(std::string_view no, std::string_view yes)
{
    if (yes.empty() || !no.ends_with(yes))
        return false;
    no.remove_suffix(yes.size());
    const bool isParted = no.size() > 1 && std::string_view(" -_").find(no.back()) != std::string_view::npos;
    return isParted && std::find(negations.begin(), negations.end(), no.substr(0, no.size() - 1)) != negations.end();
}

bool saysNoAndYes(const std::string& first, const std::string& second)
{
    const auto no = csv::booleanWord(first), yes = csv::booleanWord(second);
    if (no && yes && no->pair == yes->pair)
        return no->value < yes->value;
    const std::string before = csv::lowerCase(first), after = csv::lowerCase(second);
    return negates(before, after) || std::find(pairs.begin(), pairs.end(), std::pair<std::string_view, std::string_view>(before, after)) != pairs.end();
}

} // namespace

void putAffirmativeSecond(std::vector<std::string>& classes)
{
    if (classes.size() == 2 && saysNoAndYes(classes[1], classes[0]))
        std::swap(classes[0], classes[1]);
}

} // namespace modelarium
