#include "app/scan.h"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "base/processors.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kInFlightPerJob = 3;     // photos in memory: one worked on, the others waiting for the writer
constexpr std::size_t kBatchPhotos = 32;       // photos in a transaction; an interruption costs no more than these,
constexpr std::chrono::seconds kBatchTime(2);  // or what this time brought

// A file of a photo that the catalogue knows, or that another file of this scan brings.
struct SameContent {
  FoundPhoto file;
  ContentHash content;
};

using Outcome = std::variant<ScannedPhoto, SameContent, FailedPhoto>;

const FoundPhoto& FileOf(const Outcome& outcome) {
  return std::visit([](const auto& value) -> const FoundPhoto& { return value.file; }, outcome);
}

// Would reading the same bytes again fail in the same way?
bool IsFinal(ErrorCode code) {
  return code == ErrorCode::kCorrupt || code == ErrorCode::kUnsupported || code == ErrorCode::kTooLarge;
}

class Scan {
 public:
  Scan(Catalog& catalog, Networks& networks, const ScanRequest& request, const ProgressFunction& progress,
       const StopFlag& stop)
      : catalog_(catalog), networks_(networks), request_(request), progress_(progress), stop_(stop) {}

  Result<ScanResult> Run() {
    ASSIGN_OR_RETURN(walk_, Walk(request_.paths, request_.walk, stop_));
    RETURN_IF_ERROR(LookUp());
    RETURN_IF_ERROR(catalog_.InTransaction([this] { return NoteWalk(); }));
    RunPipeline();
    if (!fatal_) Keep(Commit());
    if (!fatal_ && !stop_.stopped()) Keep(FinishDeferred());
    if (fatal_) return Fail(*fatal_);
    if (stop_.stopped()) {
      return Fail(ErrorCode::kInterrupted, "interrupted after {} of {} photos; the next run goes on from there", done_,
                  to_do_.size());
    }
    result_.roots = walk_.roots;
    std::sort(result_.failed.begin(), result_.failed.end(),
              [](const FailedPhoto& a, const FailedPhoto& b) { return a.file.path < b.file.path; });
    return std::move(result_);
  }

 private:
  // What ends the scan: the catalogue can't be written, the networks can't be loaded.
  void Keep(const Status& status) {
    if (status) return;
    const std::lock_guard lock(mutex_);
    if (!fatal_) fatal_ = status.error();
    failing_.Stop();
  }

  // -- Before the pipeline: what is there, and what of it is known ---------------------------------------------------

  Status LookUp() {
    ASSIGN_OR_RETURN(std::vector<CatalogFile> files, catalog_.Files());
    for (CatalogFile& file : files) known_.emplace(file.path, std::move(file));
    ASSIGN_OR_RETURN(const std::vector<ContentHash> scanned,
                     catalog_.ScannedContents(networks_.detector_id(), networks_.embedder_id()));
    scanned_.insert(scanned.begin(), scanned.end());
    ASSIGN_OR_RETURN(const auto confirmed, catalog_.ConfirmedBoxes());
    for (const auto& [content, box] : confirmed) confirmed_[content].push_back(box);
    result_.files = static_cast<std::int64_t>(walk_.files.size() + walk_.failed.size());
    for (const FoundPhoto& file : walk_.files) {
      ASSIGN_OR_RETURN(const bool settled, IsSettled(file));
      if (!settled) to_do_.push_back(&file);
    }
    return {};
  }

  // Nothing to do for a file that is as it was when it was last looked at.
  Result<bool> IsSettled(const FoundPhoto& file) {
    const auto known = known_.find(file.path);
    if (known == known_.end() || request_.again) return false;
    const CatalogFile& row = known->second;
    if (row.stamp != file.stamp || row.role != RoleOf(file)) return false;
    if (row.failure) {
      if (!IsFinal(row.failure->code)) return false;
      result_.failed.push_back({file, *row.failure});
      return true;
    }
    if (!row.photo) return false;
    ASSIGN_OR_RETURN(const CatalogPhoto photo, catalog_.GetPhoto(*row.photo));
    if (!scanned_.contains(photo.content)) return false;
    ++result_.unchanged;
    return true;
  }

