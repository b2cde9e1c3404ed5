#include <filesystem>
#include <utility>

#include "app/recognize.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

Json PersonAsJson(const Recognizer& recognizer, const PersonDistance& distance) {
  return Json::Object({{"person", recognizer.NameOf(distance.person)}, {"distance", distance.distance}});
}

Json FaceAsJson(const Recognizer& recognizer, const RecognizedFace& face, Size size) {
  const Box box = Scaled(face.face.detection.box, static_cast<float>(size.width), static_cast<float>(size.height));
  const Match& match = face.match;
  return Json::Object({{"box", Json::Array({box.x1, box.y1, box.x2, box.y2})},
                       {"score", face.face.detection.score},
                       {"person", match.person ? Json(recognizer.NameOf(*match.person)) : Json()},
                       {"distance", match.nearest ? Json(match.nearest->distance) : Json()},
                       {"threshold", match.threshold},
                       {"runner_up", match.runner_up ? PersonAsJson(recognizer, *match.runner_up) : Json()},
                       {"needs_review", match.needs_review},
                       {"distances", Json::ArrayOf(face.distances, [&](const PersonDistance& distance) {
                          return PersonAsJson(recognizer, distance);
                        })}});
}

Json PhotoAsJson(const Recognizer& recognizer, const RecognizedPhoto& photo) {
  const Size size = photo.photo.info.upright_size;
  return Json::Object({{"photo", photo.photo.file.path},
                       {"width", size.width},
                       {"height", size.height},
                       {"model", recognizer.model()},
                       {"faces", Json::ArrayOf(photo.faces, [&](const RecognizedFace& face) {
                          return FaceAsJson(recognizer, face, size);
                        })}});
}

// "Anna 0.43, Ben 1.21", nearest first.
std::string Distances(const Recognizer& recognizer, const std::vector<PersonDistance>& distances) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, distances.size()); ++i) {
    text +=
        fmt::format("{}{} {:.2f}", i == 0 ? "" : ", ", recognizer.NameOf(distances[i].person), distances[i].distance);
  }
  if (distances.size() > kShown) text += fmt::format(", {} more", distances.size() - kShown);
  return text;
}

void PrintPhoto(Console& console, const Recognizer& recognizer, const RecognizedPhoto& photo) {
  console.Print("{}: {}", photo.photo.file.path.string(),
                Counted(static_cast<std::int64_t>(photo.faces.size()), "face"));
  std::vector<std::vector<std::string>> rows = {{"", "Face", "Who", "Distance", "Threshold", "Nearest people"}};
  for (std::size_t i = 0; i < photo.faces.size(); ++i) {
    const Match& match = photo.faces[i].match;
    std::string who = match.person ? recognizer.NameOf(*match.person) : "unknown";
    if (match.needs_review) who += " (uncertain: looks much like somebody else, or is nearer in another face)";
    rows.push_back({"", fmt::format("{}", i + 1), who,
                    match.nearest ? fmt::format("{:.2f}", match.nearest->distance) : "-",
                    fmt::format("{:.2f}", match.threshold), Distances(recognizer, photo.faces[i].distances)});
  }
  if (rows.size() == 1) return;
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
}

Result<ExitStatus> Recognize(Invocation& invocation) {
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(const Recognizer recognizer, Recognizer::Make(workspace));
  if (recognizer.knows_nobody()) console.Note("Nobody is known yet, so every face is unknown.");
  const std::optional<std::string> annotate = invocation.arguments.Value("annotate");
  ExitStatus status = kAllDone;
  for (const std::string& path : invocation.arguments.Values("photo")) {
    if (invocation.stop.stopped()) return Fail(ErrorCode::kInterrupted, "interrupted before {}", path);
    const Result<RecognizedPhoto> photo = recognizer.Recognize(path);
    if (!photo) {
      status = kDoneInPart;
      console.Note("{}", photo.error().message);
      if (invocation.json()) console.Print(Json::Object({{"photo", path}, {"error", photo.error().message}}));
      continue;
    }
    if (invocation.json()) {
      console.Print(PhotoAsJson(recognizer, *photo));
    } else {
      PrintPhoto(console, recognizer, *photo);
    }
    if (!annotate) continue;
    ASSIGN_OR_RETURN(const std::filesystem::path saved, SaveAnnotated(recognizer, *photo, *annotate));
    console.Note("Saved {}", saved.string());
  }
  return status;
}

}  // namespace

std::vector<Verb> RecognizeVerbs() {
  return {{.name = "recognize",
           .group = kLookGroup,
           .summary = "Say who is on a photo, with the distance to everybody known",
           .details = "The catalogue is not changed.",
           .arguments = {{Argument::Kind::kPositionals, "photo", "PHOTO", "Photos", true},
                         kJson,
                         {Argument::Kind::kValue, "annotate", "DIR", "Save copies with boxes and names drawn in DIR"}},
           .settings = {"threshold", "detail", "min-face", "detector", "model", "models"},
           .run = Recognize}};
}

}  // namespace kinfolder
