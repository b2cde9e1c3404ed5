// kinfolder metadata: names in XMP, read from photos and their sidecars and written into them.
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/labels.h"
#include "app/metadata_import.h"
#include "app/metadata_write.h"
#include "app/photo_metadata.h"
#include "app/photo_stages.h"
#include "cli/each_photo.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

// -- show -------------------------------------------------------------------------------------------------------------

// The picture is decoded only for its size and orientation.
constexpr int kLeastSide = 16;

Box InPixels(const Box& box, Size size) {
  return Scaled(box, static_cast<float>(size.width), static_cast<float>(size.height));
}

Json TagsAsJson(const FaceTags& tags, Size size) {
  const auto pixels = [](float value) { return Json(std::round(double{value} * 100) / 100); };
  return Json::Object(
      {{"regions", Json::ArrayOf(tags.regions,
                                 [&](const FaceRegion& region) {
                                   const Box box = InPixels(region.box, size);
                                   return Json::Object({{"name", region.name},
                                                        {"box", Json::Array({pixels(box.x1), pixels(box.y1),
                                                                             pixels(box.x2), pixels(box.y2)})},
                                                        {"field", NameOf(region.field)}});
                                 })},
       {"names", Json::ArrayOf(tags.names,
                               [](const NameWithoutBox& name) {
                                 return Json::Object({{"name", name.name}, {"field", NameOf(name.field)}});
                               })},
       {"unplaced", tags.unplaced}});
}

std::string TagsAsText(const FaceTags& tags, Size size, std::string_view place) {
  std::string text;
  for (const FaceRegion& region : tags.regions) {
    const Box box = InPixels(region.box, size);
    text += fmt::format("\n  {}: {:.0f} x {:.0f} at {:.0f}, {:.0f} ({}, {})", Shown(region.name), box.width(),
                        box.height(), box.x1, box.y1, place, NameOf(region.field));
  }
  for (const NameWithoutBox& name : tags.names) {
    if (std::ranges::count(tags.regions, name.name, &FaceRegion::name) > 0) continue;
    text += fmt::format("\n  {}: without a box ({}, {})", Shown(name.name), place, NameOf(name.field));
  }
  if (tags.unplaced > 0) {
    text += fmt::format("\n  {} made before the picture was cropped or turned ({})",
                        Counted(tags.unplaced, "region was", "regions were"), place);
  }
  return text;
}

Result<ExitStatus> ShowMetadata(Invocation& invocation) {
  return DescribeEachPhoto(invocation, "metadata", [&](const FoundPhoto& found) -> Result<std::string> {
    ASSIGN_OR_RETURN(ReadPhoto read, ReadPhotoFile(found));
    const std::vector<std::byte> bytes = read.bytes;
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhoto(std::move(read), {.longest_side = kLeastSide}));
    ASSIGN_OR_RETURN(const PhotoMetadataTags tags, ReadPhotoMetadata(found.path, bytes, photo.info));
    const Size size = photo.info.upright_size;
    if (invocation.json()) {
      const auto sidecar = tags.sidecar ? std::optional(tags.sidecar->native()) : std::nullopt;
      return Json::Object(
                 {{"photo", found.path},
                  {"width", size.width},
                  {"height", size.height},
                  {"in_photo", TagsAsJson(tags.in_photo, size)},
                  {"sidecar", sidecar},
                  {"in_sidecar", TagsAsJson(tags.in_sidecar, size)},
                  {"in_picasa", TagsAsJson(tags.in_picasa, size)},
                  {"picasa_error", tags.picasa_error ? std::optional(tags.picasa_error->message) : std::nullopt}})
          .text();
    }
    std::string text = Shown(found.path.string()) + ":";
    const std::string places = TagsAsText(tags.in_photo, size, "photo") + TagsAsText(tags.in_sidecar, size, "sidecar") +
                               TagsAsText(tags.in_picasa, size, "folder") +
                               (tags.picasa_error ? "\n  " + Shown(tags.picasa_error->message) : "");
    return text + (places.empty() ? " no names" : places);
  });
}

// -- import -----------------------------------------------------------------------------------------------------------

void NoteLeftOut(Console& console, const MetadataLabels& found, const LabelsTaken& taken) {
  if (taken.without_face > 0) {
    console.Note("{} where no face is found; scan --again --detail full may find it.",
                 Counted(taken.without_face, "name is", "names are"));
  }
  if (found.unplaced > 0) {
    console.Note("{} made before the picture was cropped or turned: passed over.",
                 Counted(found.unplaced, "region was", "regions were"));
  }
  if (found.ambiguous > 0) {
    console.Note("{} with names that don't say whose they are: passed over.", Counted(found.ambiguous, "photo"));
  }
}

