#include "domain/photo.h"

#include <fmt/format.h>

#include <charconv>

namespace kinfolder {
namespace {

// Takes `digits` digits off the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || value < 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool TakeAnyOf(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace

std::string ToString(const LocalTime& time) {
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", time.year, time.month, time.day, time.hour, time.minute,
                     time.second);
}

std::optional<LocalTime> ParseLocalTime(std::string_view text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !TakeAnyOf(text, "-:")) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeAnyOf(text, "-:")) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day || *year < 1800 || *year > 2200 || *month < 1 || *month > 12 || *day < 1 ||
      *day > DaysInMonth(*year, *month)) {
    return std::nullopt;
  }
  LocalTime time{*year, *month, *day, 0, 0, 0};
  if (!TakeAnyOf(text, "T ")) return time;
  const auto hour = TakeNumber(text, 2);
  if (!hour || !TakeAnyOf(text, ":")) return time;
  const auto minute = TakeNumber(text, 2);
  const auto second = minute && TakeAnyOf(text, ":") ? TakeNumber(text, 2) : std::optional<int>(0);
  if (!minute || !second || *hour > 23 || *minute > 59 || *second > 60) return time;
  time.hour = *hour;
  time.minute = *minute;
  time.second = std::min(*second, 59);
  return time;
}

}  // namespace kinfolder
