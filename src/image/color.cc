#include "image/color.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace kinfolder {
namespace {

// The part of an ICC profile that names it (ICC.1:2010, 7.3 and 9.2.41); "" where the profile is broken.
std::string_view ProfileName(std::string_view profile) {
  const auto number = [&](std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i)
      value = value << 8 | (i < profile.size() ? static_cast<std::uint8_t>(profile[i]) : 0U);
    return value;
  };
  constexpr std::size_t kTagTable = 128;
  constexpr std::size_t kMaxTags = 100;
  const std::size_t tags = std::min(number(kTagTable), kMaxTags);
  for (std::size_t entry = kTagTable + 4; entry < kTagTable + 4 + 12 * tags; entry += 12) {
    if (profile.size() < entry + 12) return "";
    const std::size_t offset = number(entry + 4);
    if (profile.substr(entry, 4) == "desc" && offset <= profile.size())
      return profile.substr(offset, number(entry + 8));
  }
  return "";
}

// Values that are sRGB already must stay what they are. The name is ASCII in ICC version 2 and UTF-16 in version 4.
bool HasSrgbProfile(VipsImage* image) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &size) != 0) return false;
  const std::string_view name = ProfileName({static_cast<const char*>(data), size});
  return name.find("sRGB") != std::string_view::npos ||
         name.find(std::string_view("s\0R\0G\0B", 7)) != std::string_view::npos;
}

}  // namespace

VipsImagePtr Flatten(VipsImagePtr image) {
  if (!vips_image_hasalpha(image.get())) return image;
  const bool wide = image->Type == VIPS_INTERPRETATION_RGB16 || image->Type == VIPS_INTERPRETATION_GREY16;
  const double white = wide ? 65535 : 255;
  const std::unique_ptr<VipsArrayDouble, void (*)(VipsArrayDouble*)> background(
      vips_array_double_newv(1, white), [](VipsArrayDouble* array) { vips_area_unref(VIPS_AREA(array)); });
  return MakeVipsImage([&](VipsImage** out) {
    return vips_flatten(image.get(), out, "background", background.get(), "max_alpha", white, nullptr);
  });
}

VipsImagePtr ToSrgb(VipsImagePtr image) {
  if (vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0 && !HasSrgbProfile(image.get())) {
    auto converted = MakeVipsImage([&](VipsImage** out) {
      return vips_icc_transform(image.get(), out, "srgb", "embedded", TRUE, "depth", 8, nullptr);
    });
    if (converted) image = std::move(converted);
  }
  if (image->Type != VIPS_INTERPRETATION_sRGB) {
    image = MakeVipsImage(
        [&](VipsImage** out) { return vips_colourspace(image.get(), out, VIPS_INTERPRETATION_sRGB, nullptr); });
  }
  if (image && image->Bands > 3) {
    image = MakeVipsImage([&](VipsImage** out) { return vips_extract_band(image.get(), out, 0, "n", 3, nullptr); });
  }
  if (image && image->BandFmt != VIPS_FORMAT_UCHAR) {
    image = MakeVipsImage([&](VipsImage** out) { return vips_cast_uchar(image.get(), out, nullptr); });
  }
  return image && image->Bands == 3 ? std::move(image) : nullptr;
}

}  // namespace kinfolder
