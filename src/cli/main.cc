// kinfolder VERB ...: reads the command line, does the verb, says what went wrong, ends with its status.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "cli/command_line.h"
#include "cli/verbs.h"
#include "image/decode.h"

namespace kinfolder {
namespace {

// A signal handler can't be handed anything: the one thing that must be reachable from everywhere.
StopFlag g_stop;

// The first signal asks for an orderly end; whoever is in a hurry sends a second.
void OnSignal(int) {
  if (g_stop.stopped()) std::_Exit(kInterruptedByUser);
  g_stop.Stop();
}

void InstallSignalHandlers() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader that goes away (| head) is an error of writing, not a sudden death amid the user's folders.
  std::signal(SIGPIPE, SIG_IGN);
}

Result<ExitStatus> Do(const ParsedCommand& command, Console& console) {
  const Environment environment = ProcessEnvironment();
  ASSIGN_OR_RETURN(LoadedSettings loaded, LoadSettings(command.settings, environment));
  Invocation invocation{*command.verb, command.arguments, std::move(loaded), environment, console, g_stop};
  return command.verb->run(invocation);
}

int Main(int count, char** words) {
  InstallSignalHandlers();
  const std::vector<Verb> verbs = AllVerbs();
  const Result<ParsedCommand> command = ParseCommandLine(verbs, count, words);
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
  const Result<ExitStatus> status = Do(*command, console);
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
