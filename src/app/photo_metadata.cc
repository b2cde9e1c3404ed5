#include "app/photo_metadata.h"

#include <array>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "image/picasa_ini.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxSidecarBytes = std::uint64_t{16} << 20;  // those of photos with many masks have some
constexpr std::array kPicasaFiles = {".picasa.ini", "Picasa.ini"};   // the second one of its first versions
constexpr std::array kSidecarSuffixes = {".xmp", ".XMP"};

std::optional<fs::path> Existing(const fs::path& without_suffix) {
  for (const char* suffix : kSidecarSuffixes) {
    fs::path sidecar = without_suffix;
    sidecar += suffix;
    std::error_code error;
    if (fs::is_regular_file(sidecar, error)) return sidecar;
  }
  return std::nullopt;
}

// Is there IMG_1.cr2 beside IMG_1.jpg?
bool SharesItsName(const fs::path& photo) {
  std::error_code error;
  for (fs::directory_iterator entry(photo.parent_path(), error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const fs::path& other = entry->path();
    if (other.stem() != photo.stem() || other.filename() == photo.filename()) continue;
    if (other.extension() != kSidecarSuffixes[0] && other.extension() != kSidecarSuffixes[1]) return true;
  }
  return false;
}

// Nothing where there is no such file.
Result<FaceTags> ReadPicasaTags(const fs::path& photo) {
  for (const char* name : kPicasaFiles) {
    const fs::path file = photo.parent_path() / name;
    const Result<std::string> ini = ReadTextFile(file, kMaxSidecarBytes);
    if (!ini && ini.error().code == ErrorCode::kNotFound) continue;
    if (!ini) return Fail(ini.error());
    Result<FaceTags> tags = ParsePicasaIni(*ini, photo.filename().native());
    if (!tags) return Fail(About(file, tags.error()));
    return tags;
  }
  return FaceTags{};
}

}  // namespace

std::optional<fs::path> FindSidecar(const fs::path& photo, std::string_view format) {
  if (std::optional<fs::path> own = Existing(photo)) return own;
  std::optional<fs::path> shared = Existing(photo.parent_path() / photo.stem());
  if (shared && format != "raw" && SharesItsName(photo)) return std::nullopt;
  return shared;
}

fs::path NewSidecar(const fs::path& photo) {
  fs::path sidecar = photo;
  sidecar += kSidecarSuffixes[0];
  return sidecar;
}

Result<std::string> ReadSidecar(const fs::path& sidecar) {
  ASSIGN_OR_RETURN(std::string xmp, ReadTextFile(sidecar, kMaxSidecarBytes));
  const Result<FaceTags> tags = ParseFaceTags(xmp, {});
  if (!tags) return Fail(About(sidecar, tags.error()));
  return xmp;
}

Result<PhotoMetadataTags> ReadPhotoMetadata(const fs::path& photo, std::span<const std::byte> bytes,
                                            const PhotoInfo& info) {
  const PictureShape shape{info.upright_size, info.orientation};
  PhotoMetadataTags tags;
  Result<FaceTags> embedded = ParseFaceTags(EmbeddedXmp(bytes), shape);
  if (!embedded) return Fail(About(photo, embedded.error()));
  tags.in_photo = *std::move(embedded);
  tags.sidecar = FindSidecar(photo, info.format);
  if (tags.sidecar) {
    ASSIGN_OR_RETURN(const std::string xmp, ReadSidecar(*tags.sidecar));
    ASSIGN_OR_RETURN(tags.in_sidecar, ParseFaceTags(xmp, shape));
  }
  if (Result<FaceTags> picasa = ReadPicasaTags(photo)) {
    tags.in_picasa = *std::move(picasa);
  } else {
    tags.picasa_error = picasa.error();
  }
  return tags;
}

}  // namespace kinfolder
