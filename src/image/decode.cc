#include "image/decode.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <new>
#include <utility>

#include "image/color.h"
#include "image/format.h"
#include "image/orientation.h"
#include "image/raw.h"
#include "image/resample.h"
#include "image/vips_library.h"

namespace kinfolder {
namespace {

using Bytes = std::span<const std::byte>;

// Bytes of one stored pixel, at most: four channels of 16 bits. Scientific pictures with more are no photos, and
// their size in memory would escape the limit on pixels.
constexpr std::int64_t kMaxBytesPerPixel = 8;

// Rows that are asked of libvips at once: enough to amortise the call, few enough to stay in the cache.
constexpr int kStripRows = 64;

auto Damaged(PhotoFormat format) {
  return Fail(ErrorCode::kCorrupt, "this {} photo is cut short or damaged", SpokenName(format));
}

// Opens the photo, which reads its header only. `shrink` (JPEG only: 1, 2, 4, 8) divides its sides while it decodes.
// Cut photos fail; those with mere irregularities load.
VipsImagePtr Open(Bytes bytes, PhotoFormat format, int shrink) {
  void* const data = const_cast<std::byte*>(bytes.data());  // libvips only reads it
  const auto with = [&](auto load, auto... options) {
    return MakeVipsImage([&](VipsImage** out) {
      return load(data, bytes.size(), out, options..., "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                  nullptr);
    });
  };
  switch (format) {
    case PhotoFormat::kJpeg:
      return with(vips_jpegload_buffer, "shrink", shrink);
    case PhotoFormat::kPng:
      return with(vips_pngload_buffer);
    case PhotoFormat::kWebp:
      return with(vips_webpload_buffer);
    case PhotoFormat::kTiff:
      return with(vips_tiffload_buffer);
    case PhotoFormat::kGif:
      return with(vips_gifload_buffer);
    case PhotoFormat::kHeif:
    case PhotoFormat::kAvif:
      return with(vips_heifload_buffer);
    case PhotoFormat::kJxl:
      return with(vips_jxlload_buffer);
    case PhotoFormat::kRaw:
      break;
  }
  return nullptr;
}

Status CheckSize(const VipsImage* image, const DecodeOptions& options) {
  const std::int64_t pixels = std::int64_t{1} * image->Xsize * image->Ysize;
  if (pixels > options.max_pixels) {
    return Fail(ErrorCode::kTooLarge, "this photo says it is {} x {} pixels, more than the {} million allowed",
                image->Xsize, image->Ysize, options.max_pixels / 1'000'000);
  }
  if (static_cast<std::int64_t>(VIPS_IMAGE_SIZEOF_PEL(image)) > kMaxBytesPerPixel) {
    return Fail(ErrorCode::kUnsupported, "this picture has {} channels of {} bits, which no photo has", image->Bands,
                8 * vips_format_sizeof(image->BandFmt));
  }
  return {};
}

// libheif and libjxl turn the picture themselves.
int StoredOrientation(VipsImage* image, PhotoFormat format) {
  const bool turned = format == PhotoFormat::kHeif || format == PhotoFormat::kAvif || format == PhotoFormat::kJxl;
  return turned ? 1 : vips_image_get_orientation(image);
}

// `full`, or, where `longest_side` is given and smaller, the size with that longest side.
Size WorkingSize(Size full, int longest_side) {
  const int longest = std::max(full.width, full.height);
  if (longest_side <= 0 || longest <= longest_side) return full;
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * longest_side / longest)));
  };
  return {scaled(full.width), scaled(full.height)};
}

// The largest factor that libjpeg can shrink by without falling below the working size.
int JpegShrink(Size full, Size working) {
  const int factor = std::max(full.width, full.height) / std::max(working.width, working.height);
  return factor >= 8 ? 8 : factor >= 4 ? 4 : factor >= 2 ? 2 : 1;
}

VipsImagePtr ResizeTo(VipsImagePtr image, Size size) {
  if (image->Xsize == size.width && image->Ysize == size.height) return image;
  return MakeVipsImage([&](VipsImage** out) {
    return vips_resize(image.get(), out, static_cast<double>(size.width) / image->Xsize, "vscale",
                       static_cast<double>(size.height) / image->Ysize, nullptr);
  });
}

