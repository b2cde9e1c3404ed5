#include "app/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/utf8.h"

namespace kinfolder {
namespace {

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
    const std::size_t length = Utf8Length(value, at);
    if (length == 1) {
      AppendEscaped(value[at], text_);
    } else {
      text_.append(length == 0 ? kReplacementCharacter : value.substr(at, length));
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
