#include "domain/match.h"

#include <algorithm>
#include <array>

namespace kinfolder {
namespace {

constexpr std::array<std::string_view, 7> kDecisionNames = {"none",     "confirmed", "rejected", "not-a-face",
                                                            "stranger", "later",     "forgotten"};

}  // namespace

std::string_view NameOf(Decision decision) { return kDecisionNames[static_cast<std::size_t>(decision)]; }

std::optional<Decision> DecisionNamed(std::string_view name) {
  const auto* const found = std::find(kDecisionNames.begin(), kDecisionNames.end(), name);
  if (found == kDecisionNames.end()) return std::nullopt;
  return static_cast<Decision>(found - kDecisionNames.begin());
}

}  // namespace kinfolder
