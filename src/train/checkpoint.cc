#include "train/checkpoint.h"

#include <array>
#include <cstring>
#include <utility>

#include "nn/onnx.h"
#include "train/blob_file.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kCheckpointKind = "kf-ckpt1";

struct Vector {
  const char* name;
  std::vector<float> Checkpoint::*member;
};
constexpr std::array<Vector, 5> kVectors = {{{"average", &Checkpoint::average},
                                             {"average_statistics", &Checkpoint::average_statistics},
                                             {"first_moment", &Checkpoint::first_moment},
                                             {"second_moment", &Checkpoint::second_moment},
                                             {"projection", &Checkpoint::projection}}};

// Takes pieces off the front of the payload.
class Payload {
 public:
  explicit Payload(std::span<const std::byte> bytes) : bytes_(bytes) {}

  Result<std::span<const std::byte>> Take(const Json& sizes, const char* name) {
    const auto size = sizes.find(name);
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

Result<Checkpoint> CheckpointFrom(const BlobFile& file) {
  Checkpoint checkpoint;
  const Json header = file.ParsedHeader();
  ASSIGN_OR_RETURN(checkpoint.options, FacenetOptionsFrom(header.value("options", Json::object())));
  const Json step = header.value("step", Json());
  const Json images = header.value("images", Json());
  const Json pack = header.value("pack", Json());
  const Json teacher = header.value("teacher", Json());
  const Json sizes = header.value("sizes", Json::object());
  if (!step.is_number_integer() || step < 0 || !images.is_number_integer() || !pack.is_string() ||
      !teacher.is_string() || !sizes.is_object()) {
    return Fail(ErrorCode::kCorrupt, "its header is incomplete");
  }
  checkpoint.step = step;
  checkpoint.images = images;
  checkpoint.pack = pack;
  checkpoint.teacher = teacher;
  const Json history = header.value("history", Json::array());
  for (const Json& row : history) {
    const std::optional<HistoryRow> read = HistoryRowFrom(row);
    if (!read) return Fail(ErrorCode::kCorrupt, "its history is damaged");
    checkpoint.history.push_back(*read);
  }
  Payload payload(file.payload());
  ASSIGN_OR_RETURN(const auto onnx, payload.Take(sizes, "network"));
  ASSIGN_OR_RETURN(checkpoint.network, ReadOnnx(onnx, "the network in it"));
  for (const Vector& vector : kVectors) {
    ASSIGN_OR_RETURN(const auto bytes, payload.Take(sizes, vector.name));
    std::vector<float>& values = checkpoint.*vector.member;
    values.resize(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  }
  return checkpoint;
}

}  // namespace

Status WriteCheckpoint(const Checkpoint& checkpoint, const std::filesystem::path& target) {
  ASSIGN_OR_RETURN(const std::vector<std::byte> onnx, WriteOnnx(checkpoint.network));
  Json sizes{{"network", onnx.size()}};
  std::vector<std::span<const std::byte>> payload{onnx};
  for (const Vector& vector : kVectors) {
    payload.push_back(std::as_bytes(std::span(checkpoint.*vector.member)));
    sizes[vector.name] = payload.back().size();
  }
  Json history = Json::array();
  for (const HistoryRow& row : checkpoint.history) history.push_back(ToJson(row));
  const Json header{{"options", ToJson(checkpoint.options)},
                    {"step", checkpoint.step},
                    {"images", checkpoint.images},
                    {"pack", checkpoint.pack},
                    {"teacher", checkpoint.teacher},
                    {"history", std::move(history)},
                    {"sizes", sizes}};
  return WriteBlobFile(target, kCheckpointKind, header, payload);
}

Result<Checkpoint> ReadCheckpoint(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const BlobFile file, ReadBlobFile(path, kCheckpointKind));
  auto checkpoint = CheckpointFrom(file);
  if (!checkpoint) return Fail(ErrorCode::kCorrupt, "{} can't be used: {}", path.string(), checkpoint.error().message);
  return checkpoint;
}

}  // namespace kinfolder
