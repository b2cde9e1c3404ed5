#include "app/boxes_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/number.h"

namespace kinfolder {
namespace {

constexpr std::array<std::string_view, 5> kColumns = {"image", "x", "y", "width", "height"};

// What stands before the next `separator` is taken off the front of `text`.
std::string_view Take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

std::vector<std::string_view> Cells(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string_view> cells;
  while (!line.empty()) cells.push_back(Take(line, '\t'));
  return cells;
}

std::optional<float> Number(std::string_view cell) {
  const auto value = ParseNumber<float>(cell);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// Where each of kColumns stands in a line.
using Places = std::array<std::size_t, kColumns.size()>;

Result<Places> FindColumns(const std::vector<std::string_view>& header) {
  Places places{};
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const auto found = std::ranges::find(header, kColumns[i]);
    if (found == header.end()) return Fail(ErrorCode::kCorrupt, "line 1 names no column \"{}\"", kColumns[i]);
    places[i] = static_cast<std::size_t>(found - header.begin());
  }
  return places;
}

struct Row {
  std::string_view photo;
  Box box;
};

std::optional<Row> ParseRow(const std::vector<std::string_view>& cells, const Places& places) {
  if (cells.size() <= std::ranges::max(places)) return std::nullopt;
  const std::string_view photo = cells[places[0]];
  const auto x = Number(cells[places[1]]);
  const auto y = Number(cells[places[2]]);
  const auto width = Number(cells[places[3]]);
  const auto height = Number(cells[places[4]]);
  // A table of boxes must not lead out of the folder of images.
  const std::filesystem::path path(photo);
  if (photo.empty() || path.is_absolute() || std::ranges::find(path, "..") != path.end()) return std::nullopt;
  if (!x || !y || !width || !height || *width < 0 || *height < 0) return std::nullopt;
  return Row{photo, {*x, *y, *x + *width, *y + *height}};
}

}  // namespace

Result<BoxesByPhoto> ParseBoxesTable(std::string_view text) {
  ASSIGN_OR_RETURN(const Places places, FindColumns(Cells(Take(text, '\n'))));
  BoxesByPhoto boxes;
  for (int line = 2; !text.empty(); ++line) {
    const std::vector<std::string_view> cells = Cells(Take(text, '\n'));
    if (cells.empty()) continue;
    const std::optional<Row> row = ParseRow(cells, places);
    if (!row) return Fail(ErrorCode::kCorrupt, "line {} is no photo with a box", line);
    std::vector<Box>& of_photo = boxes[std::string(row->photo)];
    if (row->box.area() > 0) of_photo.push_back(row->box);
  }
  return boxes;
}

}  // namespace kinfolder
