#include "train/crop_pack.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/file.h"
#include "image/decode.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kKind = "kf-pack1";
constexpr std::uint64_t kMaxCropBytes = std::uint64_t{16} << 20;

Result<std::vector<std::filesystem::path>> Entries(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> entries;
  for (auto entry = std::filesystem::directory_iterator(folder, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    entries.push_back(entry->path());
  }
  if (error) return Fail(FileError(error.value(), "list", folder));
  std::ranges::sort(entries);
  return entries;
}

bool IsPicture(const std::filesystem::path& path) {
  std::string suffix = path.extension().string();
  std::ranges::transform(suffix, suffix.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return suffix == ".jpg" || suffix == ".jpeg" || suffix == ".png";
}

// What is packed, before it is written.
class Collection {
 public:
  // The pictures of one folder; `source` is what its path is called in the pack.
  Status AddFolder(const std::filesystem::path& folder, const std::string& source, const std::string& person) {
    ASSIGN_OR_RETURN(const auto entries, Entries(folder));
    const std::string group = person.substr(0, person.find('_'));
    for (const std::filesystem::path& path : entries) {
      if (!IsPicture(path)) continue;
      ASSIGN_OR_RETURN(std::vector<std::byte> bytes, ReadFile(path, kMaxCropBytes));
      if (const auto decoded = Decode(bytes, {}); !decoded) {
        summary.left_out.push_back(fmt::format("{}: {}", path.string(), decoded.error().message));
        continue;
      }
      list.push_back({{"person", person},
                      {"group", group},
                      {"source", source + "/" + path.filename().string()},
                      {"bytes", bytes.size()}});
      pictures.push_back(std::move(bytes));
      if (!person.empty()) {
        people.insert(person);
        groups.insert(group);
      }
    }
    return {};
  }

  Json list = Json::array();
  std::vector<std::vector<std::byte>> pictures;
  std::set<std::string> people;
  std::set<std::string> groups;
  PackSummary summary;
};

std::string NameOf(const std::filesystem::path& folder) {
  return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

Result<PackedCrop> CropOf(const Json& entry, std::size_t begin, std::size_t end) {
  PackedCrop crop;
  const auto text = [&entry](const char* field) {
    const auto found = entry.find(field);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto bytes = entry.is_object() ? entry.find("bytes") : entry.end();
  if (!entry.is_object() || bytes == entry.end() || !bytes->is_number_unsigned()) {
    return Fail(ErrorCode::kCorrupt, "its list of crops is damaged");
  }
  crop = {text("person"), text("group"), text("source"), begin, bytes->get<std::size_t>()};
  if (crop.size > end - begin) return Fail(ErrorCode::kCorrupt, "it is cut off");
  return crop;
}

Result<std::vector<PackedCrop>> CropsOf(const BlobFile& file) {
  const Json header = file.ParsedHeader();
  const auto list = header.find("crops");
  if (list == header.end() || !list->is_array()) return Fail(ErrorCode::kCorrupt, "it has no list of crops");
  std::vector<PackedCrop> crops;
  std::size_t at = file.payload_at;
  for (const Json& entry : *list) {
    ASSIGN_OR_RETURN(PackedCrop crop, CropOf(entry, at, file.bytes.size()));
    at += crop.size;
    crops.push_back(std::move(crop));
  }
  if (at != file.bytes.size()) return Fail(ErrorCode::kCorrupt, "it holds more than its list says");
  return crops;
}

}  // namespace

Result<PackSummary> WriteCropPack(const CropFolders& folders, const std::filesystem::path& target) {
  Collection collection;
  for (const std::filesystem::path& folder : folders.people) {
    ASSIGN_OR_RETURN(const auto people, Entries(folder));
    for (const std::filesystem::path& person : people) {
      if (!std::filesystem::is_directory(person)) continue;
      const std::string name = person.filename().string();
      RETURN_IF_ERROR(collection.AddFolder(person, NameOf(folder) + "/" + name, name));
    }
  }
  for (const std::filesystem::path& folder : folders.unlabelled) {
    RETURN_IF_ERROR(collection.AddFolder(folder, NameOf(folder), ""));
  }
  if (collection.pictures.empty()) return Fail(ErrorCode::kNotFound, "there is no JPEG or PNG picture to pack");
  const std::vector<std::span<const std::byte>> payload(collection.pictures.begin(), collection.pictures.end());
  RETURN_IF_ERROR(WriteBlobFile(target, kKind, Json{{"crops", std::move(collection.list)}}, payload));
  PackSummary summary = std::move(collection.summary);
  summary.crops = payload.size();
  summary.people = collection.people.size();
  summary.groups = collection.groups.size();
  return summary;
}

Result<CropPack> ReadCropPack(const std::filesystem::path& path) {
  CropPack pack;
  ASSIGN_OR_RETURN(pack.file, ReadBlobFile(path, kKind));
  auto crops = CropsOf(pack.file);
  if (!crops) return Fail(crops.error().code, "{} can't be used: {}", path.string(), crops.error().message);
  pack.crops = *std::move(crops);
  return pack;
}

bool IsForValidation(std::string_view group, double share) {
  const Sha256Digest digest = Sha256Of(AsBytes(group));
  const int place = digest.bytes[0] << 8 | digest.bytes[1];
  return place < share * 65536;
}

}  // namespace kinfolder
