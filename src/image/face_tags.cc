#include "image/face_tags.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "image/exiv2_library.h"
#include "image/xmp_regions.h"

namespace kinfolder {
namespace {

constexpr std::array<std::string_view, 7> kFieldNames = {
    "mwg-rs:Regions",         "MP:RegionInfo",   "Iptc4xmpExt:ImageRegion", ".picasa.ini", "Iptc4xmpExt:PersonInImage",
    "lr:hierarchicalSubject", "digiKam:TagsList"};
// Faces beside each other don't hold each other's middle; this bars a small face in front of a large one.
constexpr float kLeastOverlap = 0.2F;

bool Holds(const Box& box, Point point) {
  return point.x >= box.x1 && point.x <= box.x2 && point.y >= box.y1 && point.y <= box.y2;
}

void AddRegion(FaceTags& tags, const FaceRegion& region) {
  const auto is_told = [&](const FaceRegion& other) {
    return other.field != region.field && (other.name == region.name || IsSameFace(other.box, region.box));
  };
  if (std::ranges::any_of(tags.regions, is_told) || std::ranges::count(tags.regions, region) > 0) return;
  tags.regions.push_back(region);
}

void AddName(FaceTags& tags, const NameWithoutBox& name) {
  if (name.name.empty() || tags.names.size() >= kMaxRegions) return;
  if (std::ranges::count(tags.names, name.name, &NameWithoutBox::name) == 0) tags.names.push_back(name);
}

// The name in "People|Name"; "" for another keyword.
std::string NameInKeyword(const std::string& keyword, char separator) {
  const std::string start = std::string("People") + separator;
  if (!keyword.starts_with(start) || keyword.find(separator, start.size()) != std::string::npos) return "";
  return UsableName(std::string_view(keyword).substr(start.size()));
}

void AddNames(FaceTags& tags, const Exiv2::XmpData& xmp) {
  for (const std::string& name : TextsOf(xmp, "Xmp.iptcExt.PersonInImage")) {
    AddName(tags, {UsableName(name), TagField::kPersonInImage});
  }
  for (const std::string& keyword : TextsOf(xmp, "Xmp.lr.hierarchicalSubject")) {
    AddName(tags, {NameInKeyword(keyword, '|'), TagField::kLightroomKeyword});
  }
  for (const std::string& keyword : TextsOf(xmp, "Xmp.digiKam.TagsList")) {
    AddName(tags, {NameInKeyword(keyword, '/'), TagField::kDigikamTag});
  }
}

}  // namespace

std::string_view NameOf(TagField field) { return kFieldNames[static_cast<std::size_t>(field)]; }

bool IsSameFace(const Box& a, const Box& b) {
  return Holds(a, b.center()) && Holds(b, a.center()) && IntersectionOverUnion(a, b) >= kLeastOverlap;
}

Result<FaceTags> ParseFaceTags(const std::string& xmp, const PictureShape& shape) {
  ASSIGN_OR_RETURN(const Exiv2::XmpData data, ParseXmp(xmp));
  FaceTags tags;
  try {
    const bool another_shape = AreForAnotherShape(data, shape);
    for (const RegionSyntax& syntax : {kMwgSyntax, kMpSyntax, kIptcSyntax}) {
      const RegionArray regions = RegionsIn(data, syntax, shape);
      for (const RegionEntry& entry : regions.entries) {
        const std::string name = UsableName(entry.name);
        if (name.empty() || !entry.box) continue;
        if (another_shape) {
          ++tags.unplaced;
        } else {
          AddRegion(tags, {name, *entry.box, syntax.field});
        }
      }
    }
    AddNames(tags, data);
  } catch (const std::exception&) {
    return Fail(ErrorCode::kCorrupt, "its XMP is damaged");
  }
  return tags;
}

FaceTags Joined(FaceTags first, const FaceTags& second) {
  const std::size_t own = first.regions.size();
  for (const FaceRegion& region : second.regions) {
    const auto is_told = [&](const FaceRegion& other) {
      return other.name == region.name || IsSameFace(other.box, region.box);
    };
    if (std::none_of(first.regions.begin(), first.regions.begin() + static_cast<std::ptrdiff_t>(own), is_told)) {
      first.regions.push_back(region);
    }
  }
  for (const NameWithoutBox& name : second.names) AddName(first, name);
  first.unplaced += second.unplaced;
  return first;
}

std::string EmbeddedXmp(std::span<const std::byte> photo) {
  std::string packet;
  if (photo.empty()) return packet;
  try {
    const auto image = OpenWithExiv2(photo);
    // exiv2 keeps what was in the packet, not the packet.
    if (!image->xmpData().empty()) Exiv2::XmpParser::encode(packet, image->xmpData());
  } catch (const std::exception&) {
    // Damaged: none can be read.
  }
  return packet;
}

}  // namespace kinfolder
