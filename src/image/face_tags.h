// People in a photo's XMP metadata, as photo managers write them: face regions, and names that have no place.
//
// Regions follow the Metadata Working Group (Guidelines for Handling Image Metadata 2.0, image regions) and Microsoft's
// People Tagging (MP), or the IPTC Photo Metadata Standard 2019.1 (image regions). All speak of the picture as stored,
// before the camera's orientation is applied; here boxes are in fractions of the upright photo, as in Detection.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/geometry.h"

namespace kinfolder {

// The picture that metadata speaks of.
struct PictureShape {
  Size upright_size;    // in pixels
  int orientation = 1;  // EXIF orientation 1-8 of the stored pixels
};

enum class TagField {
  kMwgRegion,
  kMpRegion,
  kIptcRegion,
  kPicasaFace,
  kPersonInImage,
  kLightroomKeyword,
  kDigikamTag,
};

// The field's name in the XMP: "mwg-rs:Regions", "MP:RegionInfo", "Iptc4xmpExt:ImageRegion",
// "Iptc4xmpExt:PersonInImage", "lr:hierarchicalSubject", "digiKam:TagsList"; and ".picasa.ini".
std::string_view NameOf(TagField field);

struct FaceRegion {
  std::string name;
  Box box;  // inside the photo, never empty
  TagField field = TagField::kMwgRegion;

  bool operator==(const FaceRegion&) const = default;
};

struct NameWithoutBox {
  std::string name;
  TagField field = TagField::kPersonInImage;

  bool operator==(const NameWithoutBox&) const = default;
};

struct FaceTags {
  std::vector<FaceRegion> regions;    // each face once
  std::vector<NameWithoutBox> names;  // each name once; those of regions, too
  int unplaced = 0;                   // regions made for a picture of another shape: it was cropped or turned since
};

// Two programs draw a face's box differently, some with the hair and some without it: each box holds the other's
// middle, and they overlap somewhat.
bool IsSameFace(const Box& a, const Box& b);

// What `xmp`, an XMP packet or sidecar ("" for none), says of people. Where several kinds of regions tell of a face or
// of a name, that of the MWG counts, then that of MP. Regions that are no faces, have no name ("Unknown" is none) or a
// box that can't be are passed over, and so are names that are no UTF-8. kCorrupt for what is no XMP.
Result<FaceTags> ParseFaceTags(const std::string& xmp, const PictureShape& shape);

// Both together; of a face that both tell of, and a name that both have a box for, what `first` says counts.
FaceTags Joined(FaceTags first, const FaceTags& second);

// The XMP in a photo of any format, as a packet; "" where there is none or it can't be read.
std::string EmbeddedXmp(std::span<const std::byte> photo);

}  // namespace kinfolder
