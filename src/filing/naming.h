// Names for folders and files that every file system takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kinfolder {

inline constexpr std::size_t kMaxNameBytes = 200;  // leaves room for a number and an ending below the usual 255

// One path component that is safe on Linux, macOS and Windows: Unicode NFC, no control characters or <>:"/\|?*, no
// leading or trailing spaces, no trailing dots, none of Windows' reserved names, no leading dot, at most
// kMaxNameBytes of UTF-8 cut between characters (before the ending, "….jpg" keeps it). Never empty ("_" at least).
// Invalid UTF-8 is replaced by U+FFFD. Safe names come back as they are.
std::string SafeName(std::string_view name);

// What two names have in common when a file system without regard to case or normalisation takes them for one.
// Coarser than any such file system (Unicode's NFKC_Casefold): names it takes for different are different everywhere.
std::string NameKey(std::string_view name);

// SafeName of each, made unique by NameKey with " (2)", " (3)", ...; the result depends only on the names and their
// order.
std::vector<std::string> SafeUniqueNames(const std::vector<std::string>& names);

// The same with the number before the ending: "IMG_1 (2).jpg".
std::vector<std::string> SafeUniqueFileNames(const std::vector<std::string>& names);

// "IMG_1.jpg", 2 -> "IMG_1 (2).jpg".
std::string NumberedName(std::string_view file_name, int number);

}  // namespace kinfolder
