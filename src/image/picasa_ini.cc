#include "image/picasa_ini.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "base/number.h"
#include "base/utf8.h"
#include "image/xmp_regions.h"

namespace kinfolder {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// Picasa's quarters clockwise, taken back: as the EXIF orientation that does so.
constexpr std::array<int, 4> kTurnedBack = {1, 8, 3, 6};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// What comes before the separator; `rest` is what follows it.
std::string_view Take(std::string_view& rest, char separator) {
  const std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

// Calls `visit` with the section in lower case, the key and the value of each line that has them.
void ForEachValue(std::string_view ini,
                  const std::function<void(const std::string&, std::string_view, std::string_view)>& visit) {
  std::string section;
  if (ini.starts_with(kByteOrderMark)) ini.remove_prefix(kByteOrderMark.size());
  while (!ini.empty()) {
    std::string_view line = Take(ini, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('[') && line.ends_with(']')) {
      section = Lower(line.substr(1, line.size() - 2));
    } else if (line.find('=') != std::string_view::npos) {
      const std::string_view key = Take(line, '=');
      visit(section, key, line);
    }
  }
}

// "rect64(3f845bcb59418507)": left, top, right and bottom in 65535ths, of which leading zeros are left out.
std::optional<Box> BoxIn(std::string_view rect, int orientation) {
  constexpr std::string_view kStart = "rect64(";
  constexpr double kWhole = 65535;
  if (!rect.starts_with(kStart) || !rect.ends_with(')')) return std::nullopt;
  rect = rect.substr(kStart.size(), rect.size() - kStart.size() - 1);
  std::uint64_t bits = 0;
  const auto [end, error] = std::from_chars(rect.data(), rect.data() + rect.size(), bits, 16);
  if (error != std::errc() || end != rect.data() + rect.size()) return std::nullopt;
  const auto side = [&](int shift) { return static_cast<double>(bits >> shift & 0xFFFF) / kWhole; };
  return UprightBoxOf(side(48), side(32), side(16) - side(48), side(0) - side(32), orientation);
}

// "rotate(1)" -> 1; nullopt for anything else.
std::optional<std::size_t> QuartersIn(std::string_view text) {
  constexpr std::string_view kStart = "rotate(";
  if (!text.starts_with(kStart) || !text.ends_with(')')) return std::nullopt;
  const auto quarters = ParseNumber<std::size_t>(text.substr(kStart.size(), text.size() - kStart.size() - 1));
  return quarters && *quarters < kTurnedBack.size() ? quarters : std::nullopt;
}

// "Anna;anna@example.org;" in Contacts2. Older files have the number of an address book there, which names nobody.
std::string NameIn(std::string_view contact) {
  if (contact.find(';') == std::string_view::npos && contact.find("_lh,") != std::string_view::npos) return "";
  return UsableName(Take(contact, ';'));
}

}  // namespace

Result<FaceTags> ParsePicasaIni(std::string_view ini, std::string_view file_name) {
  if (!IsUtf8(ini) || ini.find('\0') != std::string_view::npos) {
    return Fail(ErrorCode::kCorrupt, "it is no text as Picasa writes it");
  }
  std::map<std::string, std::string> names;  // by contact; those of Contacts2 count
  std::string_view faces;
  std::size_t quarters = 0;
  ForEachValue(ini,
               [&, photo = Lower(file_name)](const std::string& section, std::string_view key, std::string_view value) {
                 if (section == "contacts2") {
                   names[Lower(key)] = NameIn(value);
                 } else if (section == "contacts") {
                   names.emplace(Lower(key), NameIn(value));
                 } else if (section == photo && key == "faces") {
                   faces = value;
                 } else if (section == photo && key == "rotate") {
                   quarters = QuartersIn(value).value_or(0);
                 }
               });
  FaceTags tags;
  while (!faces.empty() && tags.regions.size() < kMaxRegions) {
    std::string_view face = Take(faces, ';');
    const std::optional<Box> box = BoxIn(Take(face, ','), kTurnedBack.at(quarters));
    const auto name = names.find(Lower(face));  // "ffffffffffffffff", a face without a name, is no contact
    if (box && name != names.end() && !name->second.empty()) {
      tags.regions.push_back({name->second, *box, TagField::kPicasaFace});
    }
  }
  return tags;
}

}  // namespace kinfolder
