#include "image/metadata.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <exiv2/exiv2.hpp>
#include <string_view>

#include "image/exiv2_library.h"

namespace kinfolder {
namespace {

// Enough for every camera's name; what is longer is no name.
constexpr std::size_t kMaxCameraName = 100;

// The value of `key`, "" where there is none.
template <class Data, class Key>
std::string Text(const Data& data, const char* key) {
  const auto found = data.findKey(Key(key));
  return found == data.end() || found->count() == 0 ? "" : found->toString();
}

std::string ExifText(const Exiv2::ExifData& exif, const char* key) {
  return Text<Exiv2::ExifData, Exiv2::ExifKey>(exif, key);
}

std::string XmpText(const Exiv2::XmpData& xmp, const char* key) {
  return Text<Exiv2::XmpData, Exiv2::XmpKey>(xmp, key);
}

std::string IptcText(const Exiv2::IptcData& iptc, const char* key) {
  return Text<Exiv2::IptcData, Exiv2::IptcKey>(iptc, key);
}

// Takes the date from `text` unless an earlier field told it.
void Offer(PhotoMetadata& metadata, const char* field, const std::string& text) {
  if (metadata.taken_at) return;
  metadata.taken_at = ParseLocalTime(text);
  if (metadata.taken_at) metadata.taken_from = field;
}

void ReadDate(const Exiv2::Image& image, PhotoMetadata& metadata) {
  for (const char* field : {"Exif.Photo.DateTimeOriginal", "Exif.Photo.DateTimeDigitized"}) {
    Offer(metadata, field, ExifText(image.exifData(), field));
  }
  for (const char* field : {"Xmp.exif.DateTimeOriginal", "Xmp.xmp.CreateDate"}) {
    Offer(metadata, field, XmpText(image.xmpData(), field));
  }
  constexpr const char* kIptcDate = "Iptc.Application2.DateCreated";
  Offer(metadata, kIptcDate,
        IptcText(image.iptcData(), kIptcDate) + " " + IptcText(image.iptcData(), "Iptc.Application2.TimeCreated"));
  constexpr const char* kExifChanged = "Exif.Image.DateTime";
  Offer(metadata, kExifChanged, ExifText(image.exifData(), kExifChanged));
}

// Printable ASCII without spaces at its ends: cameras write nothing else, damaged files do.
std::string Cleaned(std::string_view text) {
  std::string clean;
  for (const char character : text.substr(0, kMaxCameraName)) {
    if (character >= ' ' && character <= '~') clean += character;
  }
  const auto first = clean.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return clean.substr(first, clean.find_last_not_of(' ') - first + 1);
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         std::equal(start.begin(), start.end(), text.begin(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

// "Canon" and "Canon EOS 5D" is "Canon EOS 5D"; so is "NIKON CORPORATION" and "NIKON D80" "NIKON D80".
std::string CameraName(const std::string& make, const std::string& model) {
  if (make.empty() || model.empty()) return make + model;
  const auto first_word = std::string_view(make).substr(0, make.find(' '));
  return StartsWithIgnoringCase(model, first_word) ? model : make + " " + model;
}

}  // namespace

PhotoMetadata ReadMetadata(std::span<const std::byte> bytes) {
  PhotoMetadata metadata;
  if (bytes.empty()) return metadata;
  try {
    const auto image = OpenWithExiv2(bytes);
    metadata.camera = CameraName(Cleaned(ExifText(image->exifData(), "Exif.Image.Make")),
                                 Cleaned(ExifText(image->exifData(), "Exif.Image.Model")));
    ReadDate(*image, metadata);
  } catch (const std::exception&) {
    // What was read before the damage stays.
  }
  return metadata;
}

}  // namespace kinfolder
