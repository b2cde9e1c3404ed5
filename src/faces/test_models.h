// For tests: the repository's model packages with the weights of the test data.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/test_data.h"
#include "image/decode.h"
#include "nn/model_package.h"

namespace kinfolder {

#ifdef KINFOLDER_SOURCE_DIR
// `weights` is the test data's folder of models.
inline ModelPackage PackageForTests(const std::string& id, const std::filesystem::path& weights) {
  ModelPackage package = ReadPackage(std::filesystem::path(KINFOLDER_SOURCE_DIR) / "models" / id).value();
  package.folder = weights;
  return package;
}
#endif

// As stored, upright.
inline Image DecodeForTests(const std::filesystem::path& photo) {
  static const bool ready = InitializeImageLibrary("test").has_value();
  EXPECT_TRUE(ready);
  auto decoded = Decode(ReadFile(photo, kMaxPhotoBytes).value(), {});
  EXPECT_TRUE(decoded) << photo << ": " << (decoded ? "" : decoded.error().message);
  return decoded ? std::move(decoded->image) : Image();
}

}  // namespace kinfolder
