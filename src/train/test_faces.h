// For tests: painted faces, crops whose face has its box in the middle 138 / 182. `person` decides what all pictures of
// one person share, `picture` what each has for itself.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "image/image.h"
#include "train/chance.h"

namespace kinfolder {

inline Image PaintFace(unsigned person, int side, unsigned picture = 0) {
  using Color = std::array<float, 3>;
  Random looks(1000 + person);
  Random moment(77 * person + picture);
  const float tone = Uniform(looks, 0.4F, 1);
  const Color skin{225 * tone, 180 * tone, 150 * tone};
  const Color hair{Uniform(looks, 20, 160), Uniform(looks, 15, 120), Uniform(looks, 10, 90)};
  const Color shirt{Uniform(looks, 0, 255), Uniform(looks, 0, 255), Uniform(looks, 0, 255)};
  const float eyes_apart = Uniform(looks, 0.16F, 0.25F);
  const float eye_size = Uniform(looks, 0.03F, 0.06F);
  const float mouth_width = Uniform(looks, 0.10F, 0.22F);
  const float hairline = Uniform(looks, 0.02F, 0.25F);
  const float face_width = Uniform(looks, 0.36F, 0.48F);
  const float light = Uniform(moment, 0.85F, 1.1F);
  const float shift_x = Uniform(moment, -0.02F, 0.02F);
  const float shift_y = Uniform(moment, -0.02F, 0.02F);
  Image face(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const float u = (((static_cast<float>(x) + 0.5F) / static_cast<float>(side)) * 182 - 22) / 138 - 0.5F - shift_x;
      const float v = (((static_cast<float>(y) + 0.5F) / static_cast<float>(side)) * 182 - 22) / 138 - shift_y;
      Color color{70, 90, 110};
      if (v > 1 && std::abs(u) < 0.6F) color = shirt;
      if (std::hypot(u / face_width, (v - 0.52F) / 0.55F) < 1) color = v < hairline ? hair : skin;
      if (std::hypot(std::abs(u) - eyes_apart, v - 0.39F) < eye_size) color = {25, 20, 20};
      if (std::abs(v - 0.28F) < 0.012F && std::abs(std::abs(u) - eyes_apart) < 0.09F) color = hair;
      if (std::abs(u) < 0.03F && v > 0.42F && v < 0.6F) color = {skin[0] * 0.8F, skin[1] * 0.8F, skin[2] * 0.8F};
      if (std::abs(u) < mouth_width && std::abs(v - 0.78F) < 0.03F) color = {170, 50, 60};
      for (int channel = 0; channel < 3; ++channel) {
        const float shaded = light * color[channel] * (1 + 0.2F * u);
        face.row(y)[3 * x + channel] = static_cast<std::uint8_t>(std::clamp(shaded, 0.0F, 255.0F));
      }
    }
  }
  return face;
}

// Of all levels.
inline double MeanDifference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels().size(); ++i) sum += std::abs(a.pixels()[i] - b.pixels()[i]);
  return sum / static_cast<double>(a.pixels().size());
}

}  // namespace kinfolder
