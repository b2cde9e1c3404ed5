// kinfolder detect: where the faces of photos are. kinfolder embed: the vector of a face that is cut out already.
#include <cmath>
#include <utility>

#include "app/networks.h"
#include "app/photo_stages.h"
#include "cli/each_photo.h"
#include "cli/verbs.h"
#include "image/resample.h"

namespace kinfolder {
namespace {

// To a hundredth of a pixel: what is finer is noise.
Json Pixels(float value) { return std::round(double{value} * 100) / 100; }

Json AsJson(const Detection& detection, Size size) {
  const auto width = static_cast<float>(size.width);
  const auto height = static_cast<float>(size.height);
  const Box box = Scaled(detection.box, width, height);
  return Json::Object({{"box", Json::Array({Pixels(box.x1), Pixels(box.y1), Pixels(box.x2), Pixels(box.y2)})},
                       {"score", detection.score},
                       {"landmarks", Json::ArrayOf(Scaled(detection.landmarks, width, height), [](Point point) {
                          return Json::Array({Pixels(point.x), Pixels(point.y)});
                        })}});
}

std::string AsText(const LoadedPhoto& photo, const std::vector<Detection>& faces) {
  const Size size = photo.info.upright_size;
  std::string text = fmt::format("{}: {} x {} pixels, {}", Shown(photo.file.path.string()), size.width, size.height,
                                 Counted(static_cast<std::int64_t>(faces.size()), "face"));
  for (const Detection& face : faces) {
    const Box box = Scaled(face.box, static_cast<float>(size.width), static_cast<float>(size.height));
    text += fmt::format("\n  {:.0f} x {:.0f} at {:.0f}, {:.0f}, score {:.3f}", box.width(), box.height(), box.x1,
                        box.y1, face.score);
  }
  return text;
}

Result<ExitStatus> RunDetect(Invocation& invocation) {
  const Settings& settings = invocation.settings();
  ASSIGN_OR_RETURN(const ModelPackage package, DetectorPackage(settings, invocation.environment));
  ASSIGN_OR_RETURN(const Mtcnn detector, Mtcnn::Load(package, {.min_face = settings.min_face}));
  return DescribeEachPhoto(invocation, "detect", [&](const FoundPhoto& found) -> Result<std::string> {
    ASSIGN_OR_RETURN(ReadPhoto read, ReadPhotoFile(found));
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhoto(std::move(read), DecodeOptionsOf(settings)));
    ASSIGN_OR_RETURN(const std::vector<Detection> faces, detector.Detect(photo.image));
    if (!invocation.json()) return AsText(photo, faces);
    const Size size = photo.info.upright_size;
    return Json::Object({{"photo", found.path},
                         {"width", size.width},
                         {"height", size.height},
                         {"faces", Json::ArrayOf(faces, [&](const Detection& face) { return AsJson(face, size); })}})
        .text();
  });
}

Result<ExitStatus> RunEmbed(Invocation& invocation) {
  const Settings& settings = invocation.settings();
  ASSIGN_OR_RETURN(const ModelPackage package, EmbedderPackage(settings, invocation.environment));
  ASSIGN_OR_RETURN(const Embedder embedder, Embedder::Load(package));
  const Size size{embedder.crop_rule().size, embedder.crop_rule().size};
  return DescribeEachPhoto(invocation, "embed", [&](const FoundPhoto& found) -> Result<std::string> {
    ASSIGN_OR_RETURN(ReadPhoto read, ReadPhotoFile(found));
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhoto(std::move(read), {}));
    const Image crop = photo.image.size() == size ? photo.image : ResizeTriangle(photo.image, size);
    ASSIGN_OR_RETURN(const std::vector<Embedding> embeddings, embedder.Embed({&crop, 1}));
    const std::vector<float>& values = embeddings.front().values;
    if (!invocation.json())
      return fmt::format("{}: {} {:.6f}", Shown(found.path.string()), embedder.id(), fmt::join(values, " "));
    return Json::Object({{"photo", found.path},
                         {"model", embedder.id()},
                         {"embedding", Json::ArrayOf(values, [](float value) { return Json(value); })}})
        .text();
  });
}

}  // namespace

std::vector<Verb> DetectVerbs() {
  return {{"detect",
           kLookGroup,
           "Show where the faces of photos are",
           "Boxes and landmarks are in pixels of the upright photo at full size, faces by falling score.",
           {kPhotos, kJson},
           {"detail", "min-face", "detector", "models", "jobs", "ignore"},
           RunDetect},
          {"embed",
           kLookGroup,
           "Turn pictures of one face each into the vectors that recognition compares",
           "Each picture is taken for a face that is cut out already, and resized to what the model takes.",
           {kPhotos, kJson},
           {"model", "models", "jobs", "ignore"},
           RunEmbed}};
}

}  // namespace kinfolder
