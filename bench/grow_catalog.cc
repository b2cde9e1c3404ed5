// kinfolder_grow: makes a catalogue large, for measuring. It adds COUNT photos to the default one, each like one that
// was scanned: a hard link of its file in a folder "grown" beside it, under a content of its own, with faces whose
// embeddings are a little different. Of the faces without a name every second one is a stranger like no other.
// usage: kinfolder_grow COUNT

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <random>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "app/networks.h"
#include "app/settings.h"
#include "app/workspace.h"
#include "base/file.h"
#include "base/number.h"

namespace kinfolder::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kAtOnce = 500;            // photos in a transaction
constexpr int kInFolder = 1000;         // files
constexpr float kOtherPicture = 0.02F;  // standard deviation of each number: two pictures of one person

struct Pattern {
  CatalogPhoto photo;
  fs::path file;
  FileStamp stamp;
  std::vector<ScannedFace> faces;
  std::vector<bool> has_name;
};

class Grower {
 public:
  explicit Grower(Workspace& workspace) : catalog_(workspace.catalog()), workspace_(workspace) {}

  Status Grow(int count) {
    ASSIGN_OR_RETURN(Networks* const networks, workspace_.networks());
    detector_ = networks->detector_id();
    embedder_ = networks->embedder_id();
    RETURN_IF_ERROR(ReadPatterns());
    if (patterns_.empty()) return Fail(ErrorCode::kNotFound, "nothing was scanned yet: kinfolder run first");
    for (int first = 0; first < count; first += kAtOnce) {
      const int end = std::min(count, first + kAtOnce);
      RETURN_IF_ERROR(catalog_.InTransaction([&] { return AddFrom(first, end); }));
    }
    return {};
  }

 private:
  Status ReadPatterns() {
    std::unordered_map<std::int64_t, bool> is_named;
    ASSIGN_OR_RETURN(const std::vector<MatchedFace> matches, catalog_.Matches());
    for (const MatchedFace& face : matches) is_named[face.face.id.value] = face.match.person.has_value();
    ASSIGN_OR_RETURN(const std::vector<CatalogPhoto> photos, catalog_.Photos());
    for (const CatalogPhoto& photo : photos) {
      ASSIGN_OR_RETURN(const std::vector<fs::path> files, catalog_.FilesOf(photo.id, FileRole::kPhoto));
      if (files.empty()) continue;
      Pattern& pattern = patterns_.emplace_back();
      pattern.photo = photo;
      pattern.file = files.front();
      ASSIGN_OR_RETURN(pattern.stamp, StampOf(pattern.file));
      ASSIGN_OR_RETURN(const std::vector<CatalogFace> faces, catalog_.FacesOf(photo.id));
      for (const CatalogFace& face : faces) {
        ASSIGN_OR_RETURN(Embedding embedding, catalog_.EmbeddingOf(face.id, embedder_));
        pattern.faces.push_back({face.detection, face.quality, std::move(embedding)});
        pattern.has_name.push_back(is_named[face.id.value]);
      }
    }
    return {};
  }

  Status AddFrom(int first, int end) {
    for (int i = first; i < end; ++i) RETURN_IF_ERROR(Add(i));
    return {};
  }

  Status Add(int number) {
    const Pattern& pattern = patterns_[static_cast<std::size_t>(number) % patterns_.size()];
    const fs::path folder = pattern.file.parent_path() / "grown" / fmt::format("{:03}", number / kInFolder);
    const fs::path file = folder / fmt::format("{:06}{}", number, pattern.file.extension().string());
    std::error_code error;
    RETURN_IF_ERROR(MakeFolders(folder));
    fs::create_hard_link(pattern.file, file, error);
    if (error) return Fail(FileError(error.value(), "make", file));
    ScannedPhoto photo{
        {file, pattern.stamp}, Sha256Of(AsBytes(file.string())), pattern.photo.info, detector_, embedder_,
        pattern.faces};
    for (std::size_t i = 0; i < photo.faces.size(); ++i) {
      const bool is_stranger = !pattern.has_name[i] && number / patterns_.size() % 2 == 0;
      Change(photo.faces[i].embedding.values, is_stranger ? 1 : kOtherPicture);
    }
    ASSIGN_OR_RETURN(const PhotoId added, catalog_.PutScanned(photo, FileRole::kPhoto));
    static_cast<void>(added);
    return {};
  }

  // A unit vector beside this one.
  void Change(std::vector<float>& vector, float deviation) {
    std::normal_distribution<float> noise(0, deviation);
    float squares = 0;
    for (float& value : vector) {
      value += noise(random_);
      squares += value * value;
    }
    for (float& value : vector) value /= std::sqrt(squares);
  }

  Catalog& catalog_;
  Workspace& workspace_;
  std::string detector_;
  std::string embedder_;
  std::vector<Pattern> patterns_;
  std::mt19937 random_{1};
};

Status Main(int argc, char** argv) {
  constexpr int kMost = 10'000'000;
  const auto count = argc == 2 ? ParseNumber<int>(argv[1]) : std::nullopt;
  if (!count || *count < 1 || *count > kMost) return Fail(ErrorCode::kInvalidArgument, "usage: kinfolder_grow COUNT");
  const Environment environment = ProcessEnvironment();
  ASSIGN_OR_RETURN(const LoadedSettings loaded, LoadSettings({}, environment));
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Open(loaded.settings, environment, Workspace::Access::kWrite, "grow"));
  return Grower(workspace).Grow(*count);
}

}  // namespace
}  // namespace kinfolder::bench

int main(int argc, char** argv) {
  const kinfolder::Status status = kinfolder::bench::Main(argc, argv);
  if (status) return 0;
  fmt::print(stderr, "kinfolder_grow: {}\n", status.error().message);
  return 2;
}
