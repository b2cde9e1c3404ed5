// Which photo format some bytes are in, told by the bytes themselves and never by a file's name.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace kinfolder {

enum class PhotoFormat { kJpeg, kPng, kWebp, kTiff, kGif, kHeif, kAvif, kJxl, kRaw };

// "jpeg", "png", "webp", "tiff", "gif", "heif", "avif", "jxl", "raw".
std::string_view Name(PhotoFormat format);

// As a person would write it: "JPEG", "HEIC", "camera raw".
std::string_view SpokenName(PhotoFormat format);

// nullopt for what is no photo format that Kinfolder reads. Looks at the first bytes; of TIFF files also at their
// directories, because most cameras' raw files are TIFF files that hold sensor data.
std::optional<PhotoFormat> RecognizeFormat(std::span<const std::byte> bytes);

// What content that is no photo looks like, to say so: "a PDF document", "a video", ...; "" where it is anything.
std::string_view DescribeOther(std::span<const std::byte> bytes);

}  // namespace kinfolder
