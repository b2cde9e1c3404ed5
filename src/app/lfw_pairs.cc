#include "app/lfw_pairs.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/file.h"
#include "base/number.h"

namespace kinfolder {
namespace {

// More folds or pairs than any published protocol has; keeps made-up headers from being believed.
constexpr int kMaxFolds = 1000;
constexpr int kMaxPairs = 1'000'000;
// A protocol of millions of pairs is far below this.
constexpr std::uint64_t kMaxPairsBytes = std::uint64_t{256} << 20;

std::vector<std::string_view> Words(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = line.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return words;
    const auto end = std::min(line.find_first_of(kBlank, begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

std::optional<int> PositiveNumber(std::string_view word, int largest) {
  const auto value = ParseNumber<int>(word);
  return value && *value >= 1 && *value <= largest ? value : std::nullopt;
}

// Lines one after the other, with their numbers for messages.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::vector<std::string_view> Next() {
    const auto end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    return Words(line);
  }

  int number() const { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

std::optional<std::filesystem::path> PhotoPath(std::string_view name, std::string_view number) {
  const std::optional<int> index = PositiveNumber(number, kMaxPairs);
  // A name is one folder's name: a list of pairs must not lead elsewhere.
  if (!index || name.find('/') != std::string_view::npos || name == "." || name == "..") return std::nullopt;
  return std::filesystem::path(name) / fmt::format("{}_{:04}.jpg", name, *index);
}

Result<PhotoPair> ReadPair(Lines& lines, bool same, int fold) {
  const std::vector<std::string_view> words = lines.Next();
  if (words.size() == (same ? 3U : 4U)) {
    const auto first = PhotoPath(words[0], words[1]);
    const auto second = same ? PhotoPath(words[0], words[2]) : PhotoPath(words[2], words[3]);
    if (first && second) return PhotoPair{*first, *second, same, fold};
  }
  return Fail(ErrorCode::kCorrupt, "line {} should be \"{}\"", lines.number(), same ? "NAME I J" : "NAME I OTHER J");
}

}  // namespace

Result<std::vector<PhotoPair>> ParseLfwPairs(std::string_view text) {
  Lines lines(text);
  const std::vector<std::string_view> header = lines.Next();
  const auto folds = header.size() == 2 ? PositiveNumber(header[0], kMaxFolds) : std::nullopt;
  const auto count = header.size() == 2 ? PositiveNumber(header[1], kMaxPairs) : std::nullopt;
  if (!folds || !count) {
    return Fail(ErrorCode::kCorrupt, "line 1 should be \"FOLDS COUNT\", the pairs of each kind in each fold");
  }
  std::vector<PhotoPair> pairs;
  for (int fold = 0; fold < *folds; ++fold) {
    for (const bool same : {true, false}) {
      for (int i = 0; i < *count; ++i) {
        ASSIGN_OR_RETURN(PhotoPair pair, ReadPair(lines, same, fold));
        pairs.push_back(std::move(pair));
      }
    }
  }
  return pairs;
}

Result<std::vector<PhotoPair>> ReadLfwPairs(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path, kMaxPairsBytes));
  Result<std::vector<PhotoPair>> pairs = ParseLfwPairs(text);
  if (!pairs) return Fail(pairs.error().code, "{}: {}", path.string(), pairs.error().message);
  return pairs;
}

}  // namespace kinfolder
