// One figure of a benchmark: the median of several runs, beside a baseline of the same run where there is one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kinfolder::bench {

struct Baseline {
  std::string name;
  double median = 0;  // in the measurement's unit
};

struct Measurement {
  std::string name;
  std::string unit;
  double median = 0;
  int runs = 1;
  std::optional<Baseline> baseline;

  // 1: as the baseline.
  std::optional<double> ratio() const;
};

// The middle value, or the mean of the two middle ones; `values` must not be empty.
double Median(std::vector<double> values);

// Wall-clock time of `work`.
double SecondsOf(const std::function<void()>& work);

// The most memory this process has held so far, in MiB.
double PeakMemoryMib();

}  // namespace kinfolder::bench
