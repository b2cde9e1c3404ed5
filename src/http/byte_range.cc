#include "http/byte_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/number.h"

namespace kinfolder {
RangeChoice ChooseRange(std::string_view header, std::uint64_t size) {
  RangeChoice whole{200, {0, size}, ""};
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return whole;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::optional<std::uint64_t> from = ParseNumber<std::uint64_t>(header.substr(0, dash));
  const std::optional<std::uint64_t> to = ParseNumber<std::uint64_t>(header.substr(dash + 1));
  const bool from_written = dash > 0;
  const bool to_written = dash + 1 < header.size();
  if ((from_written && !from) || (to_written && !to) || (!from && !to) || (from && to && *from > *to)) return whole;

  const std::uint64_t offset = from ? *from : size - std::min(*to, size);
  if (offset >= size) return {416, {0, 0}, fmt::format("bytes */{}", size)};
  const std::uint64_t last = from && to ? std::min(*to, size - 1) : size - 1;
  return {206, {offset, last - offset + 1}, fmt::format("bytes {}-{}/{}", offset, last, size)};
}

}  // namespace kinfolder
