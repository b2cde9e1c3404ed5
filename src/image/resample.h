// Pictures cut, resized and turned: the geometry between a photo and the square a network looks at.
#pragma once

#include "domain/geometry.h"
#include "image/image.h"

namespace kinfolder {

// Integer pixel rectangle [x1, x2) x [y1, y2); may reach beyond the picture.
struct PixelRect {
  int x1 = 0;
  int y1 = 0;
  int x2 = 0;
  int y2 = 0;

  int width() const { return x2 - x1; }
  int height() const { return y2 - y1; }
};

// The rectangle's pixels; black where it reaches beyond the picture.
Image Crop(const Image& image, const PixelRect& rect);

// Area ("box") resampling: each target pixel is the mean of the source area that it covers, with fractional weights at
// its edges. For shrinking; what enlarges is resampled bilinearly.
Image ResizeArea(const Image& image, Size size);

// Adaptive average pooling, the resampling of the reference MTCNN ("area" of torch.nn.functional.interpolate): target
// pixel i is the mean of source pixels floor(i*n/m) .. ceil((i+1)*n/m)-1, all with the same weight.
Image ResizeAdaptive(const Image& image, Size size);

// Bilinear with pixel centres at half-integers.
Image ResizeBilinear(const Image& image, Size size);

// crop_from_photo as x' = a x - b y + tx, y' = b x + a y + ty (pixels): rotation, uniform scale, shift.
struct Similarity {
  float a = 1;
  float b = 0;
  float tx = 0;
  float ty = 0;
};

// The similarity that moves `from` onto `to` with the least squared error (Umeyama 1991, without reflection).
Similarity FitSimilarity(const Landmarks& from, const Landmarks& to);

// A picture of `size` whose pixel p shows the photo at the place that `crop_from_photo` sends to p; bilinear, black
// outside.
Image Warp(const Image& image, const Similarity& crop_from_photo, Size size);

}  // namespace kinfolder
