// The file that a run is written down in: JOURNAL_FOLDER/RUN.jsonl. Its plan is on the disk before the first step is
// done; a line for each event follows. A last line that was cut by a kill is as if it had never been.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "filing/run.h"

namespace kinfolder {

class RunLog {
 public:
  // Gives the run its id, later than all others', and puts its plan on the disk.
  static Result<RunLog> Begin(const std::filesystem::path& folder, Run run);

  // kNotFound for an unknown id, kCorrupt for a damaged file.
  static Result<RunLog> Resume(const std::filesystem::path& folder, const std::string& id);

  RunLog(RunLog&& other) noexcept;
  ~RunLog();

  const Run& run() const { return run_; }

  enum class Flush { kNo, kYes };
  // Appends the event and replays it; with Flush::kYes it is on the disk afterwards.
  Status Record(const RunEvent& event, Flush flush = Flush::kNo);

  // Forgets the run: it changed nothing.
  Status Remove();

 private:
  RunLog(std::filesystem::path path, int descriptor, Run run);

  std::filesystem::path path_;
  int descriptor_ = -1;
  Run run_;
};

// Newest first.
Result<std::vector<std::string>> RunIds(const std::filesystem::path& folder);

// Errors as of RunLog::Resume.
Result<Run> ReadRun(const std::filesystem::path& folder, const std::string& id);

// Keeps a damaged file out of the way, as RUN.jsonl.damaged.
Status SetRunAside(const std::filesystem::path& folder, const std::string& id);

}  // namespace kinfolder