  // One of the user's photos stays one when it also serves as a reference.
  FileRole RoleOf(const FoundPhoto& file) const {
    const auto known = known_.find(file.path);
    const bool is_photo = known != known_.end() && known->second.role == FileRole::kPhoto;
    return is_photo ? FileRole::kPhoto : request_.role;
  }

  // Writes down what the walk alone tells: what can't be looked at, and what is gone.
  Status NoteWalk() {
    std::set<fs::path> present;
    for (const FoundPhoto& file : walk_.files) present.insert(file.path);
    for (const FailedPhoto& failed : walk_.failed) {
      present.insert(failed.file.path);
      result_.failed.push_back(failed);
      const auto known = known_.find(failed.file.path);
      if (known != known_.end() && known->second.failure == failed.error) continue;
      RETURN_IF_ERROR(catalog_.PutFailure(failed, request_.role));
    }
    const auto holds = [](const std::vector<fs::path>& folders, const fs::path& path) {
      return std::any_of(folders.begin(), folders.end(),
                         [&](const fs::path& folder) { return IsWithin(path, folder); });
    };
    for (const auto& [path, row] : known_) {
      if (row.role != request_.role || present.contains(path)) continue;
      if (!holds(walk_.roots, path) || holds(walk_.unread, path)) continue;
      RETURN_IF_ERROR(catalog_.ForgetFile(path));
      if (row.photo) ++result_.gone;
    }
    return {};
  }

  // -- The pipeline: one thread hands out files, workers look at them, one thread writes -----------------------------

