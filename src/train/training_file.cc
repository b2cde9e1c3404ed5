#include "train/training_file.h"

#include <cstring>
#include <utility>

#include "nn/onnx.h"
#include "train/blob_file.h"

namespace kinfolder {
namespace {

// Takes pieces off the front of the payload.
class Payload {
 public:
  explicit Payload(std::span<const std::byte> bytes) : bytes_(bytes) {}

  Result<std::span<const std::byte>> Take(const nlohmann::json& sizes, std::string_view name) {
    const auto size = sizes.find(std::string(name));
    if (size == sizes.end() || !size->is_number_unsigned() || size->get<std::size_t>() > bytes_.size()) {
      return Fail(ErrorCode::kCorrupt, "{} is missing or cut off", name);
    }
    const auto piece = bytes_.first(size->get<std::size_t>());
    bytes_ = bytes_.subspan(piece.size());
    return piece;
  }

 private:
  std::span<const std::byte> bytes_;
};

Result<TrainingFile> TrainingFrom(const BlobFile& blob, std::span<const std::string_view> vectors) {
  TrainingFile file;
  file.header = blob.ParsedHeader();
  const nlohmann::json sizes = file.header.value("sizes", nlohmann::json());
  if (!sizes.is_object()) return Fail(ErrorCode::kCorrupt, "its header is incomplete");
  Payload payload(blob.payload());
  ASSIGN_OR_RETURN(const auto onnx, payload.Take(sizes, "network"));
  ASSIGN_OR_RETURN(file.network, ReadOnnx(onnx, "the network in it"));
  for (const std::string_view name : vectors) {
    ASSIGN_OR_RETURN(const auto bytes, payload.Take(sizes, name));
    std::vector<float>& values = file.vectors[std::string(name)];
    values.resize(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  }
  return file;
}

}  // namespace

Status WriteTrainingFile(const std::filesystem::path& target, std::string_view kind, nlohmann::json header,
                         const Graph& network, std::span<const NamedVector> vectors) {
  ASSIGN_OR_RETURN(const std::vector<std::byte> onnx, WriteOnnx(network));
  nlohmann::json sizes{{"network", onnx.size()}};
  std::vector<std::span<const std::byte>> payload{onnx};
  for (const NamedVector& vector : vectors) {
    payload.push_back(std::as_bytes(vector.values));
    sizes[std::string(vector.name)] = payload.back().size();
  }
  header["sizes"] = std::move(sizes);
  return WriteBlobFile(target, kind, header, payload);
}

Result<TrainingFile> ReadTrainingFile(const std::filesystem::path& path, std::string_view kind,
                                      std::span<const std::string_view> vectors) {
  ASSIGN_OR_RETURN(const BlobFile blob, ReadBlobFile(path, kind));
  auto file = TrainingFrom(blob, vectors);
  if (!file) return Fail(ErrorCode::kCorrupt, "{} can't be used: {}", path.string(), file.error().message);
  return file;
}

}  // namespace kinfolder
