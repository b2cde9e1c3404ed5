// What the user sees: results on stdout, everything else on stderr.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/json.h"
#include "base/progress.h"
#include "domain/face.h"

namespace kinfolder {

class ProgressLine;

// Text as it may go to a terminal. Names of files hold any bytes: control characters, line breaks among them, and what
// is no UTF-8 become U+FFFD.
std::string Shown(std::string_view text);

class Console {
 public:
  explicit Console(bool show_progress);
  ~Console();

  // A line of the result, to stdout.
  template <class... Args>
  void Print(fmt::format_string<Args...> format, Args&&... args) {
    PrintLine(Shown(fmt::format(format, std::forward<Args>(args)...)));
  }
  // Not for what only converts to Json, as text does.
  void Print(const std::same_as<Json> auto& json) { PrintLine(json.text()); }

  // A line beside the result, to stderr.
  template <class... Args>
  void Note(fmt::format_string<Args...> format, Args&&... args) {
    NoteLine(Shown(fmt::format(format, std::forward<Args>(args)...)));
  }

  // As they are: what comes from names must have been through Shown.
  void PrintLine(std::string_view line);
  void NoteLine(std::string_view line);

  // Is there somebody who can answer?
  bool IsInteractive() const;
  // "QUESTION [Y/n] ": yes by default, no at the end of input.
  bool Ask(std::string_view question);
  // The line that is typed after "QUESTION "; nullopt at the end of input, or when a signal comes.
  std::optional<std::string> AskForLine(std::string_view question);

  // Begins a step of long work and returns what tells of it: one line that changes on a terminal, a line every ten
  // seconds elsewhere.
  ProgressFunction Progress(std::string_view step);

 private:
  std::unique_ptr<ProgressLine> progress_;
  bool show_progress_;
};

// "3 files could not be used:", then a line each, to stderr. Nothing for none.
void NoteFailures(Console& console, const std::vector<FailedPhoto>& failed);

// Columns of equal width, two spaces between, cells as Shown; the first row is the heading. Cells that are numbers
// stand to the right.
std::vector<std::string> TableLines(std::vector<std::vector<std::string>> rows);

// "1 photo", "2 photos".
std::string Counted(std::int64_t count, std::string_view one, std::string_view many);
// With the plural made by an s.
std::string Counted(std::int64_t count, std::string_view one);

}  // namespace kinfolder
