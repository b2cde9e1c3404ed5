#include "http/refusal_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kinfolder {
namespace {

// Not let in, not allowed, meant for another host, too often.
constexpr std::array kRefusals = {401, 403, 421, 429};

}  // namespace

void RefusalLog::Tell(const Request& request, const Reply& reply, TimeBudget::Clock::time_point now) {
  if (!note_ || std::find(kRefusals.begin(), kRefusals.end(), reply.status) == kRefusals.end()) return;
  const std::lock_guard lock(mutex_);
  if (lines_.Wait(now).count() > 0) {
    ++others_;
    return;
  }
  lines_.Spend(std::chrono::seconds(1), now);
  std::string line = fmt::format("refused: {} {} {} ({})", request.peer, request.method, request.path, reply.status);
  if (others_ > 0) line += fmt::format(", and {} others", std::exchange(others_, 0));
  note_(line);
}

}  // namespace kinfolder
