#include "train/crop_pack.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/file.h"
#include "image/decode.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kPackKind = "kf-pack1";
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

struct ListedPicture {
  std::filesystem::path path;
  std::string person;
  std::string source;
};

// The pictures of one folder; `source` is what its path is called in the pack.
Status ListFolder(const std::filesystem::path& folder, const std::string& source, const std::string& person,
                  std::vector<ListedPicture>& pictures) {
  ASSIGN_OR_RETURN(const auto entries, Entries(folder));
  for (const std::filesystem::path& path : entries) {
    if (IsPicture(path)) pictures.push_back({path, person, source + "/" + path.filename().string()});
  }
  return {};
}

std::string NameOf(const std::filesystem::path& folder) {
  return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

Result<std::vector<ListedPicture>> ListPictures(const CropFolders& folders) {
  std::vector<ListedPicture> pictures;
  for (const std::filesystem::path& folder : folders.people) {
    ASSIGN_OR_RETURN(const auto people, Entries(folder));
    for (const std::filesystem::path& person : people) {
      if (!std::filesystem::is_directory(person)) continue;
      const std::string name = person.filename().string();
      RETURN_IF_ERROR(ListFolder(person, NameOf(folder) + "/" + name, name, pictures));
    }
  }
  for (const std::filesystem::path& folder : folders.unlabelled) {
    RETURN_IF_ERROR(ListFolder(folder, NameOf(folder), "", pictures));
  }
  return pictures;
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

Result<std::vector<std::byte>> TakenAsItIs(std::vector<std::byte> picture) {
  if (const auto decoded = Decode(picture, {}); !decoded) return Fail(decoded.error());
  return picture;
}

Result<PackSummary> WriteCropPack(const CropFolders& folders, const CropMaker& make,
                                  const std::filesystem::path& target, const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<ListedPicture> pictures, ListPictures(folders));
  std::vector<std::vector<std::byte>> crops(pictures.size());
  std::vector<std::string> reasons(pictures.size());
  RETURN_IF_ERROR(ForEachInParallel(pictures.size(), run, [&](std::size_t i) -> Status {
    Result<std::vector<std::byte>> bytes = ReadFile(pictures[i].path, kMaxCropBytes);
    if (!bytes) {
      if (bytes.error().code == ErrorCode::kIo) return Fail(std::move(bytes).error());
      reasons[i] = bytes.error().message;
      return {};
    }
    auto crop = make(*std::move(bytes));
    if (crop) {
      crops[i] = *std::move(crop);
    } else {
      reasons[i] = fmt::format("{}: {}", pictures[i].path.string(), crop.error().message);
    }
    return {};
  }));
  PackSummary summary;
  std::set<std::string> people;
  std::set<std::string> groups;
  Json list = Json::array();
  std::vector<std::span<const std::byte>> payload;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (!reasons[i].empty()) {
      summary.left_out.push_back(std::move(reasons[i]));
      continue;
    }
    const std::string& person = pictures[i].person;
    const std::string group = person.substr(0, person.find('_'));
    list.push_back({{"person", person}, {"group", group}, {"source", pictures[i].source}, {"bytes", crops[i].size()}});
    payload.emplace_back(crops[i]);
    if (person.empty()) continue;
    people.insert(person);
    groups.insert(group);
  }
  if (payload.empty()) return Fail(ErrorCode::kNotFound, "there is no JPEG or PNG picture to pack");
  RETURN_IF_ERROR(WriteBlobFile(target, kPackKind, Json{{"crops", std::move(list)}}, payload));
  summary.crops = payload.size();
  summary.people = people.size();
  summary.groups = groups.size();
  return summary;
}

Result<CropPack> ReadCropPack(const std::filesystem::path& path) {
  CropPack pack;
  ASSIGN_OR_RETURN(pack.file, ReadBlobFile(path, kPackKind));
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
