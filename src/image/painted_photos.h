// Photos that tests paint themselves: no photo of a real person lies in the repository. For test programs only.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "image/decode.h"
#include "image/image.h"
#include "image/vips_library.h"

namespace kinfolder {

using Rgb = std::array<std::uint8_t, 3>;

inline constexpr Rgb kRed{220, 30, 40};
inline constexpr Rgb kGreen{30, 200, 60};
inline constexpr Rgb kBlue{40, 50, 210};
inline constexpr Rgb kSand{230, 210, 150};

// Four quarters: red and green above, blue and sand below.
inline Image PaintQuarters(int width, int height) {
  Image image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Rgb& color = y < height / 2 ? (x < width / 2 ? kRed : kGreen) : (x < width / 2 ? kBlue : kSand);
      std::copy(color.begin(), color.end(), image.row(y) + std::ptrdiff_t{3} * x);
    }
  }
  return image;
}

inline VipsImagePtr ToVips(const Image& image) {
  EXPECT_TRUE(UseVips());
  VipsImage* copy = nullptr;
  VipsImage* view = vips_image_new_from_memory_copy(image.pixels().data(), image.pixels().size(), image.width(),
                                                    image.height(), 3, VIPS_FORMAT_UCHAR);
  vips_copy(view, &copy, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
  g_object_unref(view);
  return VipsImagePtr(copy);
}

inline DecodedPhoto MustDecode(const std::vector<std::byte>& bytes, int longest_side = 0) {
  auto photo = Decode(bytes, {.longest_side = longest_side});
  if (!photo) {
    ADD_FAILURE() << photo.error().message;
    return {};
  }
  return *std::move(photo);
}

// The bytes of a file of the kind that `suffix` names, with libvips' options in brackets.
inline std::vector<std::byte> Save(const VipsImagePtr& image, const std::string& suffix) {
  void* data = nullptr;
  std::size_t size = 0;
  vips_block_untrusted_set(FALSE);  // libvips counts writing JPEG XL as untrusted as well
  if (vips_image_write_to_buffer(image.get(), suffix.c_str(), &data, &size, nullptr) != 0) {
    ADD_FAILURE() << suffix << ": " << vips_error_buffer();
    vips_error_clear();
  }
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoadJxl", FALSE);
  std::vector<std::byte> bytes(size);
  if (size > 0) std::memcpy(bytes.data(), data, size);
  g_free(data);
  return bytes;
}

inline std::vector<std::byte> Save(const Image& image, const std::string& suffix) {
  return Save(ToVips(image), suffix);
}

inline Rgb PixelAt(const Image& image, int x, int y) {
  const std::uint8_t* pixel = image.row(y) + std::ptrdiff_t{3} * x;
  return {pixel[0], pixel[1], pixel[2]};
}

inline void ExpectColor(const Rgb& seen, const Rgb& expected, int tolerance) {
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(seen[i], expected[i], tolerance) << "channel " << i;
}

// That the middles of the four quarters have their colours.
inline void ExpectQuarters(const Image& image, int tolerance) {
  const int x = image.width() / 4;
  const int y = image.height() / 4;
  ExpectColor(PixelAt(image, x, y), kRed, tolerance);
  ExpectColor(PixelAt(image, 3 * x, y), kGreen, tolerance);
  ExpectColor(PixelAt(image, x, 3 * y), kBlue, tolerance);
  ExpectColor(PixelAt(image, 3 * x, 3 * y), kSand, tolerance);
}

inline std::vector<std::byte> BytesOf(std::string_view text) {
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

}  // namespace kinfolder
