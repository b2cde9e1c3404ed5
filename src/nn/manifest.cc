#include "nn/manifest.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/check.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr double kMaxFileBytes = 4.0 * (1 << 30);
constexpr double kMaxDimension = 65536;
constexpr double kMaxDistance = 2;     // between unit vectors
constexpr double kMinCropPixels = 16;  // smaller ones show no face
constexpr double kMaxCropPixels = 1024;

constexpr std::size_t kMaxSourceFiles = 4096;

bool HasOnly(std::string_view text, std::string_view punctuation, bool capitals) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (capitals && c >= 'A' && c <= 'Z') ||
           punctuation.find(c) != std::string_view::npos;
  });
}

// `text` is not empty. Safe everywhere, and hidden nowhere.
bool IsFileName(std::string_view text) {
  return text.size() <= 128 && text.front() != '.' && HasOnly(text, "._-", true);
}

// One object of the manifest, which knows where it stands: all its complaints name the file and the field.
class Object {
 public:
  static Result<Object> Make(const Json& json, std::string file, std::string place,
                             std::initializer_list<std::string_view> known) {
    Object object(json, std::move(file), std::move(place));
    if (!json.is_object()) return object.Wrong("", "must be an object");
    if (known.size() == 0) return object;
    for (const auto& [name, value] : json.items()) {
      if (std::ranges::find(known, name) == known.end()) return object.Wrong(name, "is not known");
    }
    return object;
  }

  tl::unexpected<Error> Wrong(std::string_view field, std::string_view complaint) const {
    std::string where = place_;
    if (!where.empty() && !field.empty()) where += '.';
    where += field;
    if (where.empty()) return Fail(ErrorCode::kCorrupt, "{} {}", file_, complaint);
    return Fail(ErrorCode::kCorrupt, "{}: the field {} {}", file_, where, complaint);
  }

  Result<const Json*> Field(const std::string& field) const {
    const auto found = json_->find(field);
    if (found == json_->end()) return Wrong(field, "is missing");
    return &*found;
  }

  Result<Object> Child(const std::string& field, std::initializer_list<std::string_view> known) const {
    ASSIGN_OR_RETURN(const Json* value, Field(field));
    return Make(*value, file_, place_.empty() ? field : place_ + "." + field, known);
  }

  // Of an array of objects.
  Result<std::vector<Object>> Children(const std::string& field, std::initializer_list<std::string_view> known) const {
    ASSIGN_OR_RETURN(const Json* value, Field(field));
    if (!value->is_array()) return Wrong(field, "must be an array");
    std::vector<Object> children;
    for (std::size_t i = 0; i < value->size(); ++i) {
      ASSIGN_OR_RETURN(Object child, Make((*value)[i], file_, fmt::format("{}.{}[{}]", place_, field, i), known));
      children.push_back(std::move(child));
    }
    return children;
  }

  Result<std::string> Text(const std::string& field) const {
    ASSIGN_OR_RETURN(const Json* value, Field(field));
    if (!value->is_string() || value->get_ref<const std::string&>().empty()) return Wrong(field, "must be a text");
    return value->get<std::string>();
  }

  Result<bool> Truth(const std::string& field) const {
    ASSIGN_OR_RETURN(const Json* value, Field(field));
    if (!value->is_boolean()) return Wrong(field, "must be true or false");
    return value->get<bool>();
  }

  Result<double> Number(const std::string& field, double min, double max) const {
    ASSIGN_OR_RETURN(const Json* value, Field(field));
    if (!value->is_number() || !(value->get<double>() >= min && value->get<double>() <= max)) {
      return Wrong(field, fmt::format("must be a number from {} to {}", min, max));
    }
    return value->get<double>();
  }

  Result<std::int64_t> Integer(const std::string& field, double min, double max) const {
    ASSIGN_OR_RETURN(const double number, Number(field, min, max));
    if (number != std::floor(number)) return Wrong(field, "must be a whole number");
    return static_cast<std::int64_t>(number);
  }

  std::vector<std::string> FieldNames() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : json_->items()) names.push_back(name);
    return names;
  }

 private:
  Object(const Json& json, std::string file, std::string place)
      : json_(&json), file_(std::move(file)), place_(std::move(place)) {}

  const Json* json_;
  std::string file_;
  std::string place_;  // "files.pnet"; "" for the manifest itself
};

// Of {"name": ..., "bytes": ..., "sha256": ...}.
Result<ModelFile> ReadFileEntry(const Object& entry) {
  ModelFile file;
  ASSIGN_OR_RETURN(file.name, entry.Text("name"));
  if (!IsFileName(file.name)) return entry.Wrong("name", "must be a file name of letters, digits, dots, - and _");
  ASSIGN_OR_RETURN(const std::int64_t bytes, entry.Integer("bytes", 1, kMaxFileBytes));
  file.bytes = static_cast<std::uint64_t>(bytes);
  ASSIGN_OR_RETURN(const std::string hex, entry.Text("sha256"));
  auto digest = DigestFromHex(hex);
  if (!digest) return entry.Wrong("sha256", "must be a SHA-256 of 64 hexadecimal digits");
  file.sha256 = *digest;
  return file;
}

