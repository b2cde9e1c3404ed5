#include "image/embed_xmp.h"

#include <algorithm>
#include <exception>
#include <exiv2/exiv2.hpp>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "image/byte_order.h"
#include "image/decode.h"
#include "image/exiv2_library.h"
#include "image/face_tags.h"
#include "image/format.h"

namespace kinfolder {
namespace {

using std::string_view_literals::operator""sv;
using ByteVector = std::vector<std::byte>;
using ByteSpan = std::span<const std::byte>;

tl::unexpected<Error> Cut() { return Fail(ErrorCode::kCorrupt, "the file is cut or damaged"); }

tl::unexpected<Error> InSeveralParts() {
  return Fail(ErrorCode::kUnsupported, "its XMP is in several parts, which Kinfolder does not write");
}

void Append(ByteVector& bytes, ByteSpan more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

bool StartsWith(ByteSpan bytes, std::string_view start) { return AsText(bytes).starts_with(start); }

// A part of a file, from its first byte to behind its last.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// `photo` with `made` in place of the part.
ByteVector Replaced(ByteSpan photo, Part part, ByteSpan made) {
  ByteVector written;
  written.reserve(photo.size() + made.size());
  Append(written, photo.first(part.begin));
  Append(written, made);
  Append(written, photo.subspan(part.end));
  return written;
}

// -- JPEG (ITU-T T.81, annex B; XMP specification part 3, section 1.1.3) ----------------------------------------------

constexpr auto kXmpSegment = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr auto kXmpExtension = "http://ns.adobe.com/xmp/extension/\0"sv;
constexpr std::size_t kMaxSegment = 0xFFFF;

struct JpegSegment {
  Part part;  // with its marker
  std::uint32_t marker = 0;
  ByteSpan payload;

  bool IsXmp() const { return marker == 0xE1 && StartsWith(payload, kXmpSegment); }
};

struct JpegHead {
  std::vector<JpegSegment> segments;  // before the first scan
  std::size_t scan = 0;               // where it begins
};

Result<JpegHead> ParseJpeg(ByteSpan photo) {
  JpegHead head;
  std::size_t at = 2;
  for (;;) {
    const std::size_t begin = at;
    if (at + 4 > photo.size() || photo[at] != std::byte{0xFF}) return Cut();
    while (at + 4 <= photo.size() && photo[at + 1] == std::byte{0xFF}) ++at;  // fill bytes
    if (at + 4 > photo.size()) return Cut();
    const auto marker = std::to_integer<std::uint32_t>(photo[at + 1]);
    if (marker == 0xDA) {
      head.scan = begin;
      return head;
    }
    const std::uint32_t length = NumberAt(photo, at + 2, 2, ByteOrder::kBig);
    if (marker < 0xC0 || (marker >= 0xD0 && marker <= 0xD9) || length < 2 || photo.size() - at - 2 < length) {
      return Cut();
    }
    at += 2 + std::size_t{length};
    head.segments.push_back({{begin, at}, marker, photo.subspan(at - length + 2, length - 2)});
  }
}

Result<ByteVector> WithXmpInJpeg(ByteSpan photo, const std::string& packet) {
  ASSIGN_OR_RETURN(const JpegHead head, ParseJpeg(photo));
  std::optional<Part> xmp;
  Part after_exif{2, 2};
  bool at_start = true;
  bool has_more_pictures = false;
  for (const JpegSegment& segment : head.segments) {
    if (segment.marker == 0xE1 && StartsWith(segment.payload, kXmpExtension)) return InSeveralParts();
    if (segment.IsXmp()) {
      if (xmp) return InSeveralParts();
      // The places of further pictures (CIPA DC-007) count from this index on, and would be moved away from it.
      if (has_more_pictures)
        return Fail(ErrorCode::kUnsupported, "it holds several pictures with XMP behind their index");
      xmp = segment.part;
    }
    has_more_pictures |= segment.marker == 0xE2 && StartsWith(segment.payload, "MPF\0"sv);
    at_start &= segment.marker == 0xE0 || segment.marker == 0xE1;
    if (at_start) after_exif = {segment.part.end, segment.part.end};
  }
  const std::size_t length = 2 + kXmpSegment.size() + packet.size();
  if (length > kMaxSegment) return Fail(ErrorCode::kUnsupported, "its XMP is too large for a JPEG file");
  ByteVector made = {std::byte{0xFF}, std::byte{0xE1}};
  AppendNumber(made, 2, ByteOrder::kBig, length);
  Append(made, AsBytes(kXmpSegment));
  Append(made, AsBytes(packet));
  return Replaced(photo, xmp.value_or(after_exif), made);
}

// All but the XMP, byte for byte.
Status CheckSameJpeg(ByteSpan before, ByteSpan after) {
  ASSIGN_OR_RETURN(const JpegHead old_head, ParseJpeg(before));
  ASSIGN_OR_RETURN(const JpegHead new_head, ParseJpeg(after));
  const auto parts = [](ByteSpan photo, const JpegHead& head) {
    std::vector<std::string_view> texts = {AsText(photo.subspan(head.scan))};
    for (const JpegSegment& segment : head.segments) {
      if (segment.IsXmp()) continue;
      texts.push_back(AsText(photo.subspan(segment.part.begin, segment.part.end - segment.part.begin)));
    }
    return texts;
  };
  if (parts(before, old_head) == parts(after, new_head)) return {};
  return Fail(ErrorCode::kCorrupt, "other bytes than those of the XMP would have changed");
}

// -- PNG (ISO/IEC 15948; XMP specification part 3, section 1.1.5)
// ------------------------------------------------------

constexpr auto kXmpKeyword = "XML:com.adobe.xmp\0"sv;
constexpr auto kXmpChunkStart = "XML:com.adobe.xmp\0\0\0\0\0"sv;  // neither compressed nor translated
constexpr auto kOldXmpKeyword = "Raw profile type xmp\0"sv;
constexpr std::size_t kPngSignature = 8;

// Annex D of the specification.
std::uint32_t Crc32(ByteSpan bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
  }
  return ~crc;
}

Result<ByteVector> WithXmpInPng(ByteSpan photo, const std::string& packet) {
  std::optional<Part> xmp;
  Part after_header;
  bool ended = false;
  for (std::size_t at = kPngSignature; !ended;) {
    if (photo.size() - at < 12) return Cut();
    const std::uint32_t length = NumberAt(photo, at, 4, ByteOrder::kBig);
    if (photo.size() - at - 12 < length) return Cut();
    const std::string_view kind = AsText(photo.subspan(at + 4, 4));
    const ByteSpan data = photo.subspan(at + 8, length);
    const Part chunk{at, at + 12 + length};
    if (kind == "IHDR") after_header = {chunk.end, chunk.end};
    if (kind == "iTXt" && StartsWith(data, kXmpKeyword)) {
      if (xmp) return InSeveralParts();
      xmp = chunk;
    }
    if ((kind == "tEXt" || kind == "zTXt" || kind == "iTXt") && StartsWith(data, kOldXmpKeyword)) {
      return Fail(ErrorCode::kUnsupported, "its XMP is where old programs put it, which Kinfolder does not write");
    }
    ended = kind == "IEND";
    at = chunk.end;
  }
  if (after_header.end == 0) return Cut();
  ByteVector made;
  AppendNumber(made, 4, ByteOrder::kBig, kXmpChunkStart.size() + packet.size());
  Append(made, AsBytes("iTXt"));
  Append(made, AsBytes(kXmpChunkStart));
  Append(made, AsBytes(packet));
  AppendNumber(made, 4, ByteOrder::kBig, Crc32(std::span(made).subspan(4)));
  return Replaced(photo, xmp.value_or(after_header), made);
}

// -- WebP (RFC 9649)
// ---------------------------------------------------------------------------------------------------

constexpr std::size_t kRiffHeader = 12;
constexpr std::byte kXmpFlag{0x04};
constexpr std::byte kAlphaFlag{0x10};

void AppendChunk(ByteVector& bytes, std::string_view kind, ByteSpan data) {
  Append(bytes, AsBytes(kind));
  AppendNumber(bytes, 4, ByteOrder::kLittle, data.size());
  Append(bytes, data);
  if (data.size() % 2 == 1) bytes.push_back({});
}

// The header of an extended file, from the only chunk of a simple one.
Result<ByteVector> ExtendedHeader(std::string_view kind, ByteSpan data) {
  if (data.size() < 10) return Cut();
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::byte flags = kXmpFlag;
  if (kind == "VP8L") {  // section 7.1: a byte, then 14 bits each of width and height, less one, then alpha
    const std::uint32_t bits = NumberAt(data, 1, 4, ByteOrder::kLittle);
    width = (bits & 0x3FFF) + 1;
    height = (bits >> 14 & 0x3FFF) + 1;
    if ((bits >> 28 & 1) != 0) flags |= kAlphaFlag;
  } else {  // RFC 6386, section 9.1: 14 bits each after a frame tag and a start code
    width = NumberAt(data, 6, 2, ByteOrder::kLittle) & 0x3FFF;
    height = NumberAt(data, 8, 2, ByteOrder::kLittle) & 0x3FFF;
  }
  if (width == 0 || height == 0) return Cut();
  ByteVector header = {flags, {}, {}, {}};
  AppendNumber(header, 3, ByteOrder::kLittle, width - 1);
  AppendNumber(header, 3, ByteOrder::kLittle, height - 1);
  return header;
}

Result<ByteVector> WithXmpInWebp(ByteSpan photo, const std::string& packet) {
  const std::size_t riff = std::size_t{NumberAt(photo, 4, 4, ByteOrder::kLittle)} + 8;
  if (riff > photo.size() || riff < kRiffHeader) return Cut();
  ByteVector chunks;
  bool has_xmp = false;
  bool extended = false;
  for (std::size_t at = kRiffHeader; at < riff;) {
    if (riff - at < 8) return Cut();
    const std::string_view kind = AsText(photo.subspan(at, 4));
    const std::uint32_t length = NumberAt(photo, at + 4, 4, ByteOrder::kLittle);
    const std::size_t padded = 8 + std::size_t{length} + length % 2;
    if (riff - at < padded) return Cut();
    const ByteSpan data = photo.subspan(at + 8, length);
    if (kind == "XMP ") {
      if (has_xmp) return InSeveralParts();
      has_xmp = true;
      AppendChunk(chunks, "XMP ", AsBytes(packet));
    } else if (kind == "VP8X" && length >= 10) {
      extended = true;
      ByteVector header(data.begin(), data.end());
      header[0] |= kXmpFlag;
      AppendChunk(chunks, "VP8X", header);
    } else {
      if (!extended && (kind == "VP8 " || kind == "VP8L")) {
        ASSIGN_OR_RETURN(const ByteVector header, ExtendedHeader(kind, data));
        AppendChunk(chunks, "VP8X", header);
        extended = true;
      }
      Append(chunks, photo.subspan(at, padded));
    }
    at += padded;
  }
  if (!extended) return Cut();
  if (!has_xmp) AppendChunk(chunks, "XMP ", AsBytes(packet));
  ByteVector written(photo.begin(), photo.begin() + kRiffHeader);
  Append(written, chunks);
  PutNumber(written, 4, 4, ByteOrder::kLittle, written.size() - 8);
  Append(written, photo.subspan(riff));
  return written;
}

// -- TIFF (TIFF 6.0, section 2; XMP specification part 3, section 1.1.7)
// -----------------------------------------------

constexpr std::uint32_t kXmpTag = 700;
constexpr std::uint32_t kByteType = 1;
constexpr std::size_t kEntryBytes = 12;

// The packet and a new first directory go behind the end of the file; all that was there stays where it is.
Result<ByteVector> WithXmpInTiff(ByteSpan photo, const std::string& packet) {
  const ByteOrder order = StartsWith(photo, "MM") ? ByteOrder::kBig : ByteOrder::kLittle;
  if (photo.size() < 8) return Cut();
  if (NumberAt(photo, 2, 2, order) != 42) return Fail(ErrorCode::kUnsupported, "it is a BigTIFF file");
  const std::size_t directory = NumberAt(photo, 4, 4, order);
  if (directory > photo.size() || photo.size() - directory < 2) return Cut();
  const std::uint32_t count = NumberAt(photo, directory, 2, order);
  const std::size_t entries = directory + 2;
  if (count == 0 || count == 0xFFFF || photo.size() - entries < count * kEntryBytes + 4) return Cut();

  ByteVector written(photo.begin(), photo.end());
  if (written.size() % 2 == 1) written.push_back({});
  ByteVector entry;
  AppendNumber(entry, 2, order, kXmpTag);
  AppendNumber(entry, 2, order, kByteType);
  AppendNumber(entry, 4, order, packet.size());
  AppendNumber(entry, 4, order, written.size());
  Append(written, AsBytes(packet));
  if (written.size() % 2 == 1) written.push_back({});
  const std::size_t new_directory = written.size();
  if (new_directory > 0xFFFF0000) return Fail(ErrorCode::kUnsupported, "it is too large for another directory");

  std::uint32_t new_count = 0;
  bool placed = false;
  AppendNumber(written, 2, order, 0);
  for (std::uint32_t i = 0; i <= count; ++i) {
    const std::size_t at = entries + i * kEntryBytes;
    const std::uint32_t tag = i < count ? NumberAt(photo, at, 2, order) : 0xFFFF;
    if (!placed && tag >= kXmpTag) {
      Append(written, entry);
      placed = true;
      ++new_count;
    }
    if (i == count || tag == kXmpTag) continue;
    Append(written, photo.subspan(at, kEntryBytes));
    ++new_count;
  }
  Append(written, photo.subspan(entries + count * kEntryBytes, 4));  // the next directory
  PutNumber(written, new_directory, 2, order, new_count);
  PutNumber(written, 4, 4, order, new_directory);
  return written;
}

// -- What exiv2 reads beside the XMP
// -----------------------------------------------------------------------------------

// Every EXIF and IPTC value by key, and the colour profile.
Result<std::multimap<std::string, std::string>> OtherMetadata(ByteSpan photo) {
  std::multimap<std::string, std::string> values;
  try {
    const auto image = OpenWithExiv2(photo);
    const auto add = [&](const Exiv2::Metadatum& datum) {
      if (datum.key() == "Exif.Image.XMLPacket") return;
      std::string bytes(static_cast<std::size_t>(datum.size()), '\0');
      datum.value().copy(reinterpret_cast<Exiv2::byte*>(bytes.data()), Exiv2::bigEndian);
      values.emplace(datum.key(), datum.typeName() + bytes);
    };
    for (const Exiv2::Exifdatum& datum : image->exifData()) add(datum);
    for (const Exiv2::Iptcdatum& datum : image->iptcData()) add(datum);
    if (const Exiv2::DataBuf* const profile = image->iccProfile(); profile != nullptr && profile->size_ > 0) {
      values.emplace("colour profile", std::string(reinterpret_cast<const char*>(profile->pData_),
                                                   static_cast<std::size_t>(profile->size_)));
    }
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kCorrupt, "its metadata can't be read: {}", error.what());
  }
  return values;
}

Status CheckSamePixels(ByteSpan before, ByteSpan after) {
  ASSIGN_OR_RETURN(const DecodedPhoto old_photo, Decode(before, {}));
  ASSIGN_OR_RETURN(const DecodedPhoto new_photo, Decode(after, {}));
  if (old_photo.image == new_photo.image && old_photo.orientation == new_photo.orientation) return {};
  return Fail(ErrorCode::kCorrupt, "its pixels would have changed");
}

}  // namespace

