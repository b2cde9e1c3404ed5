#include "train/detector_scenes.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "app/boxes_table.h"
#include "app/walk.h"
#include "base/file.h"
#include "image/decode.h"
#include "image/resample.h"
#include "train/crop_pack.h"
#include "train/exposure.h"
#include "train/jpeg_loss.h"
#include "train/smear.h"

namespace kinfolder {
namespace {

constexpr std::uint64_t kMaxBoxesBytes = std::uint64_t{64} << 20;
constexpr float kSureOfCrop = 0.9F;  // the teacher's score from which it knows where a crop's face is
constexpr float kFaceOfCrop = 0.6F;  // a crop's face, in fractions of its side, where the teacher finds none
constexpr float kHarmed = 0.4F;      // of all views
constexpr float kSmallestView = 16;  // pixels: the side of a crop's view
constexpr int kViewStep = 16;        // sizes of views are multiples of it: few sizes of networks to prepare

Result<Image> DecodeScene(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const auto bytes, ReadFile(path, kMaxPhotoBytes));
  auto decoded = Decode(bytes, {});
  if (!decoded) return Fail(decoded.error().code, "{}: {}", path.string(), decoded.error().message);
  return std::move(decoded->image);
}

struct ScenePlan {
  std::filesystem::path path;
  std::vector<Box> faces;
  bool all_known = false;
  bool held_out = false;
};

Result<std::vector<ScenePlan>> PlanPhotos(const std::filesystem::path& folder, double validation_share) {
  std::vector<ScenePlan> plans;
  const std::filesystem::path table = folder / "boxes.tsv";
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(table, kMaxBoxesBytes));
  auto boxes = ParseBoxesTable(text);
  if (!boxes) return Fail(boxes.error().code, "{}: {}", table.string(), boxes.error().message);
  for (auto& [name, faces] : *boxes) {
    std::erase_if(faces, [](const Box& face) { return face.area() <= 0; });
    plans.push_back({folder / "images" / name, std::move(faces), true, IsForValidation(name, validation_share)});
  }
  return plans;
}

Status PlanCrops(const std::filesystem::path& folder, double validation_share, const StopFlag* stop,
                 std::vector<ScenePlan>& plans) {
  const StopFlag never;
  ASSIGN_OR_RETURN(const WalkResult walk, Walk({folder}, {}, stop != nullptr ? *stop : never));
  if (!walk.failed.empty()) return Fail(walk.failed.front().error);
  for (const FoundPhoto& file : walk.files) {
    const std::string name = file.path.lexically_relative(walk.roots.front()).string();
    plans.push_back({file.path, {}, false, IsForValidation(name, validation_share)});
  }
  return {};
}

// The crop's faces by the teacher, the largest first.
Result<std::vector<Box>> FacesOfCrop(const Mtcnn& teacher, const Image& picture) {
  ASSIGN_OR_RETURN(const auto detections, teacher.Detect(picture));
  std::vector<Box> faces;
  for (const Detection& detection : detections) {
    if (detection.score < kSureOfCrop) continue;
    faces.push_back(Scaled(detection.box, static_cast<float>(picture.width()), static_cast<float>(picture.height())));
  }
  std::ranges::sort(faces, [](const Box& a, const Box& b) { return a.area() > b.area(); });
  return faces;
}

float LogUniform(Random& random, float low, float high) {
  return std::exp(Uniform(random, std::log(low), std::log(high)));
}

// Whole multiples of kViewStep where the picture is not much smaller than that.
Size ViewSize(Size size, float scale) {
  const auto side = [scale](int pixels) {
    const float scaled = std::max(scale * static_cast<float>(pixels), kSmallestView);
    return std::max(1, static_cast<int>(std::lround(scaled / kViewStep))) * kViewStep;
  };
  return {side(size.width), side(size.height)};
}

float ScaleFor(const DetectorScene& scene, Random& random) {
  if (scene.all_known) return LogUniform(random, 0.4F, 1.25F);
  const auto width = static_cast<float>(scene.picture.width());
  const float face =
      scene.faces.empty() ? kFaceOfCrop * width : std::max(scene.faces.front().width(), scene.faces.front().height());
  return LogUniform(random, 12, std::max(1.1F * face, 24.0F)) / face;
}

Image HarmedView(const Image& clean, Random& random) {
  Image picture = clean;
  if (Chance(random, 0.25F)) picture = GaussianBlurred(picture, Uniform(random, 0.4F, 1.8F));
  if (Chance(random, 0.5F)) {
    const float stops = Uniform(random, 0, 5);
    const Sensor sensor{Uniform(random, 1000, 8000), Uniform(random, 2, 8)};
    picture = Darkened(picture, stops, Uniform(random, 0, stops + 0.7F), sensor, random);
  }
  if (Chance(random, 0.25F)) picture = LessContrast(picture, Uniform(random, 0.1F, 0.7F));
  if (Chance(random, 0.2F)) picture = Grey(picture);
  if (Chance(random, 0.35F)) picture = JpegLoss(picture, Uniform(random, 20, 85), random);
  return picture;
}

}  // namespace

Result<std::vector<DetectorScene>> LoadScenes(const SceneFolders& folders, const Mtcnn& teacher,
                                              double validation_share, const ParallelRun& run) {
  std::vector<ScenePlan> plans;
  if (!folders.photos.empty()) {
    ASSIGN_OR_RETURN(plans, PlanPhotos(folders.photos, validation_share));
  }
  for (const std::filesystem::path& folder : folders.crops) {
    RETURN_IF_ERROR(PlanCrops(folder, validation_share, run.stop, plans));
  }
  std::vector<DetectorScene> scenes(plans.size());
  RETURN_IF_ERROR(ForEachInParallel(plans.size(), run, [&](std::size_t i) -> Status {
    ScenePlan& plan = plans[i];
    ASSIGN_OR_RETURN(Image picture, DecodeScene(plan.path));
    if (!plan.all_known) {
      ASSIGN_OR_RETURN(plan.faces, FacesOfCrop(teacher, picture));
    }
    scenes[i] = {std::move(picture), std::move(plan.faces), plan.all_known, plan.held_out};
    return {};
  }));
  return scenes;
}

SceneView RandomSceneView(const DetectorScene& scene, Random& random) {
  const Size size = ViewSize(scene.picture.size(), ScaleFor(scene, random));
  SceneView view;
  view.clean = ResizeTriangle(scene.picture, size);
  view.seen = Chance(random, kHarmed) ? HarmedView(view.clean, random) : view.clean;
  view.all_known = scene.all_known;
  const float across = static_cast<float>(size.width) / static_cast<float>(scene.picture.width());
  const float down = static_cast<float>(size.height) / static_cast<float>(scene.picture.height());
  for (const Box& face : scene.faces) view.faces.push_back(Scaled(face, across, down));
  return view;
}

}  // namespace kinfolder
