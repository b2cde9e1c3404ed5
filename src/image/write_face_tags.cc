#include "image/write_face_tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "image/orientation.h"
#include "image/xmp_regions.h"

namespace kinfolder {
namespace {

using Exiv2::XmpData;
using Exiv2::XmpKey;
using Exiv2::XmpValue;

// The fields that hold people: the only ones that are written.
struct PeopleField {
  const char* key;
  Exiv2::TypeId array = Exiv2::invalidTypeId;  // xmpBag or xmpSeq; of regions neither
};
constexpr PeopleField kSubject{"Xmp.dc.subject", Exiv2::xmpBag};
constexpr PeopleField kHierarchy{"Xmp.lr.hierarchicalSubject", Exiv2::xmpBag};
constexpr PeopleField kTagsList{"Xmp.digiKam.TagsList", Exiv2::xmpSeq};
constexpr PeopleField kPersonInImage{"Xmp.iptcExt.PersonInImage", Exiv2::xmpBag};
constexpr std::array kPeopleFields = {
    kSubject, kHierarchy, kTagsList, kPersonInImage, PeopleField{kMwgSyntax.info}, PeopleField{kMpSyntax.info}};

// Is it the field, or a part of it?
bool IsOf(const std::string& key, std::string_view field) {
  return key.starts_with(field) && (key.size() == field.size() || key[field.size()] == '/' || key[field.size()] == '[');
}

bool Has(const XmpData& xmp, const std::string& key) { return xmp.findKey(XmpKey(key)) != xmp.end(); }

void Inherit(XmpData& xmp, const XmpData& inherited) {
  for (const PeopleField& field : kPeopleFields) {
    if (Has(xmp, field.key)) continue;
    for (const Exiv2::Xmpdatum& datum : inherited) {
      if (IsOf(datum.key(), field.key)) xmp.add(datum);
    }
  }
}

void AddText(XmpData& xmp, const std::string& key, const std::string& text) {
  const Exiv2::XmpTextValue value(text);
  xmp.add(XmpKey(key), &value);
}

void AddStructure(XmpData& xmp, const std::string& key) {
  if (Has(xmp, key)) return;
  Exiv2::XmpTextValue value;
  value.setXmpStruct(XmpValue::xsStruct);
  xmp.add(XmpKey(key), &value);
}

void AddArray(XmpData& xmp, const std::string& key) {
  if (Has(xmp, key)) return;
  Exiv2::XmpTextValue value;
  value.setXmpArrayType(XmpValue::xaBag);
  xmp.add(XmpKey(key), &value);
}

// One change of XMP; says at the end whether there was any.
class FaceTagWriter {
 public:
  FaceTagWriter(XmpData& xmp, const PictureShape& shape) : xmp_(xmp), shape_(shape) {}

  Status Write(std::span<const TaggedFace> faces) {
    for (const RegionSyntax& syntax : {kMwgSyntax, kMpSyntax}) RETURN_IF_ERROR(WriteRegions(syntax, faces));
    for (const TaggedFace& face : faces) {
      RETURN_IF_ERROR(AddItem(kSubject, face.name));
      RETURN_IF_ERROR(AddItem(kPersonInImage, face.name));
      // A name with the separator in it would be a path through people.
      if (face.name.find('|') == std::string::npos) RETURN_IF_ERROR(AddItem(kHierarchy, "People|" + face.name));
      if (face.name.find('/') == std::string::npos) RETURN_IF_ERROR(AddItem(kTagsList, "People/" + face.name));
    }
    return {};
  }

  bool changed() const { return changed_; }

 private:
  Status AddItem(const PeopleField& field, const std::string& text) {
    const auto found = xmp_.findKey(XmpKey(field.key));
    const std::vector<std::string> texts = TextsOf(xmp_, field.key);
    if (std::ranges::count(texts, text) > 0) return {};
    Exiv2::XmpArrayValue items(field.array);
    if (found != xmp_.end()) {
      const auto* const value = dynamic_cast<const XmpValue*>(&found->value());
      const bool is_simple_array = dynamic_cast<const Exiv2::XmpArrayValue*>(value) != nullptr;
      if (!is_simple_array && (value == nullptr || value->xmpArrayType() != XmpValue::xaNone)) {
        return Fail(ErrorCode::kUnsupported, "its {} holds more than words", field.key);
      }
      if (is_simple_array) items = Exiv2::XmpArrayValue(found->typeId());
    }
    for (const std::string& item : texts) items.read(item);
    items.read(text);
    if (found != xmp_.end()) {
      found->setValue(&items);
    } else {
      xmp_.add(XmpKey(field.key), &items);
    }
    changed_ = true;
    return {};
  }

