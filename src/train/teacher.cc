#include "train/teacher.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "train/face_set.h"
#include "train/face_view.h"
#include "train/half.h"
#include "train/made_up_face.h"

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

}  // namespace

Result<TeacherVectors> AskTeacher(const Embedder& teacher, const CropPack& pack, std::size_t made_up,
                                  const ParallelRun& run) {
  ASSIGN_OR_RETURN(const std::vector<Image> crops, DecodeCrops(pack, {run.jobs, {}, run.stop}));
  const std::vector<std::size_t> whole = WholeCrops(crops);
  const std::size_t count = crops.size() + made_up;
  std::vector<Embedding> embeddings(count);
  RETURN_IF_ERROR(ForEachInParallel((count + kBatch - 1) / kBatch, run, [&](std::size_t batch) -> Status {
    std::vector<Image> views;
    for (std::size_t i = batch * kBatch; i < std::min((batch + 1) * kBatch, count); ++i) {
      views.push_back(CentralView(FaceOf(crops, whole, i), teacher.crop_rule().size));
    }
    ASSIGN_OR_RETURN(std::vector<Embedding> answers, teacher.Embed(views));
    std::ranges::move(answers, embeddings.begin() + static_cast<std::ptrdiff_t>(batch * kBatch));
    return {};
  }));
  TeacherVectors vectors{teacher.id(), 0, made_up, {}};
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
                    {"made_up", vectors.made_up},
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
  const Json made_up = header.value("made_up", Json(0));
  if (!dimension.is_number_integer() || dimension < 1 || dimension > kMaxDimension || !teacher.is_string() ||
      !made_up.is_number_unsigned() || made_up > kMostMadeUp ||
      file.payload().size() != 2 * (pack.crops.size() + made_up.get<std::size_t>()) * dimension.get<std::size_t>()) {
    return Fail(ErrorCode::kCorrupt, "{} is damaged", path.string());
  }
  vectors.dimension = dimension.get<int>();
  vectors.made_up = made_up.get<std::size_t>();
  vectors.teacher = teacher.get<std::string>();
  const std::span<const std::byte> bytes = file.payload();
  vectors.values.resize(bytes.size() / 2);
  for (std::size_t i = 0; i < vectors.values.size(); ++i) {
    vectors.values[i] = FromHalf(
        static_cast<std::uint16_t>(std::to_integer<int>(bytes[2 * i]) | std::to_integer<int>(bytes[2 * i + 1]) << 8));
  }
  const auto size = static_cast<std::size_t>(vectors.dimension);
  for (std::size_t begin = 0; begin < vectors.values.size(); begin += size) {
    ToUnitLength(std::span(vectors.values).subspan(begin, size));
  }
  return vectors;
}

}  // namespace kinfolder