Result<ExitStatus> ImportMetadata(Invocation& invocation) {
  const bool dry_run = invocation.arguments.Has("dry-run");
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  Catalog& catalog = workspace.catalog();
  ASSIGN_OR_RETURN(const MetadataLabels found, LabelsInMetadata(catalog, invocation.settings().jobs,
                                                                console.Progress("Metadata"), invocation.stop));
  ASSIGN_OR_RETURN(const LabelsTaken taken,
                   dry_run ? TryLabels(catalog, found.labels) : TakeLabels(catalog, found.labels));
  if (invocation.json()) {
    console.Print(Json::Object({{"photos", found.photos},
                                {"people", taken.people},
                                {"faces", taken.faces},
                                {"already", taken.already},
                                {"overruled", taken.overruled},
                                {"without_face", taken.without_face},
                                {"unplaced", found.unplaced},
                                {"ambiguous", found.ambiguous}}));
  } else {
    console.Print("{} and {} {} {}; {} said here already, {} overruled by what is said here.",
                  Counted(taken.people, "person", "people"), Counted(taken.faces, "name of a face", "names of faces"),
                  dry_run ? "would be taken over from" : "taken over from", Counted(found.photos, "photo"),
                  Counted(taken.already, "was", "were"), Counted(taken.overruled, "was", "were"));
  }
  NoteLeftOut(console, found, taken);
  NoteFailures(console, found.failed);
  return found.failed.empty() ? kAllDone : kDoneInPart;
}

// -- write ------------------------------------------------------------------------------------------------------------

void PrintChanges(Invocation& invocation, const MetadataOutcome& outcome, bool written) {
  for (const MetadataChange& change : outcome.changes) {
    if (invocation.json()) {
      invocation.console.Print(
          Json::Object({{"photo", change.photo},
                        {"target", change.target},
                        {"new", change.is_new},
                        {"written", written},
                        {"names", Json::ArrayOf(change.names, [](const std::string& name) { return Json(name); })}}));
    } else {
      invocation.console.Print("{}  {}: {}", change.is_new ? "make" : "change", change.target.string(),
                               fmt::join(change.names, ", "));
    }
  }
}

void NoteSidecars(Console& console, const MetadataOutcome& outcome) {
  for (const MetadataChange& change : outcome.changes) {
    if (!change.note.empty()) {
      console.Note("{} gets a sidecar: {}", change.photo.string(), change.note);
    }
  }
}

ExitStatus Finish(Invocation& invocation, const MetadataOutcome& outcome) {
  NoteFailures(invocation.console, outcome.failed);
  return outcome.failed.empty() ? kAllDone : kDoneInPart;
}

std::string Files(const MetadataOutcome& outcome) {
  return Counted(static_cast<std::int64_t>(outcome.changes.size()), "file");
}

Result<ExitStatus> WriteNames(Invocation& invocation) {
  const auto place = invocation.arguments.Has("into-photos") ? MetadataPlace::kPhotoFiles : MetadataPlace::kSidecars;
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  Catalog& catalog = workspace.catalog();
  if (!invocation.arguments.Has("yes")) {
    ASSIGN_OR_RETURN(const MetadataOutcome plan,
                     PlanMetadata(catalog, place, console.Progress("Metadata"), invocation.stop));
    PrintChanges(invocation, plan, false);
    NoteSidecars(console, plan);
    if (plan.changes.empty()) {
      if (!invocation.json())
        console.Print("Nothing to write: {} up to date.", Counted(plan.up_to_date, "photo is", "photos are"));
      return Finish(invocation, plan);
    }
    if (invocation.json() || !console.IsInteractive() || !console.Ask(fmt::format("Write {}?", Files(plan)))) {
      console.Note("Nothing was written. To write {}: the same command with --yes", Files(plan));
      return Finish(invocation, plan);
    }
  }
  ASSIGN_OR_RETURN(const MetadataOutcome written,
                   WriteMetadata(catalog, place, console.Progress("Metadata"), invocation.stop));
  if (invocation.json()) PrintChanges(invocation, written, true);
  if (!invocation.json()) {
    console.Print("{} written; {} up to date already.", Files(written),
                  Counted(written.up_to_date, "photo was", "photos were"));
  }
  NoteSidecars(console, written);
  return Finish(invocation, written);
}

}  // namespace

std::vector<Verb> MetadataVerbs() {
  return {
      {.name = "metadata show",
       .group = kLookGroup,
       .summary = "Show the names that photos and their sidecars hold",
       .details = "Face regions (MWG, Microsoft) with their boxes in pixels of the upright photo, and names without.",
       .arguments = {kPhotos, kJson},
       .settings = {"jobs", "ignore"},
       .run = ShowMetadata},
      {.name = "metadata import",
       .group = kReviewGroup,
       .summary = "Take over the names that other programs wrote into photos",
       .details = "Of the scanned photos and their sidecars. What you and the folder of known people say goes before\n"
                  "it. Importing again is safe, and `review undo` takes any name back.",
       .arguments = {{Argument::Kind::kSwitch, "dry-run", "", "Tell what would be taken over, change nothing"}, kJson},
       .settings = {"jobs"},
       .run = ImportMetadata},
      {.name = "metadata write",
       .group = kSafetyGroup,
       .summary = "Write confirmed names where other programs read them",
       .details = "Only names that you or the folder of known people said, never what was recognised. Into sidecars\n"
                  "beside the photos (IMG_1.jpg.xmp), as face regions and keywords; what others wrote stays.\n"
                  "Shows what would be written, and asks.",
       .arguments = {{Argument::Kind::kSwitch, "into-photos", "",
                      "Into JPEG, PNG, WebP and TIFF files themselves; others get a sidecar"},
                     {Argument::Kind::kSwitch, "yes", "", "Write without asking"},
                     kJson},
       .settings = {},
       .run = WriteNames}};
}

}  // namespace kinfolder