  Status WriteRegions(const RegionSyntax& syntax, std::span<const TaggedFace> faces) {
    RegionArray regions = RegionsIn(xmp_, syntax, shape_);
    if (regions.last_number + faces.size() > kMaxRegions) {
      return Fail(ErrorCode::kTooLarge, "it has {} face regions already", regions.last_number);
    }
    const auto pairs = Pairs(regions.entries, faces);
    for (std::size_t i = 0; i < faces.size(); ++i) {
      if (pairs[i] != nullptr) {
        Rename(syntax, *pairs[i], faces[i].name);
      } else if (syntax.field == TagField::kMwgRegion ||
                 std::ranges::count(regions.entries, faces[i].name, &RegionEntry::name) == 0) {
        if (AddRegion(syntax, regions.last_number + 1, faces[i])) ++regions.last_number;
      }  // else an MP region that somebody forgot when the picture was turned: the one of the MWG counts
    }
    return {};
  }

  // For each face its region: such as bear its name before others, then by overlap.
  static std::vector<const RegionEntry*> Pairs(const std::vector<RegionEntry>& entries,
                                               std::span<const TaggedFace> faces) {
    struct Candidate {
      bool named;
      float overlap;
      std::size_t face;
      const RegionEntry* entry;
    };
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < faces.size(); ++i) {
      for (const RegionEntry& entry : entries) {
        if (!entry.box) continue;
        const bool named = entry.name == faces[i].name && IntersectionArea(*entry.box, faces[i].box) > 0;
        if (!named && !IsSameFace(*entry.box, faces[i].box)) continue;
        candidates.push_back({named, IntersectionOverUnion(*entry.box, faces[i].box), i, &entry});
      }
    }
    std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
      return std::tie(b.named, b.overlap) < std::tie(a.named, a.overlap);
    });
    std::vector<const RegionEntry*> pairs(faces.size());
    for (const Candidate& candidate : candidates) {
      if (pairs[candidate.face] == nullptr && std::ranges::count(pairs, candidate.entry) == 0) {
        pairs[candidate.face] = candidate.entry;
      }
    }
    return pairs;
  }

  void Rename(const RegionSyntax& syntax, const RegionEntry& entry, const std::string& name) {
    if (entry.name == name) return;
    const std::string key = fmt::format("{}[{}]{}", syntax.list, entry.number, syntax.name);
    const auto found = xmp_.findKey(XmpKey(key));
    if (found == xmp_.end()) {
      AddText(xmp_, key, name);
    } else {
      const Exiv2::XmpTextValue value(name);
      found->setValue(&value);
    }
    changed_ = true;
  }

  // false for a box beyond the picture.
  bool AddRegion(const RegionSyntax& syntax, std::size_t number, const TaggedFace& face) {
    const auto inside = [](float value) { return std::clamp(value, 0.0F, 1.0F); };
    const Box box = StoredBox({inside(face.box.x1), inside(face.box.y1), inside(face.box.x2), inside(face.box.y2)},
                              shape_.orientation);
    if (box.area() <= 0) return false;
    const bool is_mwg = syntax.field == TagField::kMwgRegion;
    if (is_mwg && !Has(xmp_, syntax.info)) AddDimensions();
    AddStructure(xmp_, syntax.info);
    AddArray(xmp_, syntax.list);
    const std::string item = fmt::format("{}[{}]", syntax.list, number);
    AddStructure(xmp_, item);
    AddText(xmp_, item + syntax.name, face.name);
    if (is_mwg) {
      AddText(xmp_, item + "/mwg-rs:Type", "Face");
      const std::string area = item + "/mwg-rs:Area";
      AddStructure(xmp_, area);
      AddText(xmp_, area + "/stArea:x", Fraction(box.center().x));
      AddText(xmp_, area + "/stArea:y", Fraction(box.center().y));
      AddText(xmp_, area + "/stArea:w", Fraction(box.width()));
      AddText(xmp_, area + "/stArea:h", Fraction(box.height()));
      AddText(xmp_, area + "/stArea:unit", "normalized");
    } else {
      AddText(xmp_, item + "/MPReg:Rectangle",
              fmt::format("{}, {}, {}, {}", Fraction(box.x1), Fraction(box.y1), Fraction(box.width()),
                          Fraction(box.height())));
    }
    changed_ = true;
    return true;
  }

  void AddDimensions() {
    const Size stored = UprightSize(shape_.upright_size, shape_.orientation);  // turning sideways is its own inverse
    const std::string dimensions = std::string(kMwgSyntax.info) + "/mwg-rs:AppliedToDimensions";
    AddStructure(xmp_, kMwgSyntax.info);
    AddStructure(xmp_, dimensions);
    AddText(xmp_, dimensions + "/stDim:w", std::to_string(stored.width));
    AddText(xmp_, dimensions + "/stDim:h", std::to_string(stored.height));
    AddText(xmp_, dimensions + "/stDim:unit", "pixel");
  }

  // A hundredth of a pixel in the largest pictures.
  static std::string Fraction(float value) { return fmt::format("{:.7f}", value); }

  XmpData& xmp_;
  const PictureShape& shape_;
  bool changed_ = false;
};

