// What error codes are called where programs read them: in the catalogue, in replies.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace kinfolder {

// "not-found", for kNotFound.
std::string_view NameOf(ErrorCode code);

std::optional<ErrorCode> ErrorCodeNamed(std::string_view name);

}  // namespace kinfolder