Result<std::vector<std::byte>> WithEmbeddedXmp(std::span<const std::byte> photo, const std::string& packet) {
  const std::optional<PhotoFormat> format = RecognizeFormat(photo);
  if (!format) return Fail(ErrorCode::kUnsupported, "it is no photo");
  switch (*format) {
    case PhotoFormat::kJpeg:
      return WithXmpInJpeg(photo, packet);
    case PhotoFormat::kPng:
      return WithXmpInPng(photo, packet);
    case PhotoFormat::kWebp:
      return WithXmpInWebp(photo, packet);
    case PhotoFormat::kTiff:
      return WithXmpInTiff(photo, packet);
    default:
      return Fail(ErrorCode::kUnsupported, "Kinfolder does not write into {} files", SpokenName(*format));
  }
}

Status CheckOnlyXmpDiffers(std::span<const std::byte> before, std::span<const std::byte> after) {
  ASSIGN_OR_RETURN(const auto old_values, OtherMetadata(before));
  ASSIGN_OR_RETURN(const auto new_values, OtherMetadata(after));
  if (old_values != new_values) return Fail(ErrorCode::kCorrupt, "metadata other than the XMP would have changed");
  return RecognizeFormat(before) == PhotoFormat::kJpeg ? CheckSameJpeg(before, after) : CheckSamePixels(before, after);
}

}  // namespace kinfolder
