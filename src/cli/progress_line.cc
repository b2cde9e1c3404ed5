#include "cli/progress_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "cli/console.h"

namespace kinfolder {
namespace {

constexpr auto kBetweenScreens = std::chrono::milliseconds(100);
constexpr auto kBetweenLines = std::chrono::seconds(10);

std::size_t TerminalWidth() {
  constexpr std::size_t kUsualWidth = 80;
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualWidth;
}

// At most `width` bytes, not cut within a character.
std::string Cut(std::string text, std::size_t width) {
  if (text.size() <= width) return text;
  while (width > 0 && (static_cast<unsigned char>(text[width]) & 0xC0) == 0x80) --width;
  text.resize(width);
  return text;
}

}  // namespace

std::string TimeLeft(std::chrono::duration<double> passed, std::uint64_t done, std::uint64_t total) {
  if (done == 0 || total <= done || passed.count() <= 0) return "";
  const double left = passed.count() / static_cast<double>(done) * static_cast<double>(total - done);
  const std::int64_t seconds = std::llround(left);
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 3600;
  if (seconds >= kHour) {
    return fmt::format("{}:{:02}:{:02}", seconds / kHour, seconds % kHour / kMinute, seconds % kMinute);
  }
  return fmt::format("{}:{:02}", seconds / kMinute, seconds % kMinute);
}

ProgressLine::ProgressLine(std::string_view step, bool on_terminal) : step_(step), on_terminal_(on_terminal) {}

void ProgressLine::Update(const ProgressUpdate& update) {
  const Clock::time_point now = Clock::now();
  const bool finished = update.total > 0 && update.done >= update.total;
  if (on_terminal_) {
    if (now - shown_ < kBetweenScreens && !finished) return;
    std::fputs(fmt::format("\r\x1b[K{}", Cut(Text(update, now), TerminalWidth() - 1)).c_str(), stderr);
    on_screen_ = true;
  } else {
    if (now - shown_ < kBetweenLines) return;
    std::fputs((Text(update, now) + "\n").c_str(), stderr);
  }
  shown_ = now;
}

void ProgressLine::Clear() {
  if (on_screen_) std::fputs("\r\x1b[K", stderr);
  on_screen_ = false;
}

std::string ProgressLine::Text(const ProgressUpdate& update, Clock::time_point now) const {
  const std::chrono::duration<double> passed = now - began_;
  std::string text = fmt::format("{}: {}", step_, update.done);
  if (update.total > 0) text += fmt::format(" of {}", update.total);
  if (passed.count() >= 1) text += fmt::format(", {:.1f}/s", static_cast<double>(update.done) / passed.count());
  if (const std::string left = TimeLeft(passed, update.done, update.total); !left.empty())
    text += fmt::format(", {} left", left);
  if (update.failed > 0) text += fmt::format(", {} failed", update.failed);
  if (!update.current.empty()) text += fmt::format(", {}", Shown(update.current));
  return text;
}

}  // namespace kinfolder
