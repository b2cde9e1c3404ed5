#include "train/window_set.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "train/blob_file.h"
#include "train/linear_light.h"

namespace kinfolder {
namespace {

constexpr std::string_view kWindowsKind = "kf-wins1";

// Copies the first `count` elements of the payload.
template <class T>
std::vector<T> TakeElements(std::span<const std::byte>& payload, std::size_t count) {
  std::vector<T> elements(count);
  std::memcpy(elements.data(), payload.data(), count * sizeof(T));
  payload = payload.subspan(count * sizeof(T));
  return elements;
}

}  // namespace

void WindowSet::Add(std::span<const float> planes, const WindowTarget& target) {
  CHECK(planes.size() == window_bytes());
  for (const float value : planes) pixels.push_back(ToByte(value));
  targets.push_back(target);
}

void WindowSet::Append(const WindowSet& others) {
  CHECK(side == others.side);
  pixels.insert(pixels.end(), others.pixels.begin(), others.pixels.end());
  targets.insert(targets.end(), others.targets.begin(), others.targets.end());
}

Status WriteWindows(StageWindows& windows, MtcnnStage stage, const std::filesystem::path& target) {
  const nlohmann::json header{{"stage", StageName(stage)},
                              {"learned", windows.learned.targets.size()},
                              {"held_out", windows.held_out.targets.size()}};
  const std::array payload = {
      std::as_bytes(std::span(windows.learned.pixels)), std::as_bytes(std::span(windows.learned.targets)),
      std::as_bytes(std::span(windows.held_out.pixels)), std::as_bytes(std::span(windows.held_out.targets))};
  RETURN_IF_ERROR(WriteBlobFile(target, kWindowsKind, header, payload));
  ASSIGN_OR_RETURN(const BlobFile file, ReadBlobFile(target, kWindowsKind));
  windows.sha256 = ToHex(file.sha256);
  return {};
}

Result<StageWindows> ReadWindows(const std::filesystem::path& path, MtcnnStage stage) {
  ASSIGN_OR_RETURN(const BlobFile file, ReadBlobFile(path, kWindowsKind));
  const nlohmann::json header = file.ParsedHeader();
  if (header.value("stage", nlohmann::json()) != StageName(stage)) {
    return Fail(ErrorCode::kInvalidArgument, "{} does not hold windows for {}", path.string(), StageName(stage));
  }
  const nlohmann::json learned = header.value("learned", nlohmann::json());
  const nlohmann::json held_out = header.value("held_out", nlohmann::json());
  StageWindows windows;
  windows.learned.side = windows.held_out.side = StageSide(stage);
  const std::size_t each = windows.learned.window_bytes() + sizeof(WindowTarget);
  std::span<const std::byte> payload = file.payload();
  if (!learned.is_number_unsigned() || !held_out.is_number_unsigned() || learned > payload.size() / each ||
      held_out > payload.size() / each ||
      (learned.get<std::size_t>() + held_out.get<std::size_t>()) * each != payload.size()) {
    return Fail(ErrorCode::kCorrupt, "{} is cut or damaged", path.string());
  }
  for (const auto& [set, json] : {std::pair{&windows.learned, &learned}, std::pair{&windows.held_out, &held_out}}) {
    const auto count = json->get<std::size_t>();
    set->pixels = TakeElements<std::uint8_t>(payload, count * set->window_bytes());
    set->targets = TakeElements<WindowTarget>(payload, count);
  }
  windows.sha256 = ToHex(file.sha256);
  return windows;
}

}  // namespace kinfolder
