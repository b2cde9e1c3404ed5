// SHA-256 of bytes: what tells one photo, model or archive from another.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kinfolder {

struct Sha256Digest {
  std::array<std::uint8_t, 32> bytes{};

  // clang-tidy takes the 0 that the compiler compares the members' order with for a null pointer.
  auto operator<=>(const Sha256Digest&) const = default;  // NOLINT(modernize-use-nullptr)
};

// 64 lower-case hexadecimal digits.
std::string ToHex(const Sha256Digest& digest);

// kInvalidArgument unless `hex` is 64 hexadecimal digits.
Result<Sha256Digest> DigestFromHex(std::string_view hex);

// Takes bytes in any pieces: Update, Update, ..., then Finish once.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::span<const std::byte> bytes);
  Sha256Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha256Digest Sha256Of(std::span<const std::byte> bytes);

// Reads the file in pieces; kNotFound, kPermissionDenied or kIo.
Result<Sha256Digest> Sha256OfFile(const std::filesystem::path& path);

}  // namespace kinfolder

template <>
struct std::hash<kinfolder::Sha256Digest> {
  std::size_t operator()(const kinfolder::Sha256Digest& digest) const noexcept;
};