// Computes the pixels, in the calling thread, from the top to the bottom. Memory is taken when the first rows are
// there: a few bytes that only claim to be a large photo get none.
std::optional<Image> ReadPixels(VipsImage* source) {
  Image image;
  const VipsRegionPtr region(vips_region_new(source));
  for (int y = 0; y < source->Ysize; y += kStripRows) {
    const VipsRect strip{0, y, source->Xsize, std::min(kStripRows, source->Ysize - y)};
    if (vips_region_prepare(region.get(), &strip) != 0) {
      vips_error_clear();
      return std::nullopt;
    }
    if (image.empty()) image = Image(source->Xsize, source->Ysize);
    for (int row = y; row < y + strip.height; ++row) {
      std::copy_n(VIPS_REGION_ADDR(region.get(), 0, row), std::size_t{3} * image.width(), image.row(row));
    }
  }
  return image;
}

// The photo as it is stored, at the working size, not turned yet.
Result<DecodedPhoto> DecodeWithVips(Bytes bytes, PhotoFormat format, const DecodeOptions& options) {
  VipsImagePtr source = Open(bytes, format, 1);
  if (!source) return Damaged(format);
  RETURN_IF_ERROR(CheckSize(source.get(), options));
  const Size full{source->Xsize, source->Ysize};
  const Size working = WorkingSize(full, options.longest_side);
  const int orientation = StoredOrientation(source.get(), format);
  const int shrink = format == PhotoFormat::kJpeg ? JpegShrink(full, working) : 1;
  if (shrink > 1) source = Open(bytes, format, shrink);
  if (!source) return Damaged(format);
  // Some loaders hold the whole picture before they give a row of it: gigabytes, that several workers must not want at
  // once.
  constexpr std::int64_t kLargePixels = 64'000'000;
  static std::mutex large_photos;
  std::unique_lock lock(large_photos, std::defer_lock);
  if (std::int64_t{1} * source->Xsize * source->Ysize > kLargePixels) lock.lock();
  source = Flatten(std::move(source));
  if (source) source = ResizeTo(std::move(source), working);
  if (source) source = ToSrgb(std::move(source));
  if (!source) {
    return Fail(ErrorCode::kUnsupported, "the colours of this {} photo can't be turned into sRGB", SpokenName(format));
  }
  auto stored = ReadPixels(source.get());
  if (!stored) return Damaged(format);
  return DecodedPhoto{*std::move(stored), full, orientation, std::string(Name(format))};
}

Result<DecodedPhoto> DecodeRaw(Bytes bytes, const DecodeOptions& options) {
  ASSIGN_OR_RETURN(const RawPhoto raw, OpenRaw(bytes, options));
  DecodedPhoto photo;
  photo.full_size = raw.upright_size;
  photo.orientation = raw.orientation;
  photo.format = Name(PhotoFormat::kRaw);
  if (!raw.preview.empty()) {
    // A preview that is damaged says nothing about the sensor data.
    if (auto preview = DecodeWithVips(raw.preview, PhotoFormat::kJpeg, options)) {
      photo.image = Upright(std::move(preview->image), raw.preview_orientation);
      return photo;
    }
  }
  ASSIGN_OR_RETURN(const Image developed, DevelopRaw(bytes));
  photo.image = ResizeArea(developed, WorkingSize(developed.size(), options.longest_side));
  return photo;
}

Result<DecodedPhoto> DecodeAs(PhotoFormat format, Bytes bytes, const DecodeOptions& options) {
  if (format == PhotoFormat::kRaw) return DecodeRaw(bytes, options);
  ASSIGN_OR_RETURN(DecodedPhoto photo, DecodeWithVips(bytes, format, options));
  photo.image = Upright(std::move(photo.image), photo.orientation);
  photo.full_size = UprightSize(photo.full_size, photo.orientation);
  return photo;
}

}  // namespace

Status InitializeImageLibrary(const char* program_path) { return UseVips(program_path); }

Result<DecodedPhoto> Decode(std::span<const std::byte> bytes, const DecodeOptions& options) {
  if (bytes.empty()) return Fail(ErrorCode::kCorrupt, "the file is empty");
  if (bytes.size() > kMaxPhotoBytes) {
    return Fail(ErrorCode::kTooLarge, "the file is larger than the {} GiB that a photo may have", kMaxPhotoBytes >> 30);
  }
  const auto format = RecognizeFormat(bytes);
  if (!format) {
    const auto other = DescribeOther(bytes);
    if (other.empty()) return Fail(ErrorCode::kUnsupported, "this is no photo in a format that Kinfolder reads");
    return Fail(ErrorCode::kUnsupported, "this is {}, not a photo that Kinfolder reads", other);
  }
  RETURN_IF_ERROR(UseVips());
  try {
    return DecodeAs(*format, bytes, options);
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kTooLarge, "there is not enough memory for this photo");
  }
}

}  // namespace kinfolder
