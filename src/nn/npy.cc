#include "nn/npy.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

#include "base/file.h"
#include "nn/shapes.h"

namespace kinfolder {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

// The text after 'FIELD': in the header, a Python dictionary.
std::optional<std::string_view> ValueOf(std::string_view header, const std::string& field) {
  const std::string key = "'" + field + "':";
  const std::size_t place = header.find(key);
  if (place == std::string_view::npos) return std::nullopt;
  std::string_view value = header.substr(place + key.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

// "(3, 3, 64, 80)", "(64,)" or "()".
std::optional<Shape> ParseTuple(std::string_view text) {
  if (!text.starts_with('(')) return std::nullopt;
  text.remove_prefix(1);
  Shape shape;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (text.starts_with(')')) return shape;
    std::int64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc() || size < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    shape.push_back(size);
  }
}

// The header's text, and what follows it.
struct Parts {
  std::string_view header;
  std::span<const std::byte> data;
};

std::optional<Parts> Split(std::span<const std::byte> bytes) {
  const std::string_view text = AsText(bytes);
  constexpr std::size_t kVersionAt = kMagic.size();
  constexpr std::size_t kLengthAt = kVersionAt + 2;
  if (!text.starts_with(kMagic) || text.size() < kLengthAt + 4) return std::nullopt;
  const std::size_t length_bytes = text[kVersionAt] == 1 ? 2 : 4;  // version 1 has two bytes for the length
  std::size_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;)
    length = length << 8U | std::to_integer<std::size_t>(bytes[kLengthAt + i]);
  const std::size_t begin = kLengthAt + length_bytes;
  if (length > text.size() - begin) return std::nullopt;
  return Parts{text.substr(begin, length), bytes.subspan(begin + length)};
}

}  // namespace

Result<Tensor> ReadNpy(std::span<const std::byte> bytes, std::string_view name) {
  const auto parts = Split(bytes);
  if (!parts) return Fail(ErrorCode::kCorrupt, "{} is no NumPy array", name);
  const auto type = ValueOf(parts->header, "descr");
  const auto order = ValueOf(parts->header, "fortran_order");
  const auto sizes = ValueOf(parts->header, "shape");
  if (!type || !order || !sizes) return Fail(ErrorCode::kCorrupt, "{} is a NumPy array without a type or shape", name);
  if (!type->starts_with("'<f4'") || !order->starts_with("False")) {
    return Fail(ErrorCode::kUnsupported, "{} is a NumPy array, but not of float32 in C order", name);
  }
  auto shape = ParseTuple(*sizes);
  if (!shape) return Fail(ErrorCode::kCorrupt, "{} is a NumPy array with a shape that makes no sense", name);
  if (const Status status = CheckShape(*shape); !status) {
    return Fail(status.error().code, "{}: {}", name, status.error().message);
  }
  Tensor tensor{*std::move(shape), {}};
  const auto count = static_cast<std::size_t>(ElementCount(tensor.shape));
  if (parts->data.size() != count * sizeof(float)) {
    return Fail(ErrorCode::kCorrupt, "{} has {} bytes for the shape {}", name, parts->data.size(),
                ToString(tensor.shape));
  }
  tensor.values.resize(count);
  std::memcpy(tensor.values.data(), parts->data.data(), parts->data.size());
  return tensor;
}

}  // namespace kinfolder
