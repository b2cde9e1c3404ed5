#include "app/doctor.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/networks.h"
#include "app/workspace.h"
#include "catalog/sqlite_catalog.h"
#include "nn/onnx.h"
#include "nn/session.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// Packs and copies of a small album; with less no job is worth starting.
constexpr std::uintmax_t kLittleSpace = 1'000'000'000;

std::string ProcessorFeatures() {
#if defined(__x86_64__)
  std::string text;
  const auto add = [&text](bool has, const char* name) {
    if (!has) return;
    if (!text.empty()) text += ", ";
    text += name;
  };
  add(__builtin_cpu_supports("avx2") != 0, "AVX2");
  add(__builtin_cpu_supports("avx512f") != 0, "AVX-512");
  add(__builtin_cpu_supports("avx512vnni") != 0, "VNNI");
  return text.empty() ? "no AVX2: this will be slow" : text;
#else
  return "another architecture than x86-64";
#endif
}

Finding Folder(const char* subject, const fs::path& folder, const char* when_missing) {
  std::error_code error;
  if (folder.empty()) return {subject, "not known, because HOME is not set", true};
  if (fs::is_directory(folder, error)) return {subject, folder.string(), false};
  if (fs::exists(folder, error)) return {subject, folder.string() + " is no folder", true};
  return {subject, fmt::format("{} ({})", folder.string(), when_missing), false};
}

// Of the file system that the folder is on, or will be on.
Finding Space(const char* subject, fs::path folder) {
  std::error_code error;
  while (!folder.empty() && !fs::exists(folder, error) && folder != folder.parent_path()) folder = folder.parent_path();
  const fs::space_info space = fs::space(folder, error);
  if (error) return {subject, fmt::format("the space on {} can't be told: {}", folder.string(), error.message()), true};
  constexpr double kGigabyte = 1e9;
  return {subject,
          fmt::format("{:.1f} GB free on the disk of {}", static_cast<double>(space.available) / kGigabyte,
                      folder.string()),
          space.available < kLittleSpace};
}

// With the kind of numbers that its networks run in.
Finding ModelFinding(const char* subject, const Result<ModelPackage>& package) {
  const Status sound = package ? VerifyPackage(*package) : Status(Fail(package.error()));
  if (!sound) return {subject, sound.error().message, true};
  const char* numbers = "in float32";
  for (const auto& [role, file] : package->manifest.files) {
    const Result<Graph> graph = ReadOnnxFile(package->file(role));
    if (!graph) return {subject, graph.error().message, true};
    if (graph->quantized.empty()) continue;
    numbers = RunsEightBits(*graph) ? "in 8-bit numbers"
                                    : "in float32: this processor has no instructions for its 8-bit weights";
  }
  return {subject, fmt::format("{}, sound, {}", package->folder.string(), numbers), false};
}

Finding CatalogFinding(const fs::path& data) {
  std::error_code error;
  const fs::path file = CatalogFileIn(data);
  if (!fs::exists(file, error)) return {"Catalogue", file.string() + " (made by the first scan)", false};
  Result<std::unique_ptr<Catalog>> catalog = OpenSqliteCatalog(file);
  if (!catalog) return {"Catalogue", catalog.error().message, true};
  if (const Status sound = (*catalog)->Check(); !sound) return {"Catalogue", sound.error().message, true};
  const Result<CatalogCounts> counts = (*catalog)->Counts();
  if (!counts) return {"Catalogue", counts.error().message, true};
  return {
      "Catalogue",
      fmt::format("{}, sound: {} photos, {} faces, {} people, {} references, {} files that could not be used",
                  file.string(), counts->photos, counts->faces, counts->people, counts->references, counts->failures),
      false};
}

}  // namespace

std::vector<Finding> Examine(const Settings& settings, const Environment& environment) {
  std::vector<Finding> findings;
  findings.push_back({"Processor", ProcessorFeatures(), false});
  findings.push_back(ModelFinding("Finds faces", DetectorPackage(settings, environment)));
  findings.push_back(ModelFinding("Tells faces apart", EmbedderPackage(settings, environment)));
  findings.push_back(Folder("Photos", settings.photos, "not there yet"));
  findings.push_back(Folder("Known people", settings.known, "not there yet"));
  findings.push_back(Folder("Results", settings.people, "made by the first run"));
  findings.push_back(Folder("Packs", settings.packs, "made by the first run"));
  findings.push_back(Folder("Data", settings.data, "made by the first run"));
  if (!settings.data.empty()) findings.push_back(CatalogFinding(settings.data));
  if (!settings.people.empty()) findings.push_back(Space("Disk", settings.people));
  return findings;
}

}  // namespace kinfolder
