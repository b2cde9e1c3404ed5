// Windows cut from photos, with what a network is to say of each: packed, so that training does nothing but compute.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "faces/window.h"
#include "train/mtcnn_stage.h"

namespace kinfolder {

// Nothing but floats, so that many are a matrix. Offsets as in faces/window.h; landmarks x0 to x4, y0 to y4 in
// fractions of the window.
struct WindowTarget {
  float label = -1;                   // the truth: 1 a face, 0 none, -1 nobody knows
  float box_known = 0;                // 1 where `box` is the truth
  Offsets box{};                      // to the face's box
  float teacher_face = 0;             // the teacher's probability of a face
  Offsets teacher_box{};              // and its offsets
  float landmarks_known = 0;          // 1 where the teacher has seen a face and says where its landmarks are
  std::array<float, 10> landmarks{};  // the teacher's
};
inline constexpr std::int64_t kTargetFloats = 22;
static_assert(sizeof(WindowTarget) == kTargetFloats * sizeof(float));

struct WindowSet {
  int side = 0;                      // pixels
  std::vector<std::uint8_t> pixels;  // window after window: a plane a channel (R, G, B), side x side
  std::vector<WindowTarget> targets;

  std::size_t window_bytes() const { return std::size_t{3} * side * side; }
  // `planes`: values 0 to 255, which are rounded.
  void Add(std::span<const float> planes, const WindowTarget& target);
  void Append(const WindowSet& others);
};

struct StageWindows {
  WindowSet learned;
  WindowSet held_out;  // of other photos: to measure with
  std::string sha256;  // of the file they are in; "" before they are
};

// Sets `windows.sha256`.
Status WriteWindows(StageWindows& windows, MtcnnStage stage, const std::filesystem::path& target);
// kCorrupt for a damaged file, kInvalidArgument for one of another stage.
Result<StageWindows> ReadWindows(const std::filesystem::path& path, MtcnnStage stage);

}  // namespace kinfolder
