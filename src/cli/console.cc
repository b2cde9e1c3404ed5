#include "cli/console.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "base/utf8.h"
#include "cli/progress_line.h"

namespace kinfolder {
namespace {

// Characters, as a terminal shows them for most scripts.
std::size_t ShownWidth(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool IsNumber(std::string_view cell) {
  return !cell.empty() && cell.find_first_not_of("0123456789.,-") == std::string_view::npos;
}

// C0, DEL and C1 (U+0080 to U+009F, which begin with the byte C2).
bool IsControl(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

}  // namespace

std::string Shown(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = Utf8Length(text, at);
    const std::string_view character = text.substr(at, std::max<std::size_t>(length, 1));
    shown += length == 0 || IsControl(character) ? kReplacementCharacter : character;
    at += character.size();
  }
  return shown;
}

Console::Console(bool show_progress) : show_progress_(show_progress) {}
Console::~Console() = default;

void Console::PrintLine(std::string_view line) {
  if (progress_) progress_->Clear();
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

void Console::NoteLine(std::string_view line) {
  if (progress_) progress_->Clear();
  std::fflush(stdout);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

bool Console::IsInteractive() const { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool Console::Ask(std::string_view question) {
  const std::optional<std::string> answer = AskForLine(fmt::format("{} [Y/n]", question));
  return answer && (answer->empty() || answer->front() == 'y' || answer->front() == 'Y');
}

std::optional<std::string> Console::AskForLine(std::string_view question) {
  if (progress_) progress_->Clear();
  std::fputs(fmt::format("{} ", question).c_str(), stderr);
  // A signal ends poll, where it would only pause the reading of a line.
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (::poll(&input, 1, -1) < 0) {
    std::fputc('\n', stderr);
    return std::nullopt;
  }
  std::string answer;
  if (!std::getline(std::cin, answer)) return std::nullopt;
  return answer;
}

ProgressFunction Console::Progress(std::string_view step) {
  progress_.reset();
  if (!show_progress_) return {};
  progress_ = std::make_unique<ProgressLine>(step, ::isatty(STDERR_FILENO) == 1);
  return [line = progress_.get()](const ProgressUpdate& update) { line->Update(update); };
}

void NoteFailures(Console& console, const std::vector<FailedPhoto>& failed) {
  if (failed.empty()) return;
  console.Note("{} could not be used:", Counted(static_cast<std::int64_t>(failed.size()), "file"));
  for (const FailedPhoto& photo : failed) console.Note("  {}", photo.error.message);
}

std::vector<std::string> TableLines(std::vector<std::vector<std::string>> rows) {
  for (auto& row : rows) std::transform(row.begin(), row.end(), row.begin(), Shown);
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], ShownWidth(row[i]));
  }
  // A heading stands as its column's cells do.
  std::vector<bool> right(widths.size(), rows.size() > 1);
  for (std::size_t r = 1; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) right[i] = right[i] && IsNumber(rows[r][i]);
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - ShownWidth(row[i]), ' ');
      if (i > 0) line += "  ";
      line += right[i] ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string Counted(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string Counted(std::int64_t count, std::string_view one) { return Counted(count, one, fmt::format("{}s", one)); }

}  // namespace kinfolder
