#include <filesystem>
#include <string>
#include <utility>

#include "app/labels.h"
#include "base/file.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxLabelBytes = std::uint64_t{1} << 30;  // some four million labels

Result<ExitStatus> ExportLabels(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(const Labels labels, LabelsOf(workspace.catalog()));
  const std::optional<std::string> name = invocation.arguments.Value("file");
  if (!name) {
    for (const Json& line : AsJson(labels)) invocation.console.Print(line);
    return kAllDone;
  }
  const fs::path file = fs::absolute(*name);
  std::string lines;
  for (const Json& line : AsJson(labels)) lines += line.text() + "\n";
  ASSIGN_OR_RETURN(AtomicFile target, AtomicFile::Create(file));
  RETURN_IF_ERROR(target.Write(lines));
  RETURN_IF_ERROR(target.Commit(AtomicFile::IfExists::kFail));
  invocation.console.Print(
      "{} and {} written to {}.", Counted(static_cast<std::int64_t>(labels.people.size()), "person", "people"),
      Counted(static_cast<std::int64_t>(labels.faces.size()), "label of faces", "labels of faces"), file.string());
  return kAllDone;
}

void NoteWaiting(Console& console, const LabelsTaken& taken) {
  if (taken.without_photo > 0) {
    console.Note("{} of photos that are not in the catalogue: scan them, then import the file again.",
                 Counted(taken.without_photo, "label speaks", "labels speak"));
  }
  if (taken.without_face > 0) {
    console.Note(
        "{} of faces that were not found in their photos: scan these --again with --detail full, then import the file "
        "again.",
        Counted(taken.without_face, "label speaks", "labels speak"));
  }
}

Result<ExitStatus> ImportLabels(Invocation& invocation) {
  const std::string file = *invocation.arguments.Value("file");
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(file, kMaxLabelBytes));
  const Result<Labels> labels = ParseLabels(text);
  if (!labels) {
    return Fail(labels.error().code, "nothing was imported from {}: {}", file, labels.error().message);
  }
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  ASSIGN_OR_RETURN(const LabelsTaken taken, TakeLabels(workspace.catalog(), *labels));
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(Json::Object({{"people", taken.people},
                                {"faces", taken.faces},
                                {"already", taken.already},
                                {"overruled", taken.overruled},
                                {"without_photo", taken.without_photo},
                                {"without_face", taken.without_face}}));
  } else {
    console.Print("{} and {} taken over; {} said here already, {} overruled by what you said here.",
                  Counted(taken.people, "person", "people"), Counted(taken.faces, "label of a face", "labels of faces"),
                  Counted(taken.already, "label was", "labels were"), Counted(taken.overruled, "was", "were"));
  }
  NoteWaiting(console, taken);
  return taken.without_photo + taken.without_face == 0 ? kAllDone : kDoneInPart;
}

}  // namespace

std::vector<Verb> LabelsVerbs() {
  return {
      {.name = "labels export",
       .group = kSafetyGroup,
       .summary = "Write all that was said into a file that outlives the catalogue",
       .details = "What was taken back is left out. To FILE, which must not be there yet, or to the screen; JSON, a "
                  "line a label.",
       .arguments = {{Argument::Kind::kPositional, "file", "FILE", "The file to make"}},
       .settings = {},
       .run = ExportLabels},
      {.name = "labels import",
       .group = kSafetyGroup,
       .summary = "Take over what labels export wrote, here or elsewhere",
       .details = "For photos that were scanned. What you said here goes before it. Importing a file again is safe.",
       .arguments = {{Argument::Kind::kPositional, "file", "FILE", "As labels export wrote it", true}, kJson},
       .settings = {},
       .run = ImportLabels}};
}

}  // namespace kinfolder
