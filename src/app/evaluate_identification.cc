#include "app/evaluate_identification.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "app/subject.h"
#include "search/gallery.h"
#include "search/identify.h"

namespace kinfolder {
namespace {

constexpr std::uint64_t kMaxTruthBytes = std::uint64_t{64} << 20;

using NamesByPhoto = std::map<std::string, std::vector<std::string>>;

// A person's picture; people are numbered from 1 in the order of their names.
struct KnownPicture {
  PersonId person;
  std::filesystem::path path;
};

struct KnownPeople {
  std::vector<std::string> names;  // of person 1, 2, ...
  std::vector<KnownPicture> pictures;
};

Result<NamesByPhoto> ReadTruth(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path, kMaxTruthBytes));
  try {
    return nlohmann::json::parse(text).at("people").get<NamesByPhoto>();
  } catch (const nlohmann::json::exception&) {
    return Fail(ErrorCode::kCorrupt, "{}: should be JSON like {{\"people\": {{\"PHOTO\": [\"NAME\", \"unknown\"]}}}}",
                path.string());
  }
}

bool IsHidden(const std::filesystem::path& path) { return path.filename().string().starts_with('.'); }

// What lies in the folder and is not hidden, by name.
Result<std::vector<std::filesystem::path>> ListFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> entries;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (!IsHidden(entry->path())) entries.push_back(entry->path());
  }
  if (error) return Fail(FileError(error.value(), "list", folder));
  std::ranges::sort(entries);
  return entries;
}

Result<KnownPeople> ListKnown(const std::filesystem::path& known) {
  KnownPeople people;
  ASSIGN_OR_RETURN(const std::vector<std::filesystem::path> folders, ListFolder(known));
  for (const std::filesystem::path& folder : folders) {
    if (!std::filesystem::is_directory(folder)) continue;
    people.names.push_back(folder.filename().string());
    const PersonId person{static_cast<std::int64_t>(people.names.size())};
    ASSIGN_OR_RETURN(const std::vector<std::filesystem::path> pictures, ListFolder(folder));
    for (const std::filesystem::path& picture : pictures) people.pictures.push_back({person, picture});
  }
  if (people.pictures.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "{} holds no folder of pictures of a person", known.string());
  }
  return people;
}

Result<Reference> MakeReference(const FaceScanner& scanner, const DecodeOptions& decode, const KnownPicture& picture) {
  ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(picture.path, decode));
  ASSIGN_OR_RETURN(Subject subject, EmbedSubject(scanner, photo.image));
  if (!subject.detected) return Fail(ErrorCode::kInvalidArgument, "no face on {}", picture.path.string());
  return Reference{{}, picture.person, std::move(subject.embedding)};
}

// The photo's faces with their names and distances; `truth` may name strangers.
Result<NamedPhoto> NameFaces(const ScannedPhoto& photo, const std::vector<std::string>& truth, const Gallery& gallery,
                             const std::vector<std::string>& names, float threshold) {
  std::vector<Embedding> embeddings;
  for (const ScannedFace& face : photo.faces) embeddings.push_back(face.embedding);
  ASSIGN_OR_RETURN(const auto ranked, gallery.DistancesToPeople(embeddings));

  const auto name_of = [&](PersonId person) { return names[static_cast<std::size_t>(person.value - 1)]; };
  NamedPhoto named;
  for (const std::string& name : names) {
    if (std::ranges::find(truth, name) != truth.end()) named.people.push_back(name);
  }
  for (const std::vector<PersonDistance>& people : ranked) {
    NamedFace face;
    const Match match = Decide({}, people, threshold);
    if (match.person) face.name = name_of(*match.person);
    for (const PersonDistance& to : people) face.distances.push_back({name_of(to.person), to.distance});
    named.faces.push_back(std::move(face));
  }
  return named;
}

}  // namespace

Result<IdentificationReport> EvaluateIdentification(const FaceScanner& scanner, const DecodeOptions& decode,
                                                    float threshold, const std::filesystem::path& known,
                                                    const std::filesystem::path& photos,
                                                    const std::filesystem::path& truth, const ParallelRun& run) {
  ASSIGN_OR_RETURN(const KnownPeople people, ListKnown(known));
  ASSIGN_OR_RETURN(const NamesByPhoto names_by_photo, ReadTruth(truth));
  const std::vector<NamesByPhoto::value_type> to_name(names_by_photo.begin(), names_by_photo.end());

  std::vector<Reference> references(people.pictures.size());
  RETURN_IF_ERROR(ForEachInParallel(references.size(), {run.jobs, {}, run.stop}, [&](std::size_t i) -> Status {
    ASSIGN_OR_RETURN(references[i], MakeReference(scanner, decode, people.pictures[i]));
    return {};
  }));
  ASSIGN_OR_RETURN(const Gallery gallery, Gallery::Make(references));

  std::vector<NamedPhoto> named(to_name.size());
  RETURN_IF_ERROR(ForEachInParallel(named.size(), run, [&](std::size_t i) -> Status {
    const auto& [path, on_it] = to_name[i];
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhotoFile(photos / path, decode));
    ASSIGN_OR_RETURN(const ScannedPhoto scanned, scanner.Scan(photo));
    ASSIGN_OR_RETURN(named[i], NameFaces(scanned, on_it, gallery, people.names, threshold));
    return {};
  }));

  IdentificationReport report;
  report.people = static_cast<int>(people.names.size());
  report.references = static_cast<int>(references.size());
  report.photos = static_cast<int>(named.size());
  report.threshold = threshold;
  report.scores = ScoreIdentification(named);
  return report;
}

}  // namespace kinfolder
