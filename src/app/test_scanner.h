// For tests: the real networks, from the repository's model packages with the weights of the test data.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <utility>

#include "app/photo_stages.h"
#include "base/result.h"
#include "faces/test_models.h"

namespace kinfolder {

#ifdef KINFOLDER_SOURCE_DIR
// Photos can be read from here on, too. `weights` is the test data's folder of models.
inline Result<FaceScanner> ScannerForTests(const std::filesystem::path& weights) {
  static const bool ready = InitializeImageLibrary("test").has_value();
  EXPECT_TRUE(ready);
  ASSIGN_OR_RETURN(Mtcnn mtcnn, Mtcnn::Load(PackageForTests("mtcnn", weights), {}));
  ASSIGN_OR_RETURN(Embedder embedder, Embedder::Load(PackageForTests("facenet-vggface2", weights)));
  return FaceScanner(std::move(mtcnn), std::move(embedder), DetectorId("mtcnn", Detail::kFull, {}));
}
#endif

}  // namespace kinfolder