using Line = std::tuple<std::string, std::string, std::string>;  // key, type, value

Line LineOf(const Exiv2::Xmpdatum& datum) {
  std::string type = datum.typeName() != nullptr ? datum.typeName() : "";
  return {datum.key(), type, datum.toString()};
}

// What may not change: all fields but those of people, and of regions all but their names.
bool IsName(const std::string& key) { return key.ends_with(kMwgSyntax.name) || key.ends_with(kMpSyntax.name); }

bool IsOfPeople(const std::string& key) {
  return std::ranges::any_of(kPeopleFields, [&](const PeopleField& field) { return IsOf(key, field.key); });
}

Status CheckKept(const XmpData& before, const XmpData& after) {
  std::multiset<Line> left;
  for (const Exiv2::Xmpdatum& datum : after) left.insert(LineOf(datum));
  for (const Exiv2::Xmpdatum& datum : before) {
    const std::string key = datum.key();
    if (IsOfPeople(key)) continue;
    const auto kept = left.find(LineOf(datum));
    if (kept == left.end()) return Fail(ErrorCode::kCorrupt, "{} would not have stayed as it is", key);
    left.erase(kept);
  }
  const auto added = std::ranges::find_if(left, [](const Line& line) { return !IsOfPeople(std::get<0>(line)); });
  if (added != left.end()) return Fail(ErrorCode::kCorrupt, "{} would have come of itself", std::get<0>(*added));
  return {};
}

Status CheckPeopleKept(const XmpData& before, const XmpData& after) {
  for (const PeopleField& field : {kSubject, kHierarchy, kTagsList, kPersonInImage}) {
    const std::vector<std::string> kept = TextsOf(after, field.key);
    for (const std::string& text : TextsOf(before, field.key)) {
      if (std::ranges::count(kept, text) == 0) return Fail(ErrorCode::kCorrupt, "{} would have been lost", field.key);
    }
  }
  for (const RegionSyntax& syntax : {kMwgSyntax, kMpSyntax}) {
    for (const Exiv2::Xmpdatum& datum : before) {
      const std::string key = datum.key();
      if (!IsOf(key, syntax.info) || IsName(key)) continue;
      const auto kept = after.findKey(XmpKey(key));
      if (kept == after.end() || kept->toString() != datum.toString()) {
        return Fail(ErrorCode::kCorrupt, "{} would not have stayed as it is", key);
      }
    }
  }
  return {};
}

}  // namespace

Result<std::optional<std::string>> WithFaceTags(const std::string& xmp, const std::string& inherited,
                                                std::span<const TaggedFace> faces, const PictureShape& shape,
                                                XmpForm form) {
  ASSIGN_OR_RETURN(XmpData data, ParseXmp(xmp));
  ASSIGN_OR_RETURN(const XmpData from_photo, ParseXmp(inherited));
  try {
    Inherit(data, from_photo);
    if (AreForAnotherShape(data, shape)) {
      return Fail(ErrorCode::kUnsupported,
                  "its face regions were made before the picture was cropped or turned; take them away with the "
                  "program that wrote them");
    }
    FaceTagWriter writer(data, shape);
    RETURN_IF_ERROR(writer.Write(faces));
    if (!writer.changed()) return std::nullopt;
    const int flags =
        Exiv2::XmpParser::useCompactFormat |
        (form == XmpForm::kSidecar ? Exiv2::XmpParser::omitPacketWrapper : Exiv2::XmpParser::omitAllFormatting);
    std::string written;
    if (Exiv2::XmpParser::encode(written, data, static_cast<std::uint16_t>(flags)) != 0) {
      return Fail(ErrorCode::kUnsupported, "its XMP can't be written again by the library exiv2");
    }
    if (form == XmpForm::kSidecar) written = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + written;
    return written;
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kUnsupported, "its XMP can't be written again: {}", error.what());
  }
}

Status CheckFaceTags(const std::string& before, const std::string& after, const std::string& inherited,
                     std::span<const TaggedFace> faces, const PictureShape& shape) {
  ASSIGN_OR_RETURN(XmpData old_data, ParseXmp(before));
  ASSIGN_OR_RETURN(const XmpData from_photo, ParseXmp(inherited));
  ASSIGN_OR_RETURN(const XmpData new_data, ParseXmp(after));
  try {
    RETURN_IF_ERROR(CheckKept(old_data, new_data));
    Inherit(old_data, from_photo);
    RETURN_IF_ERROR(CheckPeopleKept(old_data, new_data));
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kCorrupt, "the new XMP can't be read: {}", error.what());
  }
  ASSIGN_OR_RETURN(const auto again, WithFaceTags(after, inherited, faces, shape, XmpForm::kPacket));
  if (again) return Fail(ErrorCode::kCorrupt, "the new XMP does not say what it was to say");
  return {};
}

}  // namespace kinfolder
