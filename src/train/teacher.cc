#include "train/teacher.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "image/decode.h"
#include "train/face_view.h"
#include "train/half.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kTeacherKind = "kf-teach";
constexpr std::size_t kBatch = 8;  // crops a run of the teacher
constexpr int kMaxDimension = 65536;

void ToUnitLength(std::span<float> vector) {
  double squares = 0;
  for (const float value : vector) squares += double{value} * double{value};
  const auto length = static_cast<float>(std::sqrt(squares));
  for (float& value : vector) value /= std::max(length, 1e-12F);
}

Result<std::vector<Embedding>> Ask(const Embedder& teacher, const CropPack& pack, std::span<const PackedCrop> crops) {
  std::vector<Image> views;
  for (const PackedCrop& crop : crops) {
    auto decoded = Decode(pack.picture(crop), {});
    if (!decoded) return Fail(decoded.error().code, "{}: {}", crop.source, decoded.error().message);
    views.push_back(CentralView(decoded->image, teacher.crop_rule().size));
  }
  return teacher.Embed(views);
}

}  // namespace

Result<TeacherVectors> AskTeacher(const Embedder& teacher, const CropPack& pack, const ParallelRun& run) {
  std::vector<Embedding> embeddings(pack.crops.size());
  const std::size_t batches = (pack.crops.size() + kBatch - 1) / kBatch;
  RETURN_IF_ERROR(ForEachInParallel(batches, run, [&](std::size_t batch) -> Status {
    const std::size_t begin = batch * kBatch;
    const std::size_t count = std::min(kBatch, pack.crops.size() - begin);
    ASSIGN_OR_RETURN(std::vector<Embedding> answers, Ask(teacher, pack, std::span(pack.crops).subspan(begin, count)));
    std::ranges::move(answers, embeddings.begin() + static_cast<std::ptrdiff_t>(begin));
    return {};
  }));
  TeacherVectors vectors{teacher.id(), 0, {}};
  for (const Embedding& embedding : embeddings) {
    vectors.dimension = static_cast<int>(embedding.values.size());
    vectors.values.insert(vectors.values.end(), embedding.values.begin(), embedding.values.end());
  }
  return vectors;
}

Status WriteTeacherVectors(const TeacherVectors& vectors, const CropPack& pack, const std::filesystem::path& target) {
  std::vector<std::byte> bytes;
  for (const float value : vectors.values) {
    const std::uint16_t half = ToHalf(value);
    bytes.push_back(static_cast<std::byte>(half & 0xFFU));
    bytes.push_back(static_cast<std::byte>(half >> 8U));
  }
  const Json header{{"teacher", vectors.teacher},
                    {"dimension", vectors.dimension},
                    {"crops", pack.crops.size()},
                    {"pack", ToHex(pack.file.sha256)}};
  return WriteBlobFile(target, kTeacherKind, header, std::array{std::span<const std::byte>(bytes)});
}

Result<TeacherVectors> ReadTeacherVectors(const std::filesystem::path& path, const CropPack& pack) {
  ASSIGN_OR_RETURN(const BlobFile file, ReadBlobFile(path, kTeacherKind));
  const Json header = file.ParsedHeader();
  if (header.value("pack", Json()) != ToHex(pack.file.sha256)) {
    return Fail(ErrorCode::kInvalidArgument, "{} was made of another pack of crops", path.string());
  }
  TeacherVectors vectors;
  const Json dimension = header.value("dimension", Json());
  const Json teacher = header.value("teacher", Json());
  if (!dimension.is_number_integer() || dimension < 1 || dimension > kMaxDimension || !teacher.is_string() ||
      file.payload().size() != 2 * pack.crops.size() * dimension.get<std::size_t>()) {
    return Fail(ErrorCode::kCorrupt, "{} is damaged", path.string());
  }
  vectors.dimension = dimension.get<int>();
  vectors.teacher = teacher.get<std::string>();
  const std::span<const std::byte> bytes = file.payload();
  vectors.values.resize(bytes.size() / 2);
  for (std::size_t i = 0; i < vectors.values.size(); ++i) {
    vectors.values[i] = FromHalf(
        static_cast<std::uint16_t>(std::to_integer<int>(bytes[2 * i]) | std::to_integer<int>(bytes[2 * i + 1]) << 8));
  }
  for (std::size_t crop = 0; crop < pack.crops.size(); ++crop) {
    const auto size = static_cast<std::size_t>(vectors.dimension);
    ToUnitLength(std::span(vectors.values).subspan(crop * size, size));
  }
  return vectors;
}

}  // namespace kinfolder
