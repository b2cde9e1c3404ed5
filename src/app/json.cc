#include "app/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kinfolder {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool Continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// Bytes of the well-formed UTF-8 character at `at` (Unicode, table 3-7); 0 where there is none.
std::size_t CharacterLength(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!Continues(text, at + i)) return 0;
  }
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

void AppendEscaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  } else {
    out += c;
  }
}

template <class Number>
std::string NumberText(Number value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

}  // namespace

Json::Json(std::string_view value) {
  text_.push_back('"');
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t length = CharacterLength(value, at);
    if (length == 1) {
      AppendEscaped(value[at], text_);
    } else {
      text_.append(length == 0 ? kReplacement : value.substr(at, length));
    }
    at += std::max<std::size_t>(length, 1);
  }
  text_.push_back('"');
}

Json::Json(float value) : text_(NumberText(value)) {}
Json::Json(double value) : text_(NumberText(value)) {}

Json Json::Array(const std::vector<Json>& items) {
  std::string text(1, '[');
  for (const Json& item : items) {
    if (text.size() > 1) text.push_back(',');
    text.append(item.text_);
  }
  text.push_back(']');
  return FromText(std::move(text));
}

Json Json::Object(const std::vector<std::pair<std::string_view, Json>>& fields) {
  std::string text(1, '{');
  for (const auto& [name, value] : fields) {
    if (text.size() > 1) text.push_back(',');
    text.append(Json(name).text_).push_back(':');
    text.append(value.text_);
  }
  text.push_back('}');
  return FromText(std::move(text));
}

Json Json::FromText(std::string text) {
  Json json;
  json.text_ = std::move(text);
  return json;
}

}  // namespace kinfolder
