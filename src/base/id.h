// Row numbers that can't be mixed up: a PersonId is not a FaceId.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace kinfolder {

template <class Tag>
struct Id {
  std::int64_t value = 0;  // 0 is nobody's id

  // clang-tidy takes the 0 that the compiler compares the members' order with for a null pointer.
  auto operator<=>(const Id&) const = default;  // NOLINT(modernize-use-nullptr)
};

}  // namespace kinfolder

template <class Tag>
struct std::hash<kinfolder::Id<Tag>> {
  std::size_t operator()(kinfolder::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
