// Numbers in the bytes of files. For this folder only; the caller keeps inside the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kinfolder {

enum class ByteOrder { kLittle, kBig };

// The number of `count` bytes, at most four, at `at`.
inline std::uint32_t NumberAt(std::span<const std::byte> bytes, std::size_t at, std::size_t count, ByteOrder order) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    number = number << 8 | std::to_integer<std::uint32_t>(bytes[at + (order == ByteOrder::kBig ? i : count - 1 - i)]);
  }
  return number;
}

inline void PutNumber(std::span<std::byte> bytes, std::size_t at, std::size_t count, ByteOrder order,
                      std::uint64_t number) {
  for (std::size_t i = 0; i < count; ++i) {
    bytes[at + (order == ByteOrder::kLittle ? i : count - 1 - i)] = static_cast<std::byte>(number >> (8 * i) & 0xFF);
  }
}

inline void AppendNumber(std::vector<std::byte>& bytes, std::size_t count, ByteOrder order, std::uint64_t number) {
  bytes.resize(bytes.size() + count);
  PutNumber(bytes, bytes.size() - count, count, order, number);
}

}  // namespace kinfolder
