#include <spawn.h>

#include <chrono>
#include <map>
#include <string>
#include <thread>

#include "cli/verbs.h"
#include "http/service.h"

extern char** environ;

namespace kinfolder {
namespace {

constexpr int kMostPort = 65535;

// What the desktop opens web pages with. The window is a convenience: the address was printed.
void OpenBrowser(const std::string& address) {
  std::string program = "xdg-open";
  std::string page = address;
  char* words[] = {program.data(), page.data(), nullptr};
  posix_spawn_file_actions_t quiet{};
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
  posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", 1, 0);
  pid_t child = 0;
  posix_spawnp(&child, program.c_str(), &quiet, nullptr, words, environ);
  posix_spawn_file_actions_destroy(&quiet);
}

std::map<std::string, std::string> Flags(const LoadedSettings& loaded) {
  std::map<std::string, std::string> flags;
  for (const SettingInfo& setting : AllSettings()) {
    const std::string name(setting.name);
    if (loaded.sources.at(name) == ValueSource::kFlag) flags[name] = setting.show(loaded.settings);
  }
  return flags;
}

Result<ExitStatus> Serve(Invocation& invocation) {
  Console& console = invocation.console;
  const bool open = invocation.arguments.Has("open");
  ASSIGN_OR_RETURN(const std::optional<int> port, invocation.arguments.Number("port"));
  if (port && (*port < 0 || *port > kMostPort)) {
    return Fail(ErrorCode::kInvalidArgument, "--port is a number from 0 to {}, not {}", kMostPort, *port);
  }
  if (const std::optional<std::string> address = RunningService(invocation.settings())) {
    console.Print("Kinfolder is open already: {}", *address);
    if (open) OpenBrowser(*address);
    return kAllDone;
  }
  ASSIGN_OR_RETURN(const auto service, Service::Start({Flags(invocation.loaded), invocation.environment,
                                                       static_cast<std::uint16_t>(port.value_or(0))}));
  console.Print("Kinfolder's window: {}", service->address());
  console.Note("Ctrl-C ends it. Work that is not done is gone on with the next time.");
  std::fflush(stdout);
  if (open) OpenBrowser(service->address());
  constexpr std::chrono::milliseconds kLookAgain{100};
  while (!invocation.stop.stopped()) std::this_thread::sleep_for(kLookAgain);
  return kAllDone;
}

}  // namespace

std::vector<Verb> ServeVerbs() {
  return {{.name = "serve",
           .group = kMainGroup,
           .summary = "Open Kinfolder's window in the browser (as kinfolder alone does)",
           .details =
               "Only this machine can reach it, and only the browser that was given its address. A second start\n"
               "finds the first.",
           .arguments = {{Argument::Kind::kValue, "port", "PORT", "Port to listen on; 0, the default: any"},
                         {Argument::Kind::kSwitch, "open", "", "Open the browser"}},
           .settings = {"photos", "known", "out", "people", "packs", "by", "layout", "detail", "min-face", "threshold",
                        "ignore", "jobs", "detector", "model", "models"},
           .run = Serve}};
}

}  // namespace kinfolder