// Exactly the roles that the kind of model has.
Result<std::map<std::string, ModelFile>> ReadFiles(const Object& manifest, ModelKind kind) {
  const auto roles = kind == ModelKind::kDetector ? std::vector<std::string>{"pnet", "rnet", "onet"}
                                                  : std::vector<std::string>{"embedder"};
  ASSIGN_OR_RETURN(const Object list, manifest.Child("files", {}));
  for (const std::string& name : list.FieldNames()) {
    if (std::ranges::find(roles, name) == roles.end()) return list.Wrong(name, "is not known");
  }
  std::map<std::string, ModelFile> files;
  for (const std::string& role : roles) {
    ASSIGN_OR_RETURN(const Object entry, list.Child(role, {"name", "bytes", "sha256"}));
    ASSIGN_OR_RETURN(ModelFile file, ReadFileEntry(entry));
    if (!file.name.ends_with(".onnx")) return entry.Wrong("name", "must end in .onnx");
    for (const auto& [other_role, other] : files) {
      if (other.name == file.name) return list.Wrong(role + ".name", "names the file of " + other_role);
    }
    files.emplace(role, std::move(file));
  }
  return files;
}

Result<ModelSources::Layout> ReadLayout(const Object& sources, ModelKind kind) {
  ASSIGN_OR_RETURN(const std::string layout, sources.Text("layout"));
  if (kind == ModelKind::kDetector && layout == "face-api-mtcnn") return ModelSources::Layout::kFaceApiMtcnn;
  if (kind == ModelKind::kEmbedder && layout == "keras-facenet") return ModelSources::Layout::kKerasFacenet;
  return sources.Wrong("layout", "must be \"face-api-mtcnn\" for a detector, \"keras-facenet\" for an embedder");
}

Result<ModelSources> ReadSources(const Object& manifest, ModelKind kind) {
  ASSIGN_OR_RETURN(const Object object, manifest.Child("sources", {"layout", "url", "licence", "files"}));
  ModelSources sources;
  ASSIGN_OR_RETURN(sources.layout, ReadLayout(object, kind));
  ASSIGN_OR_RETURN(sources.url, object.Text("url"));
  if (!sources.url.starts_with("https://")) return object.Wrong("url", "must begin with https://");
  ASSIGN_OR_RETURN(sources.licence, object.Text("licence"));
  ASSIGN_OR_RETURN(const std::vector<Object> entries, object.Children("files", {"name", "bytes", "sha256"}));
  if (entries.empty() || entries.size() > kMaxSourceFiles) {
    return object.Wrong("files", fmt::format("must list 1 to {} files", kMaxSourceFiles));
  }
  std::set<std::string> names;
  for (const Object& entry : entries) {
    ASSIGN_OR_RETURN(ModelFile file, ReadFileEntry(entry));
    if (file.name.ends_with(".onnx")) return entry.Wrong("name", "must not end in .onnx");
    if (file.name == "manifest.json") return entry.Wrong("name", "is taken");
    if (!names.insert(file.name).second) return entry.Wrong("name", "is listed twice");
    sources.files.push_back(std::move(file));
  }
  return sources;
}

Result<Normalization> ReadPreprocessing(const Object& manifest) {
  ASSIGN_OR_RETURN(const Object object, manifest.Child("preprocessing", {"channels", "mean", "scale"}));
  ASSIGN_OR_RETURN(const std::string channels, object.Text("channels"));
  if (channels != "RGB") return object.Wrong("channels", "must be \"RGB\"");
  ASSIGN_OR_RETURN(const double mean, object.Number("mean", 0, 255));
  ASSIGN_OR_RETURN(const double scale, object.Number("scale", 1e-4, 1));
  return Normalization{static_cast<float>(mean), static_cast<float>(scale)};
}

Result<std::array<float, 10>> ReadLandmarks(const Object& crop, int size) {
  ASSIGN_OR_RETURN(const Json* points, crop.Field("landmarks"));
  const auto wrong = [&] { return crop.Wrong("landmarks", "must be five points [x, y] in pixels of the crop"); };
  if (!points->is_array() || points->size() != 5) return wrong();
  std::array<float, 10> landmarks{};
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    const Json& point = (*points)[i / 2];
    if (!point.is_array() || point.size() != 2 || !point[i % 2].is_number()) return wrong();
    landmarks[i] = point[i % 2].get<float>();
    if (!(landmarks[i] >= 0 && landmarks[i] <= static_cast<float>(size))) return wrong();
  }
  return landmarks;
}

