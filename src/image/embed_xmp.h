// An XMP packet put into a photo's file, every other byte as it is: the packet's own segment, chunk or tag is made new,
// and nothing is decoded or written again.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace kinfolder {

// The photo's bytes with `packet` in place of the XMP in it, if any. For JPEG, PNG, WebP and TIFF; kUnsupported with
// the reason for other formats and for what can't be written safely: a packet too large for JPEG, XMP in several parts
// or in an old place. kCorrupt for a damaged file.
Result<std::vector<std::byte>> WithEmbeddedXmp(std::span<const std::byte> photo, const std::string& packet);

// That two files differ in their XMP alone: the same pixels, for JPEG the same bytes, and the same EXIF, IPTC and
// colour profile. kCorrupt with what differs.
Status CheckOnlyXmpDiffers(std::span<const std::byte> before, std::span<const std::byte> after);

}  // namespace kinfolder
