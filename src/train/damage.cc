#include "train/damage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "base/number.h"
#include "image/resample.h"
#include "train/cover.h"
#include "train/exposure.h"
#include "train/jpeg_loss.h"
#include "train/smear.h"

namespace kinfolder {
namespace {

struct KindInfo {
  DamageKind kind;
  std::string_view name;
  float weakest;  // equal to `strongest` where strength is unused
  float strongest;
};

constexpr std::array<KindInfo, 10> kKinds = {{{DamageKind::kDarker, "dark", 0, 8},
                                              {DamageKind::kLowContrast, "contrast", 0, 1},
                                              {DamageKind::kBlur, "blur", 0, 8},
                                              {DamageKind::kMotionBlur, "motion", 0, 24},
                                              {DamageKind::kLowResolution, "low", 8, 110},
                                              {DamageKind::kJpeg, "jpeg", 5, 100},
                                              {DamageKind::kOccluded, "occluded", 0, 0.6F},
                                              {DamageKind::kMask, "mask", 0, 0},
                                              {DamageKind::kGlasses, "glasses", 0, 0},
                                              {DamageKind::kGrey, "grey", 0, 0}}};

constexpr float kReferenceSide = 160;      // the crop that blurs are told in pixels of
constexpr float kBoxShare = 138.0F / 182;  // of the crop's side, the face's box
constexpr Sensor kMeasuredSensor{};        // of what is measured; training meets many

bool HasStrength(const KindInfo& info) { return info.weakest < info.strongest; }

const KindInfo& InfoOf(DamageKind kind) { return *std::ranges::find(kKinds, kind, &KindInfo::kind); }

std::optional<float> NumberIn(std::string_view text) {
  const auto number = ParseNumber<float>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::string ListOfKinds() {
  std::string list;
  for (const KindInfo& info : kKinds) {
    if (!list.empty()) list += ", ";
    list += info.name;
    if (HasStrength(info)) list += fmt::format(" {:g} to {:g}", info.weakest, info.strongest);
  }
  return list;
}

Size SmallSize(Size crop, float box_width) {
  const auto shrunk = [&](int side) {
    const float across = box_width / kBoxShare;  // the crop's width when the box has box_width
    return std::clamp(static_cast<int>(std::lround(across * static_cast<float>(side) / static_cast<float>(crop.width))),
                      1, side);
  };
  return {shrunk(crop.width), shrunk(crop.height)};
}

// One harm in random conditions. Low resolution is left to the caller: what the camera does happens in between.
Image Harmed(const Image& crop, const Damage& damage, Random& random) {
  switch (damage.kind) {
    case DamageKind::kDarker: {
      const Sensor sensor{kMeasuredSensor.full_well * std::exp2(Uniform(random, -1.5F, 2)), Uniform(random, 2, 6)};
      // Half of the cameras raise the gain: a dark scene that is brighter again, with its noise.
      const float gain = Chance(random, 0.5F) ? Uniform(random, 0, std::max(0.0F, damage.strength - 0.5F)) : 0;
      return Darkened(crop, damage.strength, gain, sensor, random);
    }
    default:
      return Damaged(crop, damage, random);
  }
}

// The order in which harm comes to a photo: before the lens, in the lens, on the sensor, in the file.
constexpr std::array<DamageKind, 10> kOrder = {
    DamageKind::kMask,       DamageKind::kGlasses,       DamageKind::kOccluded, DamageKind::kBlur,
    DamageKind::kMotionBlur, DamageKind::kLowResolution, DamageKind::kDarker,   DamageKind::kLowContrast,
    DamageKind::kGrey,       DamageKind::kJpeg};

// How often training meets each kind, and how strong: the hard end is not rare.
struct Habit {
  DamageKind kind;
  float share;  // the shares add up to 1
  float from;
  float to;
  bool by_factor = false;  // evenly spread in the logarithm
};
constexpr std::array<Habit, 10> kHabits = {{{DamageKind::kDarker, 0.22F, 1, 7},
                                            {DamageKind::kOccluded, 0.22F, 0.05F, 0.5F},
                                            {DamageKind::kLowResolution, 0.15F, 14, 64, true},
                                            {DamageKind::kBlur, 0.08F, 0.6F, 5},
                                            {DamageKind::kMotionBlur, 0.07F, 3, 20},
                                            {DamageKind::kMask, 0.07F, 0, 0},
                                            {DamageKind::kGlasses, 0.05F, 0, 0},
                                            {DamageKind::kJpeg, 0.06F, 8, 70, true},
                                            {DamageKind::kLowContrast, 0.05F, 0.2F, 0.85F},
                                            {DamageKind::kGrey, 0.03F, 0, 0}}};

Damage RandomDamage(Random& random) {
  float left = Uniform(random, 0, 1);
  const Habit* chosen = &kHabits.back();
  for (const Habit& habit : kHabits) {
    left -= habit.share;
    if (left < 0) {
      chosen = &habit;
      break;
    }
  }
  const float share = Uniform(random, 0, 1);
  return {chosen->kind, chosen->by_factor ? chosen->from * std::pow(chosen->to / chosen->from, share)
                                          : chosen->from + (chosen->to - chosen->from) * share};
}

int RandomCount(Random& random) {
  const float draw = Uniform(random, 0, 1);
  if (draw < 0.4F) return 0;
  if (draw < 0.75F) return 1;
  return draw < 0.95F ? 2 : 3;
}

}  // namespace

std::string Name(const Damage& damage) {
  const KindInfo& info = InfoOf(damage.kind);
  return HasStrength(info) ? fmt::format("{} {:g}", info.name, damage.strength) : std::string(info.name);
}

Result<Damage> ParseDamage(std::string_view text) {
  const auto space = text.find(' ');
  const std::string_view name = text.substr(0, space);
  const auto* const info = std::ranges::find(kKinds, name, &KindInfo::name);
  if (info != kKinds.end()) {
    if (!HasStrength(*info) && space == std::string_view::npos) return Damage{info->kind, 0};
    const auto strength = space == std::string_view::npos ? std::nullopt : NumberIn(text.substr(space + 1));
    if (HasStrength(*info) && strength && *strength >= info->weakest && *strength <= info->strongest) {
      return Damage{info->kind, *strength};
    }
  }
  return Fail(ErrorCode::kInvalidArgument, "\"{}\" is no damage; there is {}", text, ListOfKinds());
}

Image Damaged(const Image& crop, const Damage& damage, Random& random) {
  if (crop.empty()) return crop;
  const float pixels = static_cast<float>(crop.width()) / kReferenceSide;
  switch (damage.kind) {
    case DamageKind::kDarker:
      return Darkened(crop, damage.strength, 0, kMeasuredSensor, random);
    case DamageKind::kLowContrast:
      return LessContrast(crop, damage.strength);
    case DamageKind::kBlur:
      return GaussianBlurred(crop, damage.strength * pixels);
    case DamageKind::kMotionBlur:
      return MotionBlurred(crop, damage.strength * pixels, random);
    case DamageKind::kLowResolution:
      return ResizeTriangle(ResizeArea(crop, SmallSize(crop.size(), damage.strength)), crop.size());
    case DamageKind::kJpeg:
      return JpegLoss(crop, damage.strength, random);
    case DamageKind::kOccluded:
      return Occluded(crop, damage.strength, random);
    case DamageKind::kMask:
      return WithMask(crop, random);
    case DamageKind::kGlasses:
      return WithGlasses(crop, random);
    case DamageKind::kGrey:
      return Grey(crop);
  }
  return crop;
}

Image RandomlyDamaged(const Image& crop, Random& random) {
  if (crop.empty()) return crop;
  std::vector<Damage> damages;
  for (int i = RandomCount(random); i > 0; --i) {
    const Damage damage = RandomDamage(random);
    if (std::ranges::find(damages, damage.kind, &Damage::kind) == damages.end()) damages.push_back(damage);
  }
  Image picture = crop;
  for (const DamageKind kind : kOrder) {
    const auto damage = std::ranges::find(damages, kind, &Damage::kind);
    if (damage == damages.end()) continue;
    // A face far away meets noise and JPEG at its own size.
    picture = kind == DamageKind::kLowResolution ? ResizeArea(picture, SmallSize(picture.size(), damage->strength))
                                                 : Harmed(picture, *damage, random);
  }
  return picture.size() == crop.size() ? picture : ResizeTriangle(picture, crop.size());
}

}  // namespace kinfolder
