#include "base/error_name.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kinfolder {
namespace {

constexpr std::array<std::pair<ErrorCode, std::string_view>, 12> kCodeNames{{
    {ErrorCode::kInvalidArgument, "invalid-argument"},
    {ErrorCode::kNotFound, "not-found"},
    {ErrorCode::kPermissionDenied, "permission-denied"},
    {ErrorCode::kAlreadyExists, "already-exists"},
    {ErrorCode::kUnsupported, "unsupported"},
    {ErrorCode::kCorrupt, "corrupt"},
    {ErrorCode::kTooLarge, "too-large"},
    {ErrorCode::kNoSpace, "no-space"},
    {ErrorCode::kIo, "io"},
    {ErrorCode::kNetwork, "network"},
    {ErrorCode::kLocked, "locked"},
    {ErrorCode::kInterrupted, "interrupted"},
}};

}  // namespace

std::string_view NameOf(ErrorCode code) {
  return std::find_if(kCodeNames.begin(), kCodeNames.end(), [&](const auto& entry) { return entry.first == code; })
      ->second;
}

std::optional<ErrorCode> ErrorCodeNamed(std::string_view name) {
  const auto* const entry =
      std::find_if(kCodeNames.begin(), kCodeNames.end(), [&](const auto& known) { return known.second == name; });
  if (entry == kCodeNames.end()) return std::nullopt;
  return entry->first;
}

}  // namespace kinfolder
