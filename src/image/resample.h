// Pictures cut, resized and turned: the geometry between a photo and the square a network looks at.
#pragma once

#include <array>
#include <span>

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

// The same for the part `source` of the picture, which must lie inside it, without rounding: `planes` is filled with
// 3 x size.height x size.width values 0 to 255, a plane per channel (R, G, B), as the networks take them. A target
// pixel may be the mean of 8 million source pixels at most.
void ResizeAdaptiveToPlanes(const Image& image, const PixelRect& source, Size size, std::span<float> planes);

// Bilinear with pixel centres at half-integers, from the nearest 2 x 2 pixels even where it shrinks.
Image ResizeBilinear(const Image& image, Size size);

// Bilinear whose triangle grows with the shrink factor, so that every source pixel counts: what Pillow calls BILINEAR
// (equal to it within one level).
Image ResizeTriangle(const Image& image, Size size);

// crop_from_photo as x' = a x - b y + tx, y' = b x + a y + ty: rotation, uniform scale, shift, in continuous pixel
// coordinates (the middle of the first pixel is 0.5, 0.5; templates that call it 0, 0 must be shifted by half a pixel).
struct Similarity {
  float a = 1;
  float b = 0;
  float tx = 0;
  float ty = 0;
};

// The similarity that moves `from` onto `to` with the least squared error (Umeyama 1991, without reflection). Points
// that all coincide tell no rotation or scale: they are only shifted.
Similarity FitSimilarity(const Landmarks& from, const Landmarks& to);

// The channels at a place of a picture that is not empty, bilinear between pixels' middles; beyond the edge as at the
// edge.
std::array<float, 3> ColorAt(const Image& image, float x, float y);

// A picture of `size` whose pixel p shows the photo at the place that `crop_from_photo` sends to p; bilinear, and
// beyond the photo's edge as at its edge. Black for a similarity that can't be undone.
Image Warp(const Image& image, const Similarity& crop_from_photo, Size size);

}  // namespace kinfolder
