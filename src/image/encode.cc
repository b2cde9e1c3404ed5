#include "image/encode.h"

#include "image/vips_library.h"

namespace kinfolder {
namespace {

// Half the time of libvips' default, 4, for files that are a fiftieth larger.
constexpr int kWebpEffort = 2;

using Blob = std::unique_ptr<void, GFree>;

// A view of the pixels; the picture must outlive it.
VipsImagePtr View(const Image& image) {
  VipsImagePtr view(vips_image_new_from_memory(image.pixels().data(), image.pixels().size(), image.width(),
                                               image.height(), 3, VIPS_FORMAT_UCHAR));
  if (view) view->Type = VIPS_INTERPRETATION_sRGB;
  return view;
}

// `save(VipsImage*, void** data, std::size_t* size)` is one of libvips' functions.
template <class Save>
Result<std::vector<std::byte>> Encode(const Image& image, const char* name, Save save) {
  if (image.empty()) return Fail(ErrorCode::kInvalidArgument, "an empty picture can't be written as {}", name);
  RETURN_IF_ERROR(UseVips());
  const VipsImagePtr view = View(image);
  void* data = nullptr;
  std::size_t size = 0;
  if (!view || save(view.get(), &data, &size) != 0) {
    vips_error_clear();
    return Fail(ErrorCode::kUnsupported, "a picture of {} x {} pixels can't be written as {}", image.width(),
                image.height(), name);
  }
  const Blob blob(data);
  const auto* bytes = static_cast<const std::byte*>(data);
  return std::vector<std::byte>(bytes, bytes + size);
}

Status CheckQuality(int quality) {
  if (quality >= 1 && quality <= 100) return {};
  return Fail(ErrorCode::kInvalidArgument, "the quality is a number from 1 to 100, not {}", quality);
}

}  // namespace

Result<std::vector<std::byte>> EncodeJpeg(const Image& image, int quality) {
  RETURN_IF_ERROR(CheckQuality(quality));
  return Encode(image, "JPEG", [&](VipsImage* view, void** data, std::size_t* size) {
    return vips_jpegsave_buffer(view, data, size, "Q", quality, "strip", TRUE, nullptr);
  });
}

Result<std::vector<std::byte>> EncodeWebp(const Image& image, int quality) {
  RETURN_IF_ERROR(CheckQuality(quality));
  return Encode(image, "WebP", [&](VipsImage* view, void** data, std::size_t* size) {
    return vips_webpsave_buffer(view, data, size, "Q", quality, "effort", kWebpEffort, "strip", TRUE, nullptr);
  });
}

Result<std::vector<std::byte>> EncodePng(const Image& image) {
  return Encode(image, "PNG", [](VipsImage* view, void** data, std::size_t* size) {
    return vips_pngsave_buffer(view, data, size, "strip", TRUE, nullptr);
  });
}

}  // namespace kinfolder
