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
  if (const std::optional<std::string> address = RunningService(invocation.settings())) {
    console.Print("Kinfolder is open already: {}", *address);
    if (open) OpenBrowser(*address);
    return kAllDone;
  }
  ASSIGN_OR_RETURN(const auto service, Service::Start({Flags(invocation.loaded), invocation.environment,
                                                       [&](const std::string& line) { console.Note("{}", line); }}));
  console.Print("Kinfolder's window: {}", service->address());
  if (service->reach()) {
    console.Print("From other machines, with the password:");
    for (const std::string& reached : service->reach()->addresses) console.Print("  {}", reached);
    console.Print("Their browsers should show this SHA-256 fingerprint of the certificate:");
    console.Print("  {}", service->reach()->fingerprint);
  }
  console.Note("Ctrl-C ends it. Work that is not done is gone on with the next time.");
  std::fflush(stdout);
  if (open) OpenBrowser(service->address());
  constexpr std::chrono::milliseconds kLookAgain{100};
  while (!invocation.stop.stopped() && !service->quit()) std::this_thread::sleep_for(kLookAgain);
  return kAllDone;
}

}  // namespace

std::vector<Verb> ServeVerbs() {
  return {{.name = "serve",
           .group = kMainGroup,
           .summary = "Open Kinfolder's window in the browser (as kinfolder alone does)",
           .details =
               "Only this machine can reach it, and only the browser that was given its address. A second start\n"
               "finds the first. With --listen 0.0.0.0:8443 other machines reach it, too: with the password that\n"
               "kinfolder password set asks for.",
           .arguments = {{Argument::Kind::kSwitch, "open", "", "Open the browser"}},
           .settings = {"photos", "known", "out", "people", "packs", "by", "layout", "detail", "min-face", "threshold",
                        "ignore", "jobs", "detector", "model", "models", "listen", "hosts", "certificate",
                        "certificate-key"},
           .run = Serve}};
}

}  // namespace kinfolder