  void RunPipeline() {
    if (to_do_.empty()) return;
    const int jobs = request_.jobs > 0 ? request_.jobs : ProcessorCount();
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(jobs));
    std::size_t next = 0;
    const auto hand_out = [&](tbb::flow_control& control) -> std::size_t {
      if (next < to_do_.size() && !stop_.stopped() && !failing_.stopped()) return next++;
      control.stop();
      return 0;
    };
    const auto look = [this](std::size_t index) { return Look(*to_do_[index]); };
    const auto write = [this](Outcome outcome) { Write(std::move(outcome)); };
    tbb::parallel_pipeline(kInFlightPerJob * static_cast<std::size_t>(jobs),
                           tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, hand_out) &
                               tbb::make_filter<std::size_t, Outcome>(tbb::filter_mode::parallel, look) &
                               tbb::make_filter<Outcome, void>(tbb::filter_mode::serial_in_order, write));
  }

  Outcome Look(const FoundPhoto& file) {
    try {
      Result<Outcome> outcome = TryToLook(file);
      return outcome ? *std::move(outcome) : FailedPhoto{file, outcome.error()};
    } catch (const std::bad_alloc&) {
      return FailedPhoto{file, Error{ErrorCode::kTooLarge,
                                     fmt::format("{}: there is not enough memory for this photo", file.path.string())}};
    }
  }

  Result<Outcome> TryToLook(const FoundPhoto& file) {
    ASSIGN_OR_RETURN(ReadPhoto read, ReadPhotoFile(file));
    if (IsKnownOrClaimed(read.content)) return SameContent{file, read.content};
    return LookAt(std::move(read));
  }

  Result<Outcome> LookAt(ReadPhoto read) {
    ASSIGN_OR_RETURN(const LoadedPhoto photo, LoadPhoto(std::move(read), networks_.decode_options()));
    const Result<const FaceScanner*> scanner = networks_.Scanner();
    if (!scanner) {
      Keep(Fail(scanner.error()));
      return Fail(scanner.error());
    }
    const auto known = confirmed_.find(photo.content);
    ASSIGN_OR_RETURN(ScannedPhoto scanned,
                     (*scanner)->Scan(photo, known == confirmed_.end() ? std::span<const Box>() : known->second));
    return scanned;
  }

  bool IsKnownOrClaimed(const ContentHash& content) {
    if (!request_.again && scanned_.contains(content)) return true;
    const std::lock_guard lock(mutex_);
    return !claimed_.insert(content).second;
  }

  void Write(Outcome outcome) {
    if (failing_.stopped()) return;
    ++done_;
    if (std::holds_alternative<FailedPhoto>(outcome)) ++failed_;
    const std::string current = FileOf(outcome).path.string();
    batch_.push_back(std::move(outcome));
    const auto now = std::chrono::steady_clock::now();
    if (batch_.size() >= kBatchPhotos || now - committed_at_ >= kBatchTime) {
      Keep(Commit());
      committed_at_ = now;
    }
    if (progress_) progress_({done_, to_do_.size(), failed_, current});
  }

  Status Commit() {
    std::vector<Outcome> batch = std::exchange(batch_, {});
    if (batch.empty()) return {};
    return catalog_.InTransaction([&]() -> Status {
      for (Outcome& outcome : batch) {
        RETURN_IF_ERROR(std::visit([this](auto& value) { return Put(value); }, outcome));
      }
      return {};
    });
  }

  Status Put(const ScannedPhoto& photo) {
    RETURN_IF_ERROR(catalog_.PutScanned(photo, RoleOf(photo.file)));
    ++result_.scanned;
    result_.faces += static_cast<std::int64_t>(photo.faces.size());
    return {};
  }

  Status Put(const FailedPhoto& failed) {
    RETURN_IF_ERROR(catalog_.PutFailure(failed, RoleOf(failed.file)));
    result_.failed.push_back(failed);
    return {};
  }

  Status Put(const SameContent& same) {
    ASSIGN_OR_RETURN(const std::optional<CatalogPhoto> photo, catalog_.FindPhoto(same.content));
    if (!photo) {
      deferred_.push_back(same);
      return {};
    }
    RETURN_IF_ERROR(catalog_.PutFile(same.file, photo->id, RoleOf(same.file)));
    ++result_.same;
    return {};
  }

  // Copies that reached the writer before the file they are copies of; where that failed, they fail for themselves.
  Status FinishDeferred() {
    for (const SameContent& same : std::exchange(deferred_, {})) {
      RETURN_IF_ERROR(Put(same));
      if (deferred_.empty()) continue;
      deferred_.clear();
      Result<ReadPhoto> read = ReadPhotoFile(same.file);
      Result<Outcome> outcome = read ? LookAt(*std::move(read)) : Result<Outcome>(Fail(read.error()));
      batch_.push_back(outcome ? *std::move(outcome) : FailedPhoto{same.file, outcome.error()});
      RETURN_IF_ERROR(Commit());
    }
    return {};
  }

  Catalog& catalog_;  // never touched by workers
  Networks& networks_;
  const ScanRequest& request_;
  const ProgressFunction& progress_;
  const StopFlag& stop_;

  WalkResult walk_;
  std::map<fs::path, CatalogFile> known_;                        // all files of the catalogue before this scan
  std::unordered_set<ContentHash> scanned_;                      // with these networks, before this scan
  std::unordered_map<ContentHash, std::vector<Box>> confirmed_;  // faces that are there, whatever a detector finds
  std::vector<const FoundPhoto*> to_do_;
  ScanResult result_;

  std::mutex mutex_;                         // over what workers and the writer share: claimed_ and fatal_
  std::unordered_set<ContentHash> claimed_;  // contents that a worker of this scan has taken on
  std::vector<Outcome> batch_;
  std::vector<SameContent> deferred_;
  std::chrono::steady_clock::time_point committed_at_ = std::chrono::steady_clock::now();
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
  std::optional<Error> fatal_;
  StopFlag failing_;
};

}  // namespace

Result<ScanResult> ScanPhotos(Catalog& catalog, Networks& networks, const ScanRequest& request,
                              const ProgressFunction& progress, const StopFlag& stop) {
  return Scan(catalog, networks, request, progress, stop).Run();
}

}  // namespace kinfolder
