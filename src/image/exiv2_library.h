// The one place where exiv2 is made ready and opens a photo. For this folder only: nothing above knows exiv2.
#pragma once

#include <cstddef>
#include <exiv2/exiv2.hpp>
#include <memory>
#include <span>

namespace kinfolder {

// Before the first use of exiv2, from any thread, any number of times.
void StartExiv2();

// The photo with its metadata read. Throws std::exception where there is none, it is damaged, or its boxes (ISO
// 14496-12: HEIF, AVIF, JPEG XL) lie in each other deeper than any photo's: exiv2 calls itself, and copies the rest,
// for each.
std::unique_ptr<Exiv2::Image> OpenWithExiv2(std::span<const std::byte> photo);

}  // namespace kinfolder
