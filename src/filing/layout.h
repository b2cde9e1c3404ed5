// Layouts: where below the people folder a photo goes, as a path with fields.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/photo.h"

namespace kinfolder {

// A path of {person}, {year}, {month}, {day} and {name} (the original file name), e.g.
// "{person}/{year}-{month}/{name}".
class Layout {
 public:
  // kInvalidArgument, with what is wrong, unless the first part is {person} and the last holds {name}.
  static Result<Layout> Parse(std::string_view text);

  // The safe names of the folders and, last, of the file. Without a date {year} is "undated", and {month} and {day}
  // vanish with the text before them; a part that becomes empty vanishes too.
  std::vector<std::string> Fill(const std::string& person_folder, const std::optional<LocalTime>& taken_at,
                                const std::string& file_name) const;

 private:
  enum class Field { kText, kPerson, kYear, kMonth, kDay, kName };
  struct Piece {
    Field field = Field::kText;
    std::string text;
  };
  using Part = std::vector<Piece>;

  static Result<Part> ParsePart(std::string_view layout, std::string_view text);

  std::vector<Part> parts_;
};

}  // namespace kinfolder
