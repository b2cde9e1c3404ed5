// JSON values as text, made in one expression: Json::Object({{"photo", path}, {"faces", Json::Array(faces)}}).
// For writing only, and light to include.
#pragma once

#include <concepts>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kinfolder {

class Json {
 public:
  Json() : text_("null") {}
  // NOLINTBEGIN(google-explicit-constructor): what has a JSON value stands for it in an expression.
  Json(std::nullptr_t) : Json() {}
  Json(std::string_view value);  // bytes that are no UTF-8 become U+FFFD
  Json(const std::string& value) : Json(std::string_view(value)) {}
  Json(const char* value) : Json(std::string_view(value)) {}
  Json(const std::filesystem::path& value) : Json(std::string_view(value.native())) {}
  Json(std::same_as<bool> auto value) : text_(value ? "true" : "false") {}
  Json(std::integral auto value) requires(!std::same_as<decltype(value), bool>) : text_(std::to_string(value)) {}
  Json(float value);  // the shortest text that reads back as the same float; null for what is no number
  Json(double value);
  template <class T>
  Json(const std::optional<T>& value) : Json(value ? Json(*value) : Json()) {}
  // NOLINTEND(google-explicit-constructor)

  static Json Array(const std::vector<Json>& items);
  static Json Object(const std::vector<std::pair<std::string_view, Json>>& fields);

  // [convert(item), ...]
  template <class Range, class Convert>
  static Json ArrayOf(const Range& range, Convert convert) {
    std::vector<Json> items;
    items.reserve(std::size(range));
    for (const auto& item : range) items.push_back(convert(item));
    return Array(items);
  }

  const std::string& text() const { return text_; }  // one line

 private:
  static Json FromText(std::string text);

  std::string text_;
};

}  // namespace kinfolder
