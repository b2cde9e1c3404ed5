// Face regions as they stand in XMP data, with the keys at which they can be changed. For this folder only.
#pragma once

#include <cstddef>
#include <exiv2/exiv2.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/face_tags.h"

namespace kinfolder {

// How one kind of regions is written.
struct RegionSyntax {
  TagField field;
  const char* info;  // the structure's key
  const char* list;  // the array's key
  const char* name;  // of an item, after "[N]"
};
inline constexpr RegionSyntax kMwgSyntax{TagField::kMwgRegion, "Xmp.mwg-rs.Regions",
                                         "Xmp.mwg-rs.Regions/mwg-rs:RegionList", "/mwg-rs:Name"};
inline constexpr RegionSyntax kMpSyntax{TagField::kMpRegion, "Xmp.MP.RegionInfo", "Xmp.MP.RegionInfo/MPRI:Regions",
                                        "/MPReg:PersonDisplayName"};
// Not written. Who is in a region is in its PersonInImage, else in its name where it says to be of a human.
inline constexpr RegionSyntax kIptcSyntax{TagField::kIptcRegion, "Xmp.iptcExt.ImageRegion", "Xmp.iptcExt.ImageRegion",
                                          "/Iptc4xmpExt:Name"};

struct RegionEntry {
  std::size_t number = 0;  // in its array, from 1
  std::string name;        // as it stands there; "" where it is nobody's
  std::optional<Box> box;  // in fractions of the upright photo; nullopt for what is no face, or no box
};

struct RegionArray {
  std::vector<RegionEntry> entries;  // at most kMaxRegions
  std::size_t last_number = 0;
};
inline constexpr std::size_t kMaxRegions = 1000;

RegionArray RegionsIn(const Exiv2::XmpData& xmp, const RegionSyntax& syntax, const PictureShape& shape);

// Were the regions made for a picture of another shape? Those of MWG say for which; MP's beside them are as old.
bool AreForAnotherShape(const Exiv2::XmpData& xmp, const PictureShape& shape);

// A box of the stored picture from its upper left corner, in fractions, as one of the upright picture; nullopt where
// its middle is not in the picture.
std::optional<Box> UprightBoxOf(double x, double y, double width, double height, int orientation);

// "" for a name that says nothing: empty, "Unknown", no UTF-8, with control characters, endless.
std::string UsableName(std::string_view text);

// kCorrupt for what is no XMP; nothing for "".
Result<Exiv2::XmpData> ParseXmp(const std::string& xmp);

// The texts of an array of simple values; none where there is no such array.
std::vector<std::string> TextsOf(const Exiv2::XmpData& xmp, const char* key);

}  // namespace kinfolder
