#include "app/verify.h"

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "filing/file_operation.h"
#include "filing/pack.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kUnsoundnessNames = {"missing", "changed", "damaged", "unreadable"};

// Of a file that was not read to its end.
UnsoundFile NotRead(const fs::path& path, const Error& error) {
  if (error.code == ErrorCode::kNotFound) {
    return {path, Unsoundness::kMissing, fmt::format("{} is missing", path.string())};
  }
  return {path, Unsoundness::kUnreadable, error.message};
}

Result<std::optional<UnsoundFile>> CheckPhoto(const fs::path& path, const FiledFile& filed, const StopFlag& stop) {
  const Result<FileStamp> stamp = StampOf(path);
  if (!stamp) return NotRead(path, stamp.error());
  const Status same = CheckContent(path, filed.content, stop);
  if (same) return std::nullopt;
  if (same.error().code == ErrorCode::kInterrupted) return Fail(same.error());
  if (same.error().code != ErrorCode::kCorrupt) return NotRead(path, same.error());
  if (*stamp != filed.stamp) {
    return UnsoundFile{path, Unsoundness::kChanged, fmt::format("{} was changed since it was filed", path.string())};
  }
  return UnsoundFile{
      path, Unsoundness::kDamaged,
      fmt::format("{} is damaged: it has other bytes than were filed, and nobody wrote to it", path.string())};
}

// Where the bytes are not those that were written, the pack itself tells what is wrong.
Result<std::optional<UnsoundFile>> CheckPack(const fs::path& path, const std::optional<Sha256Digest>& written,
                                             const StopFlag& stop) {
  if (written) {
    const Status same = CheckContent(path, *written, stop);
    if (same) return std::nullopt;
    if (same.error().code == ErrorCode::kInterrupted) return Fail(same.error());
    if (same.error().code != ErrorCode::kCorrupt) return NotRead(path, same.error());
  }
  const Result<PackOutcome> sound = VerifyPack(path, stop);
  if (!sound && sound.error().code == ErrorCode::kInterrupted) return Fail(sound.error());
  if (!sound && sound.error().code == ErrorCode::kCorrupt) {
    return UnsoundFile{path, Unsoundness::kDamaged, sound.error().message};
  }
  if (!sound) return NotRead(path, sound.error());
  if (!written) return std::nullopt;
  return UnsoundFile{path, Unsoundness::kChanged,
                     fmt::format("{} is sound, but not the pack that was written", path.string())};
}

}  // namespace

std::string_view NameOf(Unsoundness what) { return kUnsoundnessNames[static_cast<std::size_t>(what)]; }

Result<VerifyOutcome> VerifyFiled(const Journal& journal, int jobs, const ProgressFunction& progress,
                                  const StopFlag& stop) {
  ASSIGN_OR_RETURN(const auto filed, journal.FiledFiles());
  ASSIGN_OR_RETURN(const auto packed, journal.WrittenPacks());
  const std::map<std::string, FiledFile> by_path(filed.begin(), filed.end());
  const std::vector<std::pair<std::string, FiledFile>> photos(by_path.begin(), by_path.end());
  const std::vector<std::pair<std::string, std::optional<Sha256Digest>>> packs(packed.begin(), packed.end());

  std::vector<std::optional<UnsoundFile>> found(photos.size() + packs.size());
  const Status all = ForEachInParallel(found.size(), {jobs, progress, &stop}, [&](std::size_t i) -> Status {
    if (i < photos.size()) {
      ASSIGN_OR_RETURN(found[i], CheckPhoto(photos[i].first, photos[i].second, stop));
      return {};
    }
    const auto& [path, written] = packs[i - photos.size()];
    ASSIGN_OR_RETURN(found[i], CheckPack(path, written, stop));
    if (found[i]) found[i]->is_pack = true;
    return {};
  });
  if (!all) return Fail(ErrorCode::kInterrupted, "stopped before everything was verified");

  VerifyOutcome outcome;
  outcome.photos = static_cast<int>(photos.size());
  outcome.packs = static_cast<int>(packs.size());
  for (std::optional<UnsoundFile>& file : found) {
    if (file) outcome.unsound.push_back(*std::move(file));
  }
  return outcome;
}

}  // namespace kinfolder
