#include "image/raw.h"

#include <libraw/libraw.h>

#include <algorithm>
#include <memory>

namespace kinfolder {
namespace {

auto Damaged() { return Fail(ErrorCode::kCorrupt, "this camera raw photo is cut short or damaged"); }

struct RawClose {
  void operator()(LibRaw* raw) const {
    raw->recycle();
    delete raw;
  }
};
// On the heap: it holds hundreds of kilobytes of tables.
using RawPtr = std::unique_ptr<LibRaw, RawClose>;

struct FreePicture {
  void operator()(libraw_processed_image_t* picture) const { LibRaw::dcraw_clear_mem(picture); }
};

Result<RawPtr> Open(std::span<const std::byte> bytes) {
  RawPtr raw(new LibRaw);
  raw->set_dataerror_handler(nullptr, nullptr);  // else it prints
  raw->set_memerror_handler(nullptr, nullptr);
  // LibRaw takes it as it is and only reads it.
  const int status = raw->open_buffer(const_cast<std::byte*>(bytes.data()), bytes.size());
  if (status == LIBRAW_FILE_UNSUPPORTED) {
    return Fail(ErrorCode::kUnsupported,
                "this looks like a camera raw photo, but of a kind that LibRaw {} doesn't know", LibRaw::version());
  }
  if (status != LIBRAW_SUCCESS) return Damaged();
  return raw;
}

// LibRaw keeps dcraw's code for a turn: 3 half, 5 counterclockwise, 6 clockwise.
int ExifOrientation(int flip) { return flip == 3 ? 3 : flip == 5 ? 8 : flip == 6 ? 6 : 1; }

Size UprightSizeOf(const libraw_image_sizes_t& sizes) {
  const Size stored{sizes.width, sizes.height};
  return ExifOrientation(sizes.flip) >= 5 ? Size{stored.height, stored.width} : stored;
}

bool LargeEnough(const libraw_thumbnail_t& preview, Size full, int longest_side) {
  const int half = std::max(full.width, full.height) / 2;
  const int wanted = longest_side > 0 ? std::min(longest_side, half) : half;
  return preview.tformat == LIBRAW_THUMBNAIL_JPEG && preview.thumb != nullptr &&
         std::max<int>(preview.twidth, preview.theight) >= wanted;
}

}  // namespace

Result<RawPhoto> OpenRaw(std::span<const std::byte> bytes, const DecodeOptions& options) {
  ASSIGN_OR_RETURN(const RawPtr raw, Open(bytes));
  const libraw_image_sizes_t& sizes = raw->imgdata.sizes;
  const std::int64_t pixels =
      std::max(std::int64_t{sizes.raw_width} * sizes.raw_height, std::int64_t{sizes.width} * sizes.height);
  if (pixels > options.max_pixels) {
    return Fail(ErrorCode::kTooLarge, "this photo says it is {} x {} pixels, more than the {} million allowed",
                sizes.raw_width, sizes.raw_height, options.max_pixels / 1'000'000);
  }
  RawPhoto photo;
  photo.orientation = ExifOrientation(sizes.flip);
  photo.upright_size = UprightSizeOf(sizes);
  if (photo.upright_size.width == 0 || photo.upright_size.height == 0) return Damaged();
  if (raw->unpack_thumb() != LIBRAW_SUCCESS) return photo;
  const libraw_thumbnail_t& preview = raw->imgdata.thumbnail;
  if (!LargeEnough(preview, photo.upright_size, options.longest_side)) return photo;
  const auto* data = reinterpret_cast<const std::byte*>(preview.thumb);
  photo.preview.assign(data, data + preview.tlength);
  // A few programs turn the preview but not the sensor data: then it already stands as the upright photo does.
  const bool turned = (preview.twidth > preview.theight) != (sizes.width > sizes.height);
  photo.preview_orientation = photo.orientation >= 5 && turned ? 1 : photo.orientation;
  return photo;
}

Result<Image> DevelopRaw(std::span<const std::byte> bytes) {
  ASSIGN_OR_RETURN(const RawPtr raw, Open(bytes));
  raw->imgdata.params.half_size = 1;
  raw->imgdata.params.use_camera_wb = 1;
  raw->imgdata.params.output_color = 1;  // sRGB
  raw->imgdata.params.output_bps = 8;
  if (raw->unpack() != LIBRAW_SUCCESS || raw->dcraw_process() != LIBRAW_SUCCESS) return Damaged();
  const std::unique_ptr<libraw_processed_image_t, FreePicture> picture(raw->dcraw_make_mem_image(nullptr));
  if (!picture || picture->type != LIBRAW_IMAGE_BITMAP || picture->bits != 8 ||
      (picture->colors != 3 && picture->colors != 1)) {
    return Damaged();
  }
  Image image(picture->width, picture->height);
  if (image.empty() || picture->data_size < std::size_t{1} * picture->colors * picture->width * picture->height) {
    return Damaged();
  }
  const std::size_t step = picture->colors == 3 ? 1 : 0;
  const std::uint8_t* source = picture->data;
  std::uint8_t* target = image.row(0);
  for (std::size_t i = 0; i < image.pixels().size(); i += 3, source += picture->colors, target += 3) {
    for (std::size_t channel = 0; channel < 3; ++channel) target[channel] = source[channel * step];
  }
  return image;
}

}  // namespace kinfolder
