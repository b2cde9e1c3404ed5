// Very many faces: who one is among as many references, and who among them is one person.
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

// An eighth, a quarter, half and all of so many unknown faces of planted people, fifty each, sorted into groups:
// seconds; the exponent with which the time grew from the first to the last; how far all groups are the people
// (harmonic mean of the precision and the recall of pairs); and the memory it took.
std::vector<Measurement> BenchGroups(std::size_t faces);

}  // namespace kinfolder::bench
