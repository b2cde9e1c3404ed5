#include "train/grey_face.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "faces/align.h"

namespace kinfolder {

GreyFace CutGreyFace(const FaceCrop& face, int side) {
  const float margin = 14.0F / 160 * static_cast<float>(side);  // as facenet-vggface2's manifest has it
  const Image crop = CropFace(face.picture, face.detection, {CropRule::Kind::kBox, side, margin, {}});
  GreyFace grey{side, {}};
  grey.values.reserve(std::size_t{1} * side * side);
  for (std::size_t i = 0; i < crop.pixels().size(); i += 3) {
    const auto pixel = crop.pixels().subspan(i, 3);
    grey.values.push_back(0.299F * static_cast<float>(pixel[0]) + 0.587F * static_cast<float>(pixel[1]) +
                          0.114F * static_cast<float>(pixel[2]));
  }
  return grey;
}

GreyFace Equalized(const GreyFace& face) {
  const auto level = [](float value) { return std::lround(std::clamp(value, 0.0F, 255.0F)); };
  std::array<int, 256> darker_or_equal{};
  for (const float value : face.values) ++darker_or_equal[level(value)];
  for (std::size_t i = 1; i < darker_or_equal.size(); ++i) darker_or_equal[i] += darker_or_equal[i - 1];
  GreyFace equalized{face.side, {}};
  equalized.values.reserve(face.values.size());
  for (const float value : face.values) {
    equalized.values.push_back(static_cast<float>(darker_or_equal[level(value)]) /
                               static_cast<float>(face.values.size()));
  }
  return equalized;
}

}  // namespace kinfolder
