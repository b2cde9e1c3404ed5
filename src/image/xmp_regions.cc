#include "image/xmp_regions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>

#include "base/number.h"
#include "base/utf8.h"
#include "image/exiv2_library.h"
#include "image/orientation.h"

namespace kinfolder {
namespace {

constexpr std::size_t kMaxNameBytes = 250;
// Regions stay right when a picture is resized, which rounds its sides.
constexpr double kSameShape = 0.01;
// Elements within each other: XMP has a dozen, and the toolkit's parser calls itself for each.
constexpr int kMaxXmpDepth = 100;

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<double> NumberIn(std::string_view text) {
  const std::optional<double> number = ParseNumber<double>(Trimmed(text));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

// The fields of one region, by what follows "[N]" in their keys.
using Fields = std::map<std::string, std::string, std::less<>>;

std::string Field(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

std::optional<Box> MwgBox(const Fields& fields, int orientation) {
  const std::string type = Field(fields, "/mwg-rs:Type");
  if (!type.empty() && type != "Face") return std::nullopt;
  const std::string unit = Field(fields, "/mwg-rs:Area/stArea:unit");
  if (!unit.empty() && unit != "normalized") return std::nullopt;
  const auto x = NumberIn(Field(fields, "/mwg-rs:Area/stArea:x"));
  const auto y = NumberIn(Field(fields, "/mwg-rs:Area/stArea:y"));
  const auto width = NumberIn(Field(fields, "/mwg-rs:Area/stArea:w"));
  const auto height = NumberIn(Field(fields, "/mwg-rs:Area/stArea:h"));
  if (!x || !y || !width || !height) return std::nullopt;
  return UprightBoxOf(*x - *width / 2, *y - *height / 2, *width, *height, orientation);
}

// "x, y, width, height".
std::optional<Box> MpBox(const Fields& fields, int orientation) {
  const std::string text = Field(fields, "/MPReg:Rectangle");
  std::array<double, 4> values{};
  std::string_view rest = text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto comma = rest.find(',');
    if ((comma == std::string_view::npos) != (i + 1 == values.size())) return std::nullopt;
    const std::optional<double> value = NumberIn(rest.substr(0, comma));
    if (!value) return std::nullopt;
    values[i] = *value;
    if (comma != std::string_view::npos) rest.remove_prefix(comma + 1);
  }
  return UprightBoxOf(values[0], values[1], values[2], values[3], orientation);
}

Size StoredSize(const PictureShape& shape) {
  return UprightSize(shape.upright_size, shape.orientation);  // turning sideways is its own inverse
}

// A rectangle, the square around a circle, or what holds a polygon.
std::optional<Box> IptcBox(const Fields& fields, const PictureShape& shape) {
  const std::string boundary = "/Iptc4xmpExt:RegionBoundary/Iptc4xmpExt:";
  const auto number = [&](const char* name) { return NumberIn(Field(fields, boundary + name)); };
  const Size stored = StoredSize(shape);
  const std::string unit = Field(fields, boundary + "rbUnit");
  if ((unit != "pixel" && unit != "relative") || stored.width <= 0 || stored.height <= 0) return std::nullopt;
  const double x_unit = unit == "pixel" ? stored.width : 1;
  const double y_unit = unit == "pixel" ? stored.height : 1;
  const std::string kind = Field(fields, boundary + "rbShape");
  const auto x = number("rbX");
  const auto y = number("rbY");
  if (kind == "rectangle") {
    const auto width = number("rbW");
    const auto height = number("rbH");
    if (!x || !y || !width || !height) return std::nullopt;
    return UprightBoxOf(*x / x_unit, *y / y_unit, *width / x_unit, *height / y_unit, shape.orientation);
  }
  if (kind == "circle") {
    const auto radius = number("rbRx");
    if (!x || !y || !radius) return std::nullopt;
    const double across = *radius / x_unit;  // of the width, as is a relative one
    const double down = across * stored.width / stored.height;
    return UprightBoxOf(*x / x_unit - across, *y / y_unit - down, 2 * across, 2 * down, shape.orientation);
  }
  if (kind != "polygon") return std::nullopt;
  double left = x_unit;
  double top = y_unit;
  double right = 0;
  double bottom = 0;
  for (const auto& [name, text] : fields) {
    const bool is_x = name.ends_with(":rbX");
    if (!name.starts_with(boundary + "rbVertices[") || (!is_x && !name.ends_with(":rbY"))) continue;
    const std::optional<double> value = NumberIn(text);
    if (!value) return std::nullopt;
    double& least = is_x ? left : top;
    double& most = is_x ? right : bottom;
    least = std::min(least, *value);
    most = std::max(most, *value);
  }
  return UprightBoxOf(left / x_unit, top / y_unit, (right - left) / x_unit, (bottom - top) / y_unit, shape.orientation);
}

std::string IptcName(const Fields& fields) {
  const std::string shown = Field(fields, "/Iptc4xmpExt:PersonInImage[1]");
  if (!shown.empty()) return Field(fields, "/Iptc4xmpExt:PersonInImage[2]").empty() ? shown : "";
  const bool is_human = std::ranges::any_of(fields, [](const auto& field) {
    return field.first.starts_with("/Iptc4xmpExt:rCtype[") && field.second.ends_with("newscodes/imageregiontype/human");
  });
  return is_human ? Field(fields, kIptcSyntax.name) : "";
}

RegionEntry EntryOf(std::size_t number, const Fields& fields, const RegionSyntax& syntax, const PictureShape& shape) {
  switch (syntax.field) {
    case TagField::kMwgRegion:
      return {number, Field(fields, syntax.name), MwgBox(fields, shape.orientation)};
    case TagField::kMpRegion:
      return {number, Field(fields, syntax.name), MpBox(fields, shape.orientation)};
    default:
      return {number, IptcName(fields), IptcBox(fields, shape)};
  }
}

// A simple value as it is, of a text in several languages the default one, and those of an array one by one.
void AddFields(const std::string& name, const Exiv2::Xmpdatum& datum, Fields& fields) {
  if (const auto* const texts = dynamic_cast<const Exiv2::LangAltValue*>(&datum.value())) {
    fields.emplace(name, texts->toString("x-default"));
  } else if (dynamic_cast<const Exiv2::XmpArrayValue*>(&datum.value()) != nullptr) {
    for (long i = 0; i < datum.count(); ++i) fields.emplace(fmt::format("{}[{}]", name, i + 1), datum.toString(i));
  } else {
    fields.emplace(name, datum.toString());
  }
}

// Where the tag that begins at `start` ends; quoted values may hold any '>'.
std::size_t EndOfTag(std::string_view xml, std::size_t start) {
  char quote = '\0';
  for (std::size_t at = start; at < xml.size(); ++at) {
    if (quote != '\0') {
      if (xml[at] == quote) quote = '\0';
    } else if (xml[at] == '"' || xml[at] == '\'') {
      quote = xml[at];
    } else if (xml[at] == '>') {
      return at;
    }
  }
  return xml.size();
}

bool IsTooDeep(std::string xml) {
  std::erase(xml, '\0');  // of UTF-16 and UTF-32: what marks tags is ASCII
  int depth = 0;
  std::size_t at = 0;
  while ((at = xml.find('<', at)) != std::string::npos) {
    const char next = at + 1 < xml.size() ? xml[at + 1] : '\0';
    if (next == '!' || next == '?') {
      ++at;
      continue;
    }
    const std::size_t end = EndOfTag(xml, at);
    if (next == '/') {
      --depth;
    } else if (xml[end - 1] != '/' && ++depth > kMaxXmpDepth) {
      return true;
    }
    at = end;
  }
  return false;
}

}  // namespace

std::optional<Box> UprightBoxOf(double x, double y, double width, double height, int orientation) {
  const auto is_fraction = [](double value) { return value >= 0 && value <= 1; };
  if (width <= 0 || height <= 0 || width > 1 || height > 1) return std::nullopt;
  if (!is_fraction(x + width / 2) || !is_fraction(y + height / 2)) return std::nullopt;
  const auto clamped = [](double value) { return static_cast<float>(std::clamp(value, 0.0, 1.0)); };
  const Box stored{clamped(x), clamped(y), clamped(x + width), clamped(y + height)};
  if (stored.area() <= 0) return std::nullopt;
  return UprightBox(stored, orientation);
}

RegionArray RegionsIn(const Exiv2::XmpData& xmp, const RegionSyntax& syntax, const PictureShape& shape) {
  const std::string start = std::string(syntax.list) + "[";
  std::map<std::size_t, Fields> by_number;
  RegionArray regions;
  for (const Exiv2::Xmpdatum& datum : xmp) {
    const std::string key = datum.key();
    if (!key.starts_with(start)) continue;
    const auto end = key.find(']', start.size());
    if (end == std::string::npos) continue;
    const auto number = ParseNumber<std::size_t>(std::string_view(key).substr(start.size(), end - start.size()));
    if (!number || *number == 0) continue;
    regions.last_number = std::max(regions.last_number, *number);
    if (*number <= kMaxRegions) AddFields(key.substr(end + 1), datum, by_number[*number]);
  }
  for (const auto& [number, fields] : by_number) regions.entries.push_back(EntryOf(number, fields, syntax, shape));
  return regions;
}

bool AreForAnotherShape(const Exiv2::XmpData& xmp, const PictureShape& shape) {
  const auto side = [&](const char* name) -> double {
    const auto found = xmp.findKey(Exiv2::XmpKey(std::string(kMwgSyntax.info) + "/mwg-rs:AppliedToDimensions/" + name));
    return found == xmp.end() ? 0 : NumberIn(found->toString()).value_or(0);
  };
  const double width = side("stDim:w");
  const double height = side("stDim:h");
  const Size stored = StoredSize(shape);
  if (width <= 0 || height <= 0 || stored.width <= 0 || stored.height <= 0) return false;
  return std::abs(width * stored.height / (height * stored.width) - 1) > kSameShape;
}

std::string UsableName(std::string_view text) {
  const std::string name(Trimmed(text));
  if (name.size() > kMaxNameBytes || !IsUtf8(name)) return "";
  if (std::ranges::any_of(name, [](unsigned char c) { return c < ' ' || c == 0x7F; })) return "";
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == "unknown" ? "" : name;
}

Result<Exiv2::XmpData> ParseXmp(const std::string& xmp) {
  Exiv2::XmpData data;
  if (xmp.empty()) return data;
  if (xmp.find("<!DOCTYPE") != std::string::npos) {
    return Fail(ErrorCode::kCorrupt, "its XMP has a document type, which no program writes");
  }
  if (IsTooDeep(xmp)) return Fail(ErrorCode::kCorrupt, "its XMP is nested deeper than any that programs write");
  try {
    StartExiv2();
    if (Exiv2::XmpParser::decode(data, xmp) == 0) return data;
  } catch (const std::exception&) {
    // Told below.
  }
  return Fail(ErrorCode::kCorrupt, "its XMP is damaged");
}

std::vector<std::string> TextsOf(const Exiv2::XmpData& xmp, const char* key) {
  std::vector<std::string> texts;
  const auto found = xmp.findKey(Exiv2::XmpKey(key));
  if (found == xmp.end()) return texts;
  if (found->typeId() == Exiv2::xmpText) return {found->toString()};  // whose count is that of its bytes
  for (long i = 0; i < found->count(); ++i) texts.push_back(found->toString(i));
  return texts;
}

}  // namespace kinfolder
