// Names of people: what is a name at all, and when two are the same.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kinfolder {

struct PersonName {
  std::string written;  // as the user wrote it, without space around it
  std::string folded;   // equal for names that differ only in case or in how an accent is encoded
};

// kInvalidArgument for what is not UTF-8, shows nothing (empty, only spaces or control characters), or has a line break
// or another control character inside. Caseless matching as in The Unicode Standard, section 3.13, D145.
Result<PersonName> ParsePersonName(std::string_view name);

}  // namespace kinfolder
