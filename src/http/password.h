// The password that lets browsers on other machines in. Only its hash is kept, in the data folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kinfolder {

inline constexpr std::size_t kShortestPassword = 8;    // characters (NIST SP 800-63B, section 5.1.1.2)
inline constexpr std::size_t kLongestPassword = 1024;  // bytes

// Keeps the password's hash: Argon2id (RFC 9106) with a salt of its own, 64 MiB and two passes. kInvalidArgument for
// one that is too short or too long.
Status SetPassword(const std::filesystem::path& data, std::string_view password);

// kNotFound where none is set.
Status RemovePassword(const std::filesystem::path& data);

// The hash in the PHC string format, "$argon2id$..."; nullopt where no password is set.
std::optional<std::string> PasswordHash(const std::filesystem::path& data);

// One caller at a time is served, so that many who ask take no more memory and processors than one.
bool IsPassword(std::string_view password, const std::string& hash);

}  // namespace kinfolder
