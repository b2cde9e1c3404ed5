// Turns the bytes of any photo format into an upright sRGB picture of the working size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "image/image.h"

namespace kinfolder {

struct DecodeOptions {
  int longest_side = 0;  // pixels of the working image; larger photos are shrunk to it while loading; 0: as stored
  std::int64_t max_pixels = 500'000'000;  // of the photo as stored; kTooLarge beyond
};

// Photos larger than this are not read at all.
inline constexpr std::uint64_t kMaxPhotoBytes = std::uint64_t{1} << 30;

struct DecodedPhoto {
  Image image;          // upright, sRGB, alpha flattened on white, at the working size; never enlarged
  Size full_size;       // of the upright photo as stored
  int orientation = 1;  // EXIF orientation 1-8 of the stored pixels
  std::string format;   // "jpeg", "png", "webp", "tiff", "gif", "heif", "avif", "jxl", "raw"
};

// Prepares the image library once per program; call it from main before any other thread exists. kUnsupported when
// the library on this machine can't be used.
Status InitializeImageLibrary(const char* program_path);

// Recognises the format from the content. kUnsupported for content that is no photo format Kinfolder reads, kCorrupt
// for photos that are cut or damaged, kTooLarge beyond the limit. Safe to call from many threads at once, each call
// single-threaded. The message does not name the file: the caller knows it.
Result<DecodedPhoto> Decode(std::span<const std::byte> bytes, const DecodeOptions& options);

}  // namespace kinfolder
