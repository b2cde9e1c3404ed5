// Who a face is, among very many references.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "measurement.h"

namespace kinfolder::bench {

// The two nearest people of 1,000 faces, of planted people with five references each (milliseconds a face); the
// baseline compares a few of the faces with every reference exactly. Then of how many of those few the nearest person
// is the same, and what the gallery takes.
Result<std::vector<Measurement>> BenchSearch(std::size_t references, int runs);

}  // namespace kinfolder::bench
