#include "cli/each_photo.h"

#include <cstddef>
#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "app/walk.h"
#include "base/parallel.h"

namespace kinfolder {
namespace {

// Answers come in any order and leave in the order of the photos.
class Answers {
 public:
  explicit Answers(std::size_t count) : answers_(count) {}

  void Put(std::size_t photo, Result<std::string> answer) {
    const std::scoped_lock lock(mutex_);
    answers_[photo] = std::move(answer);
  }

  // The next one in order, if it has come.
  std::optional<Result<std::string>> Take() {
    const std::scoped_lock lock(mutex_);
    if (next_ == answers_.size() || !answers_[next_]) return std::nullopt;
    return std::exchange(answers_[next_++], std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::vector<std::optional<Result<std::string>>> answers_;
  std::size_t next_ = 0;
};

}  // namespace

Result<ExitStatus> DescribeEachPhoto(Invocation& invocation, std::string_view step,
                                     const std::function<Result<std::string>(const FoundPhoto&)>& describe) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& path : invocation.arguments.Values(std::string(kPhotos.name))) paths.emplace_back(path);
  const WalkOptions options{{}, invocation.settings().ignore};
  ASSIGN_OR_RETURN(WalkResult walked, Walk(paths, options, invocation.stop));

  Console& console = invocation.console;
  Answers answers(walked.files.size());
  std::size_t taken = 0;
  const auto print = [&, progress = console.Progress(step)](const ProgressUpdate& update) {
    while (std::optional<Result<std::string>> answer = answers.Take()) {
      if (*answer) {
        console.PrintLine(**answer);
      } else {
        walked.failed.push_back({walked.files[taken], answer->error()});
      }
      ++taken;
    }
    if (progress) progress(update);
  };
  const ParallelRun run{invocation.settings().jobs, print, &invocation.stop};
  RETURN_IF_ERROR(ForEachInParallel(walked.files.size(), run, [&](std::size_t i) -> Status {
    answers.Put(i, describe(walked.files[i]));
    return {};
  }));
  NoteFailures(console, walked.failed);
  return walked.failed.empty() ? kAllDone : kDoneInPart;
}

}  // namespace kinfolder
