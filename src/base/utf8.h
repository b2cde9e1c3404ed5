// UTF-8, as names of files hold it or don't.
#pragma once

#include <cstddef>
#include <string_view>

namespace kinfolder {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// Bytes of the well-formed UTF-8 character at `at` (Unicode, table 3-7); 0 where there is none.
std::size_t Utf8Length(std::string_view text, std::size_t at);

// Well-formed from beginning to end.
bool IsUtf8(std::string_view text);

}  // namespace kinfolder
