// Whatever colours a photo is stored in, as sRGB. For the sources of image/ alone.
#pragma once

#include "image/vips_library.h"

namespace kinfolder {

// Alpha, where there is any, on white. Empty where libvips refuses.
VipsImagePtr Flatten(VipsImagePtr image);

// Three channels of 8 bits in sRGB: by the photo's colour profile where it has one that works, else by what its number
// of channels means. Values that are sRGB already stay exactly as they are. Empty where libvips refuses.
VipsImagePtr ToSrgb(VipsImagePtr image);

}  // namespace kinfolder
