// kinfolder-train VERB ...: reads the command line, does the verb, says what went wrong, ends with its status.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "app/exit_status.h"
#include "app/orderly_stop.h"
#include "image/decode.h"
#include "train/compare_verbs.h"
#include "train/train_verbs.h"

namespace kinfolder {
namespace {

// Keeps freed memory for the next tensor of the size. Left alone, glibc takes every large one from the system afresh
// and gives it back, and clearing its pages takes longer than all convolutions: training is more than twice as fast so.
void KeepMemory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
#endif
}

int EndWith(const Error& error) {
  std::fprintf(stderr, "kinfolder-train: %s\n", error.message.c_str());
  return ExitStatusOf(error.code);
}

int Main(int count, char** words) {
  const StopFlag& stop = StopOnSignals();
  KeepMemory();
  CLI::App app("Trains and compares the networks that Kinfolder finds and recognises faces with", "kinfolder-train");
  app.require_subcommand(1);
  int jobs = 0;
  app.add_option("--jobs", jobs, "Threads for everything but the network that is trained; 0: one for each processor")
      ->check(CLI::Range(0, 1024));
  VerbAction chosen;
  AddTrainVerbs(app, chosen);
  AddCompareVerbs(app, chosen);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return EndWith({ErrorCode::kInvalidArgument, std::string(error.what()) + " (--help says more)"});
  }
  if (const Status ready = InitializeImageLibrary(words[0]); !ready) return EndWith(ready.error());
  ParallelRun run;
  run.jobs = jobs;
  run.stop = &stop;
  const Result<std::string> text = chosen(run);
  if (!text) return EndWith(text.error());
  if (std::fputs(text->c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    return EndWith({ErrorCode::kIo, "the output could not be written to the end"});
  }
  return kAllDone;
}

}  // namespace
}  // namespace kinfolder

int main(int count, char** words) {
  try {
    return kinfolder::Main(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kinfolder-train: stopped by what should never happen: %s\n", error.what());
    return kinfolder::kDoneInPart;
  }
}
