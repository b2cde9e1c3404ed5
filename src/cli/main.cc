// kinfolder VERB ...: reads the command line, does the verb, says what went wrong, ends with its status.
#include <cstdio>
#include <exception>
#include <vector>

#include "app/orderly_stop.h"
#include "cli/command_line.h"
#include "cli/verbs.h"
#include "image/decode.h"

namespace kinfolder {
namespace {

Result<ExitStatus> Do(const ParsedCommand& command, Console& console, const StopFlag& stop) {
  const Environment environment = ProcessEnvironment();
  ASSIGN_OR_RETURN(LoadedSettings loaded, LoadSettings(command.settings, environment));
  Invocation invocation{*command.verb, command.arguments, std::move(loaded), environment, console, stop};
  return command.verb->run(invocation);
}

// Without a word it opens its window.
std::vector<const char*> WordsOf(int count, char** words) {
  if (count == 1) return {words[0], "serve", "--open"};
  return {words, words + count};
}

int Main(int count, char** all_words) {
  const StopFlag& stop = StopOnSignals();
  const std::vector<const char*> words = WordsOf(count, all_words);
  const std::vector<Verb> verbs = AllVerbs();
  const Result<ParsedCommand> command = ParseCommandLine(verbs, static_cast<int>(words.size()), words.data());
  Console console(command && !command->no_progress);
  const auto end_with = [&](const Error& error) {
    console.Note("kinfolder: {}", error.message);
    return static_cast<int>(ExitStatusOf(error.code));
  };
  if (!command) return end_with(command.error());
  if (command->verb == nullptr) {
    std::fputs(command->text.c_str(), stdout);
    return kAllDone;
  }
  if (const Status ready = InitializeImageLibrary(words[0]); !ready) return end_with(ready.error());
  const Result<ExitStatus> status = Do(*command, console, stop);
  if (!status) return end_with(status.error());
  if (std::fflush(stdout) != 0) {
    return end_with({ErrorCode::kIo, "the output could not be written to the end"});
  }
  return *status;
}

}  // namespace
}  // namespace kinfolder

int main(int count, char** words) {
  try {
    return kinfolder::Main(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kinfolder: stopped by what should never happen: %s\n", error.what());
    return kinfolder::kDoneInPart;
  }
}
