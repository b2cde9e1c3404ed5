#include "faces/network.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

namespace kinfolder {

Result<Network> Network::Load(const ModelPackage& package, const std::string& role,
                              std::initializer_list<std::string> outputs) {
  Network network;
  network.name_ = package.manifest.id + "/" + role;
  const auto file = package.manifest.files.find(role);
  if (file == package.manifest.files.end()) {
    return Fail(ErrorCode::kCorrupt, "the model {} has no file for {}", package.manifest.id, role);
  }
  RETURN_IF_ERROR(VerifyFile(package.file(role), file->second));
  ASSIGN_OR_RETURN(network.session_, LoadSession(package.file(role)));
  if (network.session_->input_names().size() != 1) {
    return Fail(ErrorCode::kCorrupt, "the model {} takes {} inputs instead of one", network.name_,
                network.session_->input_names().size());
  }
  const std::vector<std::string>& names = network.session_->output_names();
  for (const std::string& output : outputs) {
    const auto place = std::ranges::find(names, output);
    if (place == names.end()) {
      return Fail(ErrorCode::kCorrupt, "the model {} has no output named {}", network.name_, output);
    }
    network.outputs_.push_back(static_cast<std::size_t>(place - names.begin()));
  }
  return network;
}

Result<std::vector<Tensor>> Network::Run(const Tensor& pictures, std::initializer_list<std::int64_t> channels) const {
  const std::int64_t count = pictures.shape.front();
  ASSIGN_OR_RETURN(std::vector<Tensor> all, session_->Run(std::span(&pictures, 1)));
  std::vector<Tensor> wanted;
  for (const std::size_t place : outputs_) {
    Tensor& output = all[place];
    const std::int64_t expected = *(channels.begin() + wanted.size());
    if (output.shape.size() < 2 || output.shape[0] != count || output.shape[1] != expected) {
      return Fail(ErrorCode::kCorrupt, "the model {} answers {} pictures with {} of shape {}", name_, count,
                  session_->output_names()[place], ToString(output.shape));
    }
    wanted.push_back(std::move(output));
  }
  return wanted;
}

std::size_t NextBatch(std::size_t remaining, std::size_t largest) {
  return std::bit_floor(std::min(remaining, largest));
}

}  // namespace kinfolder
