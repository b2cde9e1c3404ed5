#include "catalog/person_name.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <optional>

namespace kinfolder {
namespace {

std::optional<icu::UnicodeString> FromUtf8(std::string_view text) {
  std::u16string buffer(text.size(), u'\0');  // UTF-16 never has more units than UTF-8 has bytes
  int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(buffer.data(), static_cast<int32_t>(buffer.size()), &length, text.data(),
                static_cast<int32_t>(text.size()), &error);
  if (U_FAILURE(error)) return std::nullopt;
  return icu::UnicodeString(buffer.data(), length);
}

bool IsControl(UChar32 character) {
  const auto kind = u_charType(character);
  return kind == U_CONTROL_CHAR || kind == U_LINE_SEPARATOR || kind == U_PARAGRAPH_SEPARATOR;
}

// Spaces, controls, and the invisible ones that join or order other letters.
bool IsBlank(UChar32 character) {
  return IsControl(character) || u_isUWhiteSpace(character) || u_charType(character) == U_FORMAT_CHAR;
}

// Invisible characters stay where they join letters; around the name, only spaces and controls go.
icu::UnicodeString Trimmed(const icu::UnicodeString& text) {
  const auto is_space = [](UChar32 character) { return IsControl(character) || u_isUWhiteSpace(character); };
  int32_t begin = 0;
  int32_t end = text.length();
  while (begin < end && is_space(text.char32At(begin))) begin = text.moveIndex32(begin, 1);
  while (begin < end && is_space(text.char32At(end - 1))) end = text.moveIndex32(end, -1);
  return {text, begin, end - begin};
}

template <class Predicate>
bool AllOf(const icu::UnicodeString& text, const Predicate& predicate) {
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (!predicate(text.char32At(i))) return false;
  }
  return true;
}

std::optional<icu::UnicodeString> Folded(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFDInstance(error);
  const icu::Normalizer2* compose = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return std::nullopt;
  icu::UnicodeString folded = decompose->normalize(text, error).foldCase();
  folded = compose->normalize(folded, error);
  if (U_FAILURE(error)) return std::nullopt;
  return folded;
}

std::string ToUtf8(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

}  // namespace

Result<PersonName> ParsePersonName(std::string_view name) {
  constexpr std::size_t kMaxBytes = 1000;  // far beyond any name, and short enough for every message
  if (name.size() > kMaxBytes) {
    return Fail(ErrorCode::kInvalidArgument, "a name of {} bytes is too long (up to {})", name.size(), kMaxBytes);
  }
  const auto text = FromUtf8(name);
  if (!text) return Fail(ErrorCode::kInvalidArgument, "the name is not valid UTF-8");
  const icu::UnicodeString trimmed = Trimmed(*text);
  if (AllOf(trimmed, IsBlank)) {
    return Fail(ErrorCode::kInvalidArgument, "a person needs a name with at least one visible character");
  }
  if (!AllOf(trimmed, [](UChar32 character) { return !IsControl(character); })) {
    return Fail(ErrorCode::kInvalidArgument, "a name can't have line breaks or other control characters in it");
  }
  const auto folded = Folded(trimmed);
  if (!folded) return Fail(ErrorCode::kInvalidArgument, "the name \"{}\" can't be compared with others", name);
  return PersonName{ToUtf8(trimmed), ToUtf8(*folded)};
}

}  // namespace kinfolder
