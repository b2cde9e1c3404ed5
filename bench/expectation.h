// What the figures were when they were last written down (expected.json): a benchmark that leaves the range is worth a
// look, whichever side it leaves by.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "measurement.h"

namespace kinfolder::bench {

struct ExpectedRange {
  double from = 0;
  double to = 0;
};

// By measurement name.
using Expectations = std::map<std::string, ExpectedRange>;

Result<Expectations> ReadExpectations(const std::filesystem::path& file);

// One sentence for each measurement outside its range.
std::vector<std::string> Surprises(const std::vector<Measurement>& measurements, const Expectations& expected);

}  // namespace kinfolder::bench