Result<CropRule> ReadCrop(const Object& embedding) {
  ASSIGN_OR_RETURN(const Object any, embedding.Child("crop", {}));
  ASSIGN_OR_RETURN(const std::string rule, any.Text("rule"));
  if (rule != "box" && rule != "landmarks") return any.Wrong("rule", "must be \"box\" or \"landmarks\"");
  CropRule crop;
  ASSIGN_OR_RETURN(const std::int64_t size, any.Integer("size", kMinCropPixels, kMaxCropPixels));
  crop.size = static_cast<int>(size);
  if (rule == "box") {
    crop.kind = CropRule::Kind::kBox;
    ASSIGN_OR_RETURN(const Object box, embedding.Child("crop", {"rule", "size", "margin"}));
    ASSIGN_OR_RETURN(const double margin, box.Number("margin", 0, static_cast<double>(size - 1)));
    crop.margin = static_cast<float>(margin);
  } else {
    crop.kind = CropRule::Kind::kLandmarks;
    ASSIGN_OR_RETURN(const Object object, embedding.Child("crop", {"rule", "size", "landmarks"}));
    ASSIGN_OR_RETURN(crop.landmarks, ReadLandmarks(object, crop.size));
  }
  return crop;
}

Status ReadEmbedding(const Object& root, ModelManifest& manifest) {
  ASSIGN_OR_RETURN(const Object object, root.Child("embedding", {"dimension", "threshold", "average_flipped", "crop"}));
  ASSIGN_OR_RETURN(const std::int64_t dimension, object.Integer("dimension", 2, kMaxDimension));
  manifest.dimension = static_cast<int>(dimension);
  ASSIGN_OR_RETURN(const double threshold, object.Number("threshold", 0.01, kMaxDistance));
  manifest.threshold = static_cast<float>(threshold);
  ASSIGN_OR_RETURN(manifest.average_flipped, object.Truth("average_flipped"));
  ASSIGN_OR_RETURN(manifest.crop, ReadCrop(object));
  return {};
}

Result<ModelManifest> ReadManifest(const Json& json, const std::string& file) {
  ASSIGN_OR_RETURN(const Object root, Object::Make(json, file, "",
                                                   {"id", "kind", "description", "licence", "provenance", "files",
                                                    "accuracy", "sources", "preprocessing", "embedding"}));
  ModelManifest manifest;
  ASSIGN_OR_RETURN(manifest.id, root.Text("id"));
  if (!IsModelId(manifest.id)) return root.Wrong("id", "must consist of a-z, 0-9 and -");
  ASSIGN_OR_RETURN(const std::string kind, root.Text("kind"));
  if (kind != "detector" && kind != "embedder") return root.Wrong("kind", "must be \"detector\" or \"embedder\"");
  manifest.kind = kind == "detector" ? ModelKind::kDetector : ModelKind::kEmbedder;
  ASSIGN_OR_RETURN(manifest.description, root.Text("description"));
  ASSIGN_OR_RETURN(manifest.licence, root.Text("licence"));
  ASSIGN_OR_RETURN(manifest.provenance, root.Text("provenance"));
  ASSIGN_OR_RETURN(manifest.files, ReadFiles(root, manifest.kind));
  if (json.contains("accuracy")) {
    ASSIGN_OR_RETURN(manifest.accuracy, root.Number("accuracy", 0, 1));
  }
  if (json.contains("sources")) {
    ASSIGN_OR_RETURN(manifest.sources, ReadSources(root, manifest.kind));
  }
  ASSIGN_OR_RETURN(manifest.normalization, ReadPreprocessing(root));
  if (manifest.kind == ModelKind::kEmbedder) {
    RETURN_IF_ERROR(ReadEmbedding(root, manifest));
  } else if (json.contains("embedding")) {
    return root.Wrong("embedding", "belongs to embedders, not to a detector");
  }
  return manifest;
}

}  // namespace

bool IsModelId(std::string_view text) { return !text.empty() && text.size() <= 64 && HasOnly(text, "-", false); }

Result<ModelManifest> ParseManifest(std::string_view json, std::string_view file) {
  try {
    return ReadManifest(Json::parse(json), std::string(file));
  } catch (const Json::parse_error& error) {
    return Fail(ErrorCode::kCorrupt, "{} is not JSON: it goes wrong at byte {}", file, error.byte);
  }
}

std::string WithFiles(std::string_view json, const std::map<std::string, ModelFile>& files) {
  auto manifest = nlohmann::ordered_json::parse(json, nullptr, false);
  CHECK(!manifest.is_discarded());
  for (const auto& [role, file] : files) {
    auto& entry = manifest.at("files").at(role);
    entry["bytes"] = file.bytes;
    entry["sha256"] = ToHex(file.sha256);
  }
  return manifest.dump(1) + "\n";
}

std::string Derived(std::string_view json, const std::string& id, const std::string& description,
                    const std::map<std::string, ModelFile>& files) {
  auto manifest = nlohmann::ordered_json::parse(WithFiles(json, files));
  manifest["id"] = id;
  manifest["description"] = description;
  for (const auto& [role, file] : files) manifest["files"][role]["name"] = file.name;
  manifest.erase("accuracy");
  manifest.erase("sources");
  return manifest.dump(1) + "\n";
}

}  // namespace kinfolder
