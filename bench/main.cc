// kinfolder_bench: how fast scans, detection and embedding are on this machine, as a table and as JSON.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <string>
#include <utility>

#include "app/json.h"
#include "base/file.h"
#include "expectation.h"
#include "image/decode.h"
#include "network_bench.h"
#include "pipeline_bench.h"
#include "search_bench.h"

namespace kinfolder::bench {
namespace {

struct Options {
  std::filesystem::path data;
  std::filesystem::path models;
  std::filesystem::path expected;
  std::filesystem::path json;
  std::string detector = kBestPackage;
  std::string model = kBestPackage;
  int jobs = 2;
  int runs = 3;
  std::size_t references = 0;
  std::size_t faces = 0;
};

Result<std::vector<std::filesystem::path>> PhotosIn(const std::vector<std::filesystem::path>& folders) {
  std::vector<std::filesystem::path> photos;
  for (const std::filesystem::path& folder : folders) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) photos.push_back(entry.path());
    if (error) return Fail(FileError(error.value(), "list", folder));
  }
  std::ranges::sort(photos);
  return photos;
}

Result<std::vector<Measurement>> MeasureAll(const Options& options) {
  if (options.faces > 0) return BenchGroups(options.faces);
  if (options.references > 0) return BenchSearch(options.references, options.runs);
  // The photos that the figures of the reference implementation were taken with.
  const std::vector<std::filesystem::path> folders = {options.data / "photos" / "groups",
                                                      options.data / "photos" / "album" / "inbox"};
  Settings settings;
  settings.models = {options.models};
  settings.detector = options.detector;
  settings.model = options.model;
  settings.detail = Detail::kFull;
  settings.jobs = options.jobs;
  ASSIGN_OR_RETURN(const std::vector<std::filesystem::path> photos, PhotosIn(folders));
  ASSIGN_OR_RETURN(const std::unique_ptr<Networks> networks, Networks::Find(settings, ProcessEnvironment()));
  ASSIGN_OR_RETURN(std::vector<Measurement> all, BenchScan(settings, *networks, folders, options.runs));
  ASSIGN_OR_RETURN(const FaceScanner* scanner, networks->Scanner());
  ASSIGN_OR_RETURN(Measurement detection, BenchDetection(*scanner, photos, options.runs));
  ASSIGN_OR_RETURN(const std::vector<Image> crops, FaceCrops(*scanner, photos));
  ASSIGN_OR_RETURN(Measurement embedding, BenchEmbedding(scanner->embedder(), crops, options.runs));
  all.push_back(std::move(detection));
  all.push_back(std::move(embedding));
  ASSIGN_OR_RETURN(const ModelPackage detector_package, DetectorPackage(settings, ProcessEnvironment()));
  ASSIGN_OR_RETURN(const ModelPackage embedder_package, EmbedderPackage(settings, ProcessEnvironment()));
  ASSIGN_OR_RETURN(std::vector<Measurement> networks_alone, BenchDetectorNetworks(detector_package, options.runs));
  ASSIGN_OR_RETURN(std::vector<Measurement> embedder_alone,
                   BenchEmbedderNetwork(embedder_package, crops, options.runs));
  std::ranges::move(networks_alone, std::back_inserter(all));
  std::ranges::move(embedder_alone, std::back_inserter(all));
  return all;
}

void PrintTable(const std::vector<Measurement>& measurements) {
  for (const Measurement& measured : measurements) {
    fmt::print("{:<18} {:>8.4g} {:<13}", measured.name, measured.median, measured.unit);
    if (measured.baseline) {
      fmt::print(" {:.2f} x {} ({:.4g})", *measured.ratio(), measured.baseline->name, measured.baseline->median);
    }
    fmt::print("\n");
  }
}

Json ToJson(const Measurement& measured) {
  std::vector<std::pair<std::string_view, Json>> fields = {
      {"name", measured.name}, {"unit", measured.unit}, {"median", measured.median}, {"runs", measured.runs}};
  if (measured.baseline) {
    fields.emplace_back("baseline",
                        Json::Object({{"name", measured.baseline->name}, {"median", measured.baseline->median}}));
    fields.emplace_back("ratio", *measured.ratio());
  }
  return Json::Object(fields);
}

Status Run(const Options& options) {
  ASSIGN_OR_RETURN(const Expectations expected, ReadExpectations(options.expected));
  ASSIGN_OR_RETURN(const std::vector<Measurement> measurements, MeasureAll(options));
  PrintTable(measurements);
  for (const std::string& surprise : Surprises(measurements, expected)) fmt::print(stderr, "{}\n", surprise);
  if (options.json.empty()) return {};
  const Json report = Json::Object(
      {{"workers", options.jobs},
       {"measurements", Json::ArrayOf(measurements, [](const Measurement& measured) { return ToJson(measured); })}});
  return WriteFileAtomically(options.json, report.text() + "\n");
}

Options Defaults() {
  const std::filesystem::path source = KINFOLDER_SOURCE_DIR;
  const auto from_environment = [](const char* variable, const std::filesystem::path& otherwise) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0' ? std::filesystem::path(value) : otherwise;
  };
  Options options;
  options.data = from_environment("KINFOLDER_TEST_DATA", source.parent_path() / "shared" / "data");
  options.models = from_environment("KINFOLDER_MODELS", source / "models");
  options.expected = source / "bench" / "expected.json";
  return options;
}

int Main(int argc, char** argv) {
  Options options = Defaults();
  CLI::App app("Measures how fast Kinfolder is on this machine.");
  app.add_option("--data", options.data, "folder with photos/groups and photos/album/inbox")->capture_default_str();
  app.add_option("--models", options.models, "folder with the model packages")->capture_default_str();
  app.add_option("--detector", options.detector, "package that finds faces")->capture_default_str();
  app.add_option("--model", options.model, "package that tells faces apart")->capture_default_str();
  app.add_option("--jobs", options.jobs, "workers of a scan")->capture_default_str()->check(CLI::Range(1, 256));
  app.add_option("--runs", options.runs, "runs of which the median counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 99));
  app.add_option("--references", options.references,
                 "instead of all this: how fast 1,000 faces are told apart among so many references")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--faces", options.faces, "instead of all this: how fast so many unknown faces are grouped")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--json", options.json, "file for the figures");
  CLI11_PARSE(app, argc, argv);

  Status status = InitializeImageLibrary(argv[0]);
  if (status) status = Run(options);
  if (status) return 0;
  fmt::print(stderr, "kinfolder_bench: {}\n", status.error().message);
  return 2;
}

}  // namespace
}  // namespace kinfolder::bench

int main(int argc, char** argv) {
  try {
    return kinfolder::bench::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kinfolder_bench: stopped by what should never happen: %s\n", error.what());
    return 2;
  }
}
