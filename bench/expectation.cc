#include "expectation.h"

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace kinfolder::bench {

Result<Expectations> ReadExpectations(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(file, 1 << 20));
  try {
    Expectations expected;
    for (const auto& [name, range] : nlohmann::json::parse(text).at("ranges").items()) {
      expected[name] = {range.at(0).get<double>(), range.at(1).get<double>()};
    }
    return expected;
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kCorrupt, "{}: {}", file.string(), error.what());
  }
}

std::vector<std::string> Surprises(const std::vector<Measurement>& measurements, const Expectations& expected) {
  std::vector<std::string> surprises;
  for (const Measurement& measured : measurements) {
    const auto found = expected.find(measured.name);
    if (found == expected.end()) continue;
    const ExpectedRange& range = found->second;
    if (measured.median >= range.from && measured.median <= range.to) continue;
    surprises.push_back(fmt::format("{} is {:.4g} {}, outside {:.4g} to {:.4g}: find out why, then keep the record",
                                    measured.name, measured.median, measured.unit, range.from, range.to));
  }
  return surprises;
}

}  // namespace kinfolder::bench
