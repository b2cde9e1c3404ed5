// Harm that happens to faces in real photos, done to clean crops on purpose: training learns to see through it, and
// evaluation measures at graded strength how well that works.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

// What may happen to a face, and what `strength` means for each. Sizes are fractions of the crop's side, so that one
// strength means the same for crops of any size.
enum class DamageKind {
  kDarker,         // photographic stops of less light, with a sensor's noise (train/exposure.h): 0 to 8
  kLowContrast,    // 0 (none) to 1 (grey)
  kBlur,           // standard deviation of a Gaussian, in pixels of a crop of 160: 0 to 8
  kMotionBlur,     // length of the stroke, in pixels of a crop of 160: 0 to 24
  kLowResolution,  // width in pixels that the face's box is shrunk to before it is enlarged again: 8 to 110
  kJpeg,           // quality: 5 to 100
  kOccluded,       // fraction of the face's box that something covers: 0 to 0.6
  kMask,           // a mask over mouth and nose; strength unused
  kGlasses,        // dark glasses over the eyes; strength unused
  kGrey,           // no colour; strength unused
};

struct Damage {
  DamageKind kind = DamageKind::kDarker;
  float strength = 0;
};

// "dark 4", "occluded 0.25", "mask": as programs and tables name it.
std::string Name(const Damage& damage);
// kInvalidArgument with what there is.
Result<Damage> ParseDamage(std::string_view text);

// The crop with this harm done to it; the same random state gives the same picture. The crop shows a face whose box
// covers the middle 138 / 182 of it, as the training crops do.
Image Damaged(const Image& crop, const Damage& damage, Random& random);

// Some harm or none, of the kinds and strengths that photos of families and events show: for training. The crop comes
// out at the same size.
Image RandomlyDamaged(const Image& crop, Random& random);

}  // namespace kinfolder
