// Puts the weights of a model package in place: from a file, a folder or the network, never without their hash checked.
#pragma once

#include <filesystem>
#include <string>

#include "base/progress.h"
#include "base/result.h"
#include "nn/model_package.h"

namespace kinfolder {

// Copies or downloads every file of `manifest_package` from `source` into `models_folder`/id/, then its manifest:
// only when all hashes agree does the package appear, whole, in place of what was there. `source` is a folder, a single
// file (for packages of one file), or an http(s) or file URL of a folder or, where it ends in .onnx, of a file.
//
// From a folder that has the manifest's `sources` instead, and for an empty `source` from where the manifest says they
// are on the web, the package's files are made of those (nn/convert.h); they have other bytes than the ready ones, so
// the manifest that is installed beside them has their hashes.
//
// A broken or interrupted download is resumed by the next call (what arrived waits in `models_folder`/.installing-id/);
// a wrong hash or size, or what can't be converted, leaves nothing behind. Progress is in bytes of all files fetched.
// kNotFound, kNetwork, kCorrupt (with both hashes), kNoSpace, kLocked (another process installs the same package),
// kInterrupted; kInvalidArgument for an empty `source` where the manifest has no `sources`.
Status InstallPackage(const ModelPackage& manifest_package, const std::string& source,
                      const std::filesystem::path& models_folder, const ProgressFunction& progress,
                      const StopFlag& stop);

}  // namespace kinfolder
