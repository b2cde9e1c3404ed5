// What a photo's own XMP, its sidecar and Picasa's file of its folder say of the people in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/photo.h"
#include "image/face_tags.h"

namespace kinfolder {

// The photo's XMP sidecar, if it has one: IMG_1.jpg.xmp, or else IMG_1.xmp where no other file beside it could own
// that. `format` as in PhotoInfo: where a camera raw file and others share a name, IMG_1.xmp is that of the raw file.
std::optional<std::filesystem::path> FindSidecar(const std::filesystem::path& photo, std::string_view format);

// Where a new one goes: IMG_1.jpg.xmp.
std::filesystem::path NewSidecar(const std::filesystem::path& photo);

// kCorrupt for what is no XMP, kTooLarge; the message names the file.
Result<std::string> ReadSidecar(const std::filesystem::path& sidecar);

struct PhotoMetadataTags {
  FaceTags in_photo;
  FaceTags in_sidecar;
  FaceTags in_picasa;
  std::optional<std::filesystem::path> sidecar;
  std::optional<Error> picasa_error;  // why Picasa's file was not read; the message names it

  // What counts: the sidecar is the newer, and Picasa wrote what others should know into the photo.
  FaceTags Together() const { return Joined(Joined(in_sidecar, in_photo), in_picasa); }
};

// Of the photo with these bytes in this file. kCorrupt for XMP that is damaged, in the photo or its sidecar.
Result<PhotoMetadataTags> ReadPhotoMetadata(const std::filesystem::path& photo, std::span<const std::byte> bytes,
                                            const PhotoInfo& info);

}  // namespace kinfolder
