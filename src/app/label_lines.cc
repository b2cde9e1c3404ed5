#include "app/label_lines.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "catalog/person_name.h"

namespace kinfolder {
namespace {

constexpr const char* kPersonLabel = "person";

// A hundredth of a pixel: finer than any detector, and the same again when it was read and is written once more.
double Rounded(float pixels) { return std::round(static_cast<double>(pixels) * 100) / 100; }

Json LabelAsJson(const PersonLabel& label) {
  return Json::Object(
      {{"label", kPersonLabel}, {"person", label.name}, {"time", label.time}, {"origin", label.origin}});
}

Json LabelAsJson(const FaceLabel& label) {
  std::vector<std::pair<std::string_view, Json>> fields = {{"label", NameOf(label.decision)}};
  if (IsAboutPerson(label.decision)) fields.emplace_back("person", label.person);
  fields.emplace_back("photo", ToHex(label.photo));
  fields.emplace_back("size", Json::Array({label.size.width, label.size.height}));
  fields.emplace_back(
      "box", Json::Array({Rounded(label.box.x1), Rounded(label.box.y1), Rounded(label.box.x2), Rounded(label.box.y2)}));
  fields.emplace_back("time", label.time);
  fields.emplace_back("origin", label.origin);
  return Json::Object(fields);
}

// What is wrong with a line, thrown within this file only.
struct NoLabel {
  std::string reason;
};

std::string PersonIn(const nlohmann::json& line) {
  const Result<PersonName> name = ParsePersonName(line.at("person").get<std::string>());
  if (!name) throw NoLabel{name.error().message};
  return name->written;
}

FaceLabel ReadFaceLabel(const nlohmann::json& line, Decision decision) {
  FaceLabel label;
  label.decision = decision;
  if (IsAboutPerson(decision)) label.person = PersonIn(line);
  const Result<ContentHash> photo = DigestFromHex(line.at("photo").get<std::string>());
  if (!photo) throw NoLabel{"'photo' is no SHA-256"};
  label.photo = *photo;
  const auto size = line.at("size").get<std::vector<int>>();
  if (size.size() != 2 || size[0] < 1 || size[1] < 1) throw NoLabel{"'size' is not a width and a height"};
  label.size = {size[0], size[1]};
  const auto box = line.at("box").get<std::vector<float>>();
  if (box.size() != 4 || !(box[0] < box[2]) || !(box[1] < box[3])) throw NoLabel{"'box' is not x1, y1, x2, y2"};
  label.box = {box[0], box[1], box[2], box[3]};
  label.time = line.value("time", "");
  label.origin = line.value("origin", "");
  return label;
}

void ReadLine(std::string_view text, Labels& labels) {
  const nlohmann::json line = nlohmann::json::parse(text, nullptr, false);
  if (!line.is_object()) throw NoLabel{"it is no JSON object"};
  const auto kind = line.at("label").get<std::string>();
  if (kind == kPersonLabel) {
    labels.people.push_back({PersonIn(line), line.value("time", ""), line.value("origin", "")});
    return;
  }
  const std::optional<Decision> decision = DecisionNamed(kind);
  if (!decision || *decision == Decision::kNone) throw NoLabel{"'" + kind + "' is no kind of label"};
  labels.faces.push_back(ReadFaceLabel(line, *decision));
}

}  // namespace

std::vector<Json> AsJson(const Labels& labels) {
  std::vector<Json> lines;
  lines.reserve(labels.people.size() + labels.faces.size());
  for (const PersonLabel& label : labels.people) lines.push_back(LabelAsJson(label));
  for (const FaceLabel& label : labels.faces) lines.push_back(LabelAsJson(label));
  return lines;
}

Result<Labels> ParseLabels(std::string_view text) {
  Labels labels;
  const auto broken = [](int line, std::string_view reason) {
    return Fail(ErrorCode::kCorrupt, "line {} is no label: {}", line, reason);
  };
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      ReadLine(line, labels);
    } catch (const NoLabel& no_label) {
      return broken(number, no_label.reason);
    } catch (const nlohmann::json::exception& exception) {
      const std::string_view reason = exception.what();  // "[json.exception.out_of_range.403] key 'person' not found"
      return broken(number, reason.substr(reason.find("] ") + 2));
    }
  }
  return labels;
}

}  // namespace kinfolder
