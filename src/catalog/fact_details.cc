#include "catalog/fact_details.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

namespace kinfolder {
namespace {

using nlohmann::json;

// In the order of FactDetails' alternatives.
constexpr std::array<std::string_view, std::variant_size_v<FactDetails>> kKinds = {
    "person-added",      "person-renamed",  "people-merged",  "person-removed", "reference-added",
    "reference-removed", "person-rejected", "face-set-aside", "undone"};

json FaceToJson(const FaceInContent& face) {
  return {{"content", ToHex(face.content)}, {"box", {face.box.x1, face.box.y1, face.box.x2, face.box.y2}}};
}

json Encode(const PersonAdded& fact) { return {{"person", fact.person}, {"name", fact.name}}; }
json Encode(const PersonRenamed& fact) { return {{"person", fact.person}, {"name", fact.name}}; }
json Encode(const PeopleMerged& fact) { return {{"from", fact.from}, {"into", fact.into}}; }
json Encode(const PersonRemoved& fact) { return {{"person", fact.person}}; }
json Encode(const ReferenceAdded& fact) { return {{"person", fact.person}, {"face", FaceToJson(fact.face)}}; }
json Encode(const ReferenceRemoved& fact) { return {{"face", FaceToJson(fact.face)}}; }
json Encode(const PersonRejected& fact) { return {{"person", fact.person}, {"face", FaceToJson(fact.face)}}; }
json Encode(const FaceSetAside& fact) { return {{"as", NameOf(fact.as)}, {"face", FaceToJson(fact.face)}}; }
json Encode(const Undone& fact) { return {{"fact", fact.fact}}; }

// These throw json::exception for what is missing or of the wrong type.
std::string TextIn(const json& object, const char* key) { return object.at(key).get<std::string>(); }

FaceInContent FaceIn(const json& object) {
  const json& face = object.at("face");
  const auto content = DigestFromHex(TextIn(face, "content"));
  const auto box = face.at("box").get<std::vector<float>>();
  if (!content || box.size() != 4) throw json::other_error::create(501, "a face needs a content hash and a box", &face);
  return {*content, {box[0], box[1], box[2], box[3]}};
}

Decision AsideIn(const json& object) {
  const std::optional<Decision> decision = DecisionNamed(TextIn(object, "as"));
  if (!decision || !IsAside(*decision)) throw json::other_error::create(501, "nothing is set aside as that", &object);
  return *decision;
}

FactDetails Decode(std::string_view kind, const json& object) {
  if (kind == kKinds[0]) return PersonAdded{TextIn(object, "person"), TextIn(object, "name")};
  if (kind == kKinds[1]) return PersonRenamed{TextIn(object, "person"), TextIn(object, "name")};
  if (kind == kKinds[2]) return PeopleMerged{TextIn(object, "from"), TextIn(object, "into")};
  if (kind == kKinds[3]) return PersonRemoved{TextIn(object, "person")};
  if (kind == kKinds[4]) return ReferenceAdded{TextIn(object, "person"), FaceIn(object)};
  if (kind == kKinds[5]) return ReferenceRemoved{FaceIn(object)};
  if (kind == kKinds[6]) return PersonRejected{TextIn(object, "person"), FaceIn(object)};
  if (kind == kKinds[7]) return FaceSetAside{AsideIn(object), FaceIn(object)};
  if (kind == kKinds[8]) return Undone{object.at("fact").get<std::int64_t>()};
  throw json::other_error::create(501, "the kind is unknown", &object);
}

}  // namespace

std::string_view KindOf(const FactDetails& details) { return kKinds[details.index()]; }

std::string ToJson(const FactDetails& details) {
  return std::visit([](const auto& fact) { return Encode(fact).dump(); }, details);
}

Result<FactDetails> ParseFactDetails(std::string_view kind, std::string_view text) {
  try {
    return Decode(kind, json::parse(text));
  } catch (const json::exception& exception) {
    return Fail(ErrorCode::kCorrupt, "the fact \"{}\" {} can't be understood: {}", kind, text, exception.what());
  }
}

}  // namespace kinfolder
