#include "train/detector_export.h"

#include <string>
#include <vector>

#include "train/mtcnn_stage.h"

namespace kinfolder {

Status ExportDetector(const std::array<Graph, 3>& networks, const PackageText& text,
                      const std::filesystem::path& folder) {
  std::vector<PackagedNetwork> packaged;
  for (const MtcnnStage stage : kMtcnnStages) {
    const std::string role(StageName(stage));
    packaged.push_back(
        {role, text.id + "-" + role + ".onnx", InHalfPrecision(networks[static_cast<std::size_t>(stage)])});
  }
  return WritePackage(text, {{"kind", "detector"}}, packaged, folder);
}

}  // namespace kinfolder
