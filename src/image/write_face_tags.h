// Confirmed names written into XMP beside what others wrote there.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "image/face_tags.h"

namespace kinfolder {

struct TaggedFace {
  std::string name;
  Box box;  // in fractions of the upright photo; may reach a little beyond it
};

enum class XmpForm {
  kPacket,   // to lie in a photo
  kSidecar,  // a file of its own
};

// `xmp` ("" for none) with the faces as MWG and MP regions, and their names as keywords (dc:subject,
// lr:hierarchicalSubject "People|Name", digiKam:TagsList "People/Name") and in Iptc4xmpExt:PersonInImage; nullopt where
// it says all this already. A region of the same face gets the name, everything else stays. A sidecar hides what the
// photo itself says in a field, so fields that `xmp` lacks begin as they are in `inherited`, the photo's own XMP.
// kUnsupported where the regions there were made for a picture of another shape, kCorrupt for what is no XMP.
Result<std::optional<std::string>> WithFaceTags(const std::string& xmp, const std::string& inherited,
                                                std::span<const TaggedFace> faces, const PictureShape& shape,
                                                XmpForm form);

// That `after` came of `before` by WithFaceTags: it says all of the faces, and nothing else is gone or changed.
// kCorrupt with what is.
Status CheckFaceTags(const std::string& before, const std::string& after, const std::string& inherited,
                     std::span<const TaggedFace> faces, const PictureShape& shape);

}  // namespace kinfolder
