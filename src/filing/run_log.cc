#include "filing/run_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/utc_time.h"
#include "filing/run_text.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".jsonl";
constexpr std::uint64_t kMaxRunBytes = std::uint64_t{4} << 30;
constexpr std::size_t kTimeLength = 15;  // of "20261124-153012"

Status WriteAll(int descriptor, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail(FileError(errno, "write", path));
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

struct IdParts {
  std::string_view time;
  int number = 0;
};

// "20261124-153012-7" -> its time and 7; nullopt for anything else.
std::optional<IdParts> PartsOf(std::string_view id) {
  if (id.size() < kTimeLength + 2 || id[kTimeLength] != '-') return std::nullopt;
  for (std::size_t i = 0; i < kTimeLength; ++i) {
    if (i == 8 ? id[i] != '-' : id[i] < '0' || id[i] > '9') return std::nullopt;
  }
  IdParts parts{id.substr(0, kTimeLength), 0};
  const auto [end, error] = std::from_chars(id.data() + kTimeLength + 1, id.data() + id.size(), parts.number);
  if (error != std::errc() || end != id.data() + id.size() || parts.number < 1) return std::nullopt;
  return parts;
}

// Later than all others even when the clock was put back.
Result<std::string> NextId(const fs::path& folder) {
  std::string time = UtcNow("%Y%m%d-%H%M%S");
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, RunIds(folder));
  int number = 1;
  if (!ids.empty() && ids.front().substr(0, kTimeLength) >= time) {
    const IdParts newest = PartsOf(ids.front()).value();
    time = newest.time;
    number = newest.number + 1;
  }
  return fmt::format("{}-{}", time, number);
}

fs::path PathOf(const fs::path& folder, const std::string& id) { return folder / (id + std::string(kEnding)); }

Result<ParsedRun> ReadFileOf(const fs::path& folder, const std::string& id) {
  if (!PartsOf(id)) return Fail(ErrorCode::kNotFound, "there is no run \"{}\"", id);
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(PathOf(folder, id), kMaxRunBytes));
  return ParseRun(text, PathOf(folder, id).string());
}

}  // namespace

Result<std::vector<std::string>> RunIds(const fs::path& folder) {
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.extension() == kEnding && PartsOf(path.stem().native())) ids.push_back(path.stem().native());
  }
  if (error) return Fail(FileError(error.value(), "list folder", folder));
  std::sort(ids.begin(), ids.end(), [](const std::string& a, const std::string& b) {
    const IdParts first = PartsOf(a).value();
    const IdParts second = PartsOf(b).value();
    return first.time != second.time ? first.time > second.time : first.number > second.number;
  });
  return ids;
}

Result<Run> ReadRun(const fs::path& folder, const std::string& id) {
  ASSIGN_OR_RETURN(ParsedRun parsed, ReadFileOf(folder, id));
  return std::move(parsed.run);
}

RunLog::RunLog(fs::path path, int descriptor, Run run)
    : path_(std::move(path)), descriptor_(descriptor), run_(std::move(run)) {}
RunLog::RunLog(RunLog&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), run_(std::move(other.run_)) {}
RunLog::~RunLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<RunLog> RunLog::Begin(const fs::path& folder, Run run) {
  ASSIGN_OR_RETURN(run.id, NextId(folder));
  run.started_at = UtcNow("%Y-%m-%dT%H:%M:%SZ");
  const fs::path path = PathOf(folder, run.id);
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
  RETURN_IF_ERROR(file.Write(PlanText(run)));
  RETURN_IF_ERROR(file.Commit(AtomicFile::IfExists::kFail));
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) return Fail(FileError(errno, "write", path));
  return RunLog(path, descriptor, std::move(run));
}

Result<RunLog> RunLog::Resume(const fs::path& folder, const std::string& id) {
  ASSIGN_OR_RETURN(ParsedRun parsed, ReadFileOf(folder, id));
  const fs::path path = PathOf(folder, id);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) return Fail(FileError(errno, "write", path));
  RunLog log(path, descriptor, std::move(parsed.run));
  if (::ftruncate(descriptor, static_cast<off_t>(parsed.whole_bytes)) != 0)
    return Fail(FileError(errno, "write", path));
  return log;
}

Status RunLog::Record(const RunEvent& event, Flush flush) {
  RETURN_IF_ERROR(WriteAll(descriptor_, EventText(event), path_));
  if (flush == Flush::kYes && ::fsync(descriptor_) != 0) return Fail(FileError(errno, "write", path_));
  Replay(event, run_);
  return {};
}

Status SetRunAside(const fs::path& folder, const std::string& id) {
  fs::path aside = PathOf(folder, id);
  aside += ".damaged";
  return RenameNoReplace(PathOf(folder, id), aside);
}

Status RunLog::Remove() {
  if (::unlink(path_.c_str()) != 0) return Fail(FileError(errno, "remove", path_));
  return SyncFolder(path_.parent_path());
}

}  // namespace kinfolder
