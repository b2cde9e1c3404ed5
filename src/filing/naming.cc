#include "filing/naming.h"

#include <fmt/format.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"

namespace kinfolder {
namespace {

constexpr std::size_t kMaxInputBytes = std::size_t{1} << 20;  // far beyond any name; ICU counts in 32 bits
constexpr std::size_t kMaxEndingBytes = 16;                   // ".jpeg", ".photoslibrary"; longer is no file ending

icu::UnicodeString FromUtf8(std::string_view text) {
  text = text.substr(0, kMaxInputBytes);
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::string ToUtf8(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

using NormalizerGetter = const icu::Normalizer2* (*)(UErrorCode&);

icu::UnicodeString Normalized(const icu::UnicodeString& text, NormalizerGetter get) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = get(error);
  CHECK(U_SUCCESS(error));  // the data is part of the library
  icu::UnicodeString normalized = normalizer->normalize(text, error);
  CHECK(U_SUCCESS(error));
  return normalized;
}

UChar32 SafeCharacter(UChar32 character) {
  static constexpr std::string_view kForbidden = "<>:\"/\\|?*";  // Windows; '/' and ':' elsewhere too
  if (character < 0x80 && kForbidden.find(static_cast<char>(character)) != std::string_view::npos) return '_';
  const auto category = u_charType(character);
  if (category == U_CONTROL_CHAR || category == U_LINE_SEPARATOR || category == U_PARAGRAPH_SEPARATOR) return '_';
  return U_IS_UNICODE_NONCHAR(character) ? 0xFFFD : character;
}

icu::UnicodeString WithSafeCharacters(const icu::UnicodeString& text) {
  icu::UnicodeString safe;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) safe.append(SafeCharacter(text.char32At(i)));
  return safe;
}

bool IsSpace(UChar32 character) { return u_isUWhiteSpace(character) != 0; }

// Without spaces at both ends and dots at the right one.
icu::UnicodeString Trimmed(const icu::UnicodeString& text) {
  std::int32_t begin = 0;
  std::int32_t end = text.length();
  while (begin < end && IsSpace(text.charAt(begin))) ++begin;  // all white space is in the basic plane
  while (end > begin && (IsSpace(text.charAt(end - 1)) || text.charAt(end - 1) == u'.')) --end;
  return {text, begin, end - begin};
}

std::size_t EndingStart(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot > kMaxEndingBytes) return name.size();
  return name.find(' ', dot) == std::string_view::npos ? dot : name.size();
}

// At most `bytes` of valid UTF-8, whole characters, with no space or dot at the end.
std::string Cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && U8_IS_TRAIL(static_cast<std::uint8_t>(text[bytes]))) --bytes;
  return ToUtf8(Trimmed(FromUtf8(text.substr(0, bytes))));
}

std::string CutBeforeEnding(const std::string& name) {
  if (name.size() <= kMaxNameBytes) return name;
  const std::string_view ending = std::string_view(name).substr(EndingStart(name));
  return Cut(std::string_view(name).substr(0, name.size() - ending.size()), kMaxNameBytes - ending.size())
      .append(ending);
}

// https://learn.microsoft.com/windows/win32/fileio/naming-a-file: also with any ending, and with spaces before it.
bool IsReservedOnWindows(std::string_view name) {
  std::string stem(name.substr(0, name.find('.')));
  stem.erase(stem.find_last_not_of(' ') + 1);
  std::transform(stem.begin(), stem.end(), stem.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  static constexpr std::array<std::string_view, 6> kDevices = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
  if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) return true;
  if (!stem.starts_with("COM") && !stem.starts_with("LPT")) return false;
  const std::string port = stem.substr(3);
  return (port.size() == 1 && port[0] >= '0' && port[0] <= '9') || port == "¹" || port == "²" || port == "³";
}

// With the number before `ending`, which ends the name; cut so that it stays within kMaxNameBytes.
std::string WithNumber(std::string_view name, int number, std::string_view ending) {
  const std::string suffix = fmt::format(" ({}){}", number, ending);
  name.remove_suffix(ending.size());
  return Cut(name, kMaxNameBytes - suffix.size()) + suffix;
}

using EndingOf = std::string_view (*)(std::string_view name);

std::vector<std::string> MakeUnique(const std::vector<std::string>& names, EndingOf ending_of) {
  std::vector<std::string> unique;
  std::unordered_set<std::string> taken;
  std::unordered_map<std::string, int> next_number;  // by the key without a number
  for (const std::string& name : names) {
    const std::string safe = SafeName(name);
    std::string candidate = safe;
    int& number = next_number.try_emplace(NameKey(safe), 2).first->second;
    while (!taken.insert(NameKey(candidate)).second) candidate = WithNumber(safe, number++, ending_of(safe));
    unique.push_back(std::move(candidate));
  }
  return unique;
}

}  // namespace

std::string SafeName(std::string_view name) {
  const icu::UnicodeString text = Normalized(FromUtf8(name), &icu::Normalizer2::getNFCInstance);
  std::string safe = CutBeforeEnding(ToUtf8(Trimmed(WithSafeCharacters(text))));
  if (safe.empty()) return "_";
  if (safe.front() == '.') safe.front() = '_';
  return IsReservedOnWindows(safe) ? CutBeforeEnding("_" + safe) : safe;
}

std::string NameKey(std::string_view name) {
  if (std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    std::string key(name);
    for (char& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return key;
  }
  // Decomposed first: Unicode's definition D147 of matching without regard to case.
  const icu::UnicodeString decomposed = Normalized(FromUtf8(name), &icu::Normalizer2::getNFDInstance);
  return ToUtf8(Normalized(decomposed, &icu::Normalizer2::getNFKCCasefoldInstance));
}

std::vector<std::string> SafeUniqueNames(const std::vector<std::string>& names) {
  return MakeUnique(names, [](std::string_view) { return std::string_view(); });
}

std::vector<std::string> SafeUniqueFileNames(const std::vector<std::string>& names) {
  return MakeUnique(names, [](std::string_view name) { return name.substr(EndingStart(name)); });
}

std::string NumberedName(std::string_view file_name, int number) {
  const std::size_t ending = EndingStart(file_name);
  return fmt::format("{} ({}){}", file_name.substr(0, ending), number, file_name.substr(ending));
}

}  // namespace kinfolder
