#include "http/password.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <system_error>

#include "base/file.h"

namespace kinfolder {
namespace {

std::filesystem::path PasswordFile(const std::filesystem::path& data) { return data / "password"; }

std::size_t CharactersIn(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

}  // namespace

Status SetPassword(const std::filesystem::path& data, std::string_view password) {
  if (CharactersIn(password) < kShortestPassword || password.size() > kLongestPassword) {
    return Fail(ErrorCode::kInvalidArgument, "a password has {} characters or more, and at most {} bytes",
                kShortestPassword, kLongestPassword);
  }
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (sodium_init() < 0 ||
      crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Fail(ErrorCode::kIo, "this machine has too little memory to hash a password");
  }
  return WriteSecretFile(PasswordFile(data), hash.data());
}

Status RemovePassword(const std::filesystem::path& data) {
  std::error_code error;
  if (std::filesystem::remove(PasswordFile(data), error)) return {};
  if (error) return Fail(FileError(error.value(), "remove", PasswordFile(data)));
  return Fail(ErrorCode::kNotFound, "no password is set");
}

std::optional<std::string> PasswordHash(const std::filesystem::path& data) {
  Result<std::string> hash = ReadTextFile(PasswordFile(data), crypto_pwhash_STRBYTES);
  if (!hash || hash->empty()) return std::nullopt;
  return *std::move(hash);
}

bool IsPassword(std::string_view password, const std::string& hash) {
  static std::mutex one_at_a_time;
  if (password.size() > kLongestPassword || hash.size() >= crypto_pwhash_STRBYTES || sodium_init() < 0) return false;
  const std::lock_guard lock(one_at_a_time);
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace kinfolder
