// One network of a model package: its weights checked against the manifest, its inputs and outputs against what the
// code that uses it expects.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "nn/model_package.h"
#include "nn/session.h"
#include "nn/tensor.h"

namespace kinfolder {

// Immutable once loaded; Run may be called from many threads at once.
class Network {
 public:
  Network() = default;

  // Hashes the file of `role`, then loads it. kNotFound without the file; kCorrupt for weights that are not those of
  // the manifest, and for a model that does not take one input or lacks one of `outputs`.
  static Result<Network> Load(const ModelPackage& package, const std::string& role,
                              std::initializer_list<std::string> outputs);

  // Pictures [N, 3, H, W] in, one tensor an output in the order given to Load. kCorrupt when an output is not about N
  // pictures with `channels` (one an output) values each; its other dimensions are the caller's to judge.
  Result<std::vector<Tensor>> Run(const Tensor& pictures, std::initializer_list<std::int64_t> channels) const;

 private:
  std::string name_;  // for messages: "facenet-vggface2/embedder"
  std::unique_ptr<Session> session_;
  std::vector<std::size_t> outputs_;  // places of the wanted outputs among the session's
};

// How many of `remaining` pictures to run next: a power of two, so that few sizes of batch are ever prepared.
std::size_t NextBatch(std::size_t remaining, std::size_t largest);

}  // namespace kinfolder
