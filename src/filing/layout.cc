#include "filing/layout.h"

#include <algorithm>
#include <array>
#include <utility>

#include "filing/naming.h"

namespace kinfolder {

Result<Layout> Layout::Parse(std::string_view text) {
  Layout layout;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    ASSIGN_OR_RETURN(Part part, ParsePart(text, text.substr(begin, end - begin)));
    layout.parts_.push_back(std::move(part));
    begin = end + 1;
  }
  const Part& first = layout.parts_.front();
  if (first.size() != 1 || first[0].field != Field::kPerson) {
    return Fail(ErrorCode::kInvalidArgument, "the layout \"{}\" does not start with {{person}}/", text);
  }
  const Part& last = layout.parts_.back();
  if (std::none_of(last.begin(), last.end(), [](const Piece& piece) { return piece.field == Field::kName; })) {
    return Fail(ErrorCode::kInvalidArgument, "the layout \"{}\" does not hold {{name}} in its last part", text);
  }
  return layout;
}

Result<Layout::Part> Layout::ParsePart(std::string_view layout, std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, Field>, 5> kFields = {{{"{person}", Field::kPerson},
                                                                                 {"{year}", Field::kYear},
                                                                                 {"{month}", Field::kMonth},
                                                                                 {"{day}", Field::kDay},
                                                                                 {"{name}", Field::kName}}};
  if (text.empty() || text == "." || text == "..") {
    return Fail(ErrorCode::kInvalidArgument, "the layout \"{}\" has an empty part, \".\" or \"..\"", layout);
  }
  Part part;
  while (!text.empty()) {
    const auto* const field = std::find_if(kFields.begin(), kFields.end(),
                                           [&](const auto& candidate) { return text.starts_with(candidate.first); });
    if (field != kFields.end()) {
      part.push_back({field->second, {}});
      text.remove_prefix(field->first.size());
      continue;
    }
    const std::size_t end = std::min(text.find('{'), text.size());
    if (end == 0 || text.substr(0, end).find('}') != std::string_view::npos) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the layout \"{}\" has a field other than {{person}}, {{year}}, {{month}}, {{day}} and {{name}}",
                  layout);
    }
    part.push_back({Field::kText, std::string(text.substr(0, end))});
    text.remove_prefix(end);
  }
  return part;
}

std::vector<std::string> Layout::Fill(const std::string& person_folder, const std::optional<LocalTime>& taken_at,
                                      const std::string& file_name) const {
  const auto value_of = [&](const Piece& piece) -> std::string {
    switch (piece.field) {
      case Field::kText:
        return piece.text;
      case Field::kPerson:
        return person_folder;
      case Field::kYear:
        return taken_at ? fmt::format("{:04}", taken_at->year) : "undated";
      case Field::kMonth:
        return taken_at ? fmt::format("{:02}", taken_at->month) : "";
      case Field::kDay:
        return taken_at ? fmt::format("{:02}", taken_at->day) : "";
      case Field::kName:
        return file_name;
    }
    return {};
  };
  std::vector<std::string> names = {person_folder};
  for (auto part = parts_.begin() + 1; part != parts_.end(); ++part) {
    std::string name;
    std::string text;  // waits for the field after it
    for (const Piece& piece : *part) {
      const std::string value = value_of(piece);
      if (piece.field == Field::kText) {
        text = value;
      } else {
        if (!value.empty()) name += text + value;
        text.clear();
      }
    }
    name += text;
    if (!name.empty()) names.push_back(SafeName(name));
  }
  return names;
}

}  // namespace kinfolder
