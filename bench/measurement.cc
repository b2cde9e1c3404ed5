#include "measurement.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"

namespace kinfolder::bench {

std::optional<double> Measurement::ratio() const {
  if (!baseline) return std::nullopt;
  return median / baseline->median;
}

double Median(std::vector<double> values) {
  CHECK(!values.empty());
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double SecondsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double PeakMemoryMib() {
  rusage usage{};
  CHECK(::getrusage(RUSAGE_SELF, &usage) == 0);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace kinfolder::bench
