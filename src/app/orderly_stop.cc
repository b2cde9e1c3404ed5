#include "app/orderly_stop.h"

#include <csignal>
#include <cstdlib>

#include "app/exit_status.h"

namespace kinfolder {
namespace {

// A signal handler can't be handed anything: the one thing that must be reachable from everywhere.
StopFlag g_stop;

void OnSignal(int) {
  if (g_stop.stopped()) std::_Exit(kInterruptedByUser);
  g_stop.Stop();
}

}  // namespace

const StopFlag& StopOnSignals() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return g_stop;
}

}  // namespace kinfolder
