#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/file.h"
#include "filing/file_operation.h"
#include "filing/run_steps.h"
#include "filing/space.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

bool IsThere(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// Collects the folders to create, parents first.
class MissingFolders {
 public:
  void Add(const fs::path& folder, const std::string& person) {
    const fs::path path = folder.has_filename() ? folder : folder.parent_path();
    if (path.empty() || seen_.contains(path.native()) || IsThere(path)) return;
    Add(path.parent_path(), person);
    seen_.insert(path.native());
    FolderStep step;
    step.creation = {path, person};
    steps_.push_back(std::move(step));
  }

  std::vector<FolderStep> Take() { return std::move(steps_); }

 private:
  std::set<std::string> seen_;
  std::vector<FolderStep> steps_;
};

// A photo of several people can be moved once: the last time it is filed. One that lies in the folder of somebody whom
// it shows stays there, and one that a link in such a folder leads to.
std::vector<FileStep> FileSteps(const FilingPlan& plan) {
  std::unordered_map<std::string, std::size_t> last_use;
  for (std::size_t i = 0; i < plan.operations.size(); ++i) last_use[plan.operations[i].source.native()] = i;
  for (const FiledAlready& already : plan.already) {
    last_use[already.target.native()] = plan.operations.size();
    std::error_code error;
    const fs::path linked = fs::read_symlink(already.target, error);
    if (!error) last_use[linked.native()] = plan.operations.size();
  }
  std::vector<FileStep> steps;
  for (std::size_t i = 0; i < plan.operations.size(); ++i) {
    FileStep& step = steps.emplace_back();
    step.operation = plan.operations[i];
    const bool is_used_again = last_use.at(step.operation.source.native()) != i;
    step.method = plan.method == FilingMethod::kMove && is_used_again ? FilingMethod::kCopy : plan.method;
  }
  return steps;
}

bool HasContent(const FileOperation& operation, const StopFlag& stop) {
  const Result<FileStamp> stamp = StampOf(operation.target);
  return stamp && stamp->bytes == operation.bytes && CheckContent(operation.target, operation.content, stop);
}

// The folders that files come into or may be moved away from, with all above them: how much comes.
using BytesByFolder = std::unordered_map<std::string, std::uint64_t>;

BytesByFolder TouchedFolders(const std::vector<FileStep>& files) {
  BytesByFolder touched;
  const auto add = [&touched](const fs::path& path, std::uint64_t bytes) {
    for (fs::path folder = path.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
      touched[folder.native()] += bytes;
    }
  };
  for (const FileStep& step : files) {
    add(step.operation.target, step.operation.bytes);
    add(step.operation.source, 0);
  }
  return touched;
}

// Of the person's folder, as TouchedFolders has it.
std::string FolderOf(const PackRequest& pack) {
  return pack.folder.has_filename() ? pack.folder.native() : pack.folder.parent_path().native();
}

bool MayChange(const PackRequest& pack, const BytesByFolder& touched) {
  if (touched.contains(FolderOf(pack))) return true;
  const Result<bool> current = PackIsCurrent(pack);
  return !current || !*current;  // what is wrong comes up when the pack is written
}

dev_t DeviceOf(const fs::path& path) {
  struct stat status {};
  for (fs::path place = path; ::stat(place.c_str(), &status) != 0; place = place.parent_path()) {
    if (!place.has_relative_path()) return 0;
  }
  return status.st_dev;
}

bool CopiesBytes(const FileStep& step) {
  if (step.method == FilingMethod::kMove) return DeviceOf(step.operation.source) != DeviceOf(step.operation.target);
  return step.method == FilingMethod::kCopy;
}

// What a run writes to one file system.
struct SpaceNeed {
  fs::path folder;
  std::uint64_t files = 0;
  std::uint64_t packs = 0;       // at the most, while the packs are written one after the other
  std::int64_t packs_after = 0;  // when they are: an old pack makes room once the new one is whole

  void AddPack(std::uint64_t bytes, std::uint64_t old_bytes) {
    packs_after += static_cast<std::int64_t>(bytes);
    packs = std::max(packs, static_cast<std::uint64_t>(std::max<std::int64_t>(packs_after, 0)));
    packs_after -= static_cast<std::int64_t>(old_bytes);
  }
  const char* What() const {
    if (packs == 0) return "filing these photos";
    return files == 0 ? "writing the packs" : "filing these photos and writing the packs";
  }
};

std::uint64_t BytesOfPack(const PackRequest& pack, const BytesByFolder& touched) {
  const auto coming = touched.find(FolderOf(pack));
  return ExpectedPackBytes(pack) + (coming == touched.end() ? 0 : coming->second);
}

}  // namespace

Result<Run> PrepareRun(const FilingPlan& plan, const std::vector<PackRequest>& packs, const StopFlag& stop,
                       StepReport& report) {
  Run run;
  MissingFolders folders;
  for (const FolderCreation& creation : plan.folders) folders.Add(creation.folder, creation.person);
  for (FileStep& step : FileSteps(plan)) {
    const fs::path& target = step.operation.target;
    if (!IsThere(target)) {
      folders.Add(target.parent_path(), step.operation.person);
      run.files.push_back(std::move(step));
    } else if (!HasContent(step.operation, stop)) {
      report.failures.push_back({ErrorCode::kAlreadyExists, target.string() + " is there already with other content"});
      run.problems.push_back(report.failures.back().message);
    }
  }
  const BytesByFolder touched = TouchedFolders(run.files);
  for (const PackRequest& request : packs) {
    if (!MayChange(request, touched)) continue;
    folders.Add(request.target.parent_path(), request.person);
    PackStep step;
    step.request = request;
    run.packs.push_back(std::move(step));
  }
  run.folders = folders.Take();
  if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "filing was interrupted before it began");
  return run;
}

Status CheckSpaceFor(const Run& run) {
  std::map<dev_t, SpaceNeed> needs;
  const auto need_at = [&](const fs::path& target) -> SpaceNeed& {
    SpaceNeed& need = needs[DeviceOf(target)];
    if (need.folder.empty()) need.folder = target.parent_path();
    return need;
  };
  for (const FileStep& step : run.files) {
    if (CopiesBytes(step)) need_at(step.operation.target).files += step.operation.bytes;
  }
  const BytesByFolder touched = TouchedFolders(run.files);
  for (const PackStep& step : run.packs) {
    const Result<FileStamp> old = StampOf(step.request.target);
    need_at(step.request.target).AddPack(BytesOfPack(step.request, touched), old ? old->bytes : 0);
  }
  for (const auto& [device, need] : needs) {
    RETURN_IF_ERROR(CheckFreeSpace(need.folder, need.files + need.packs, need.What()));
  }
  return {};
}

}  // namespace kinfolder
