#include "app/reference_choice.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "faces/quality.h"

namespace kinfolder {
namespace {

// "1 at 12 % from the left, 120 px wide"
std::string Describe(const CatalogFace& face, std::size_t number) {
  return fmt::format("{} at {:.0f} % from the left, {:.0f} px wide", number, 100 * face.detection.box.center().x,
                     face.quality.width_px);
}

std::string List(const std::vector<CatalogFace>& faces) {
  constexpr std::size_t kListed = 8;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(kListed, faces.size()); ++i) lines.push_back(Describe(faces[i], i + 1));
  if (faces.size() > kListed) lines.emplace_back("...");
  return fmt::format("{}", fmt::join(lines, "; "));
}

// The index of the largest face, when every other one is in the background.
std::optional<std::size_t> OnlyForeground(const std::vector<CatalogFace>& faces) {
  const auto less_wide = [](const CatalogFace& a, const CatalogFace& b) {
    return a.quality.width_px < b.quality.width_px;
  };
  const auto largest = std::max_element(faces.begin(), faces.end(), less_wide);
  const auto foreground = std::count_if(faces.begin(), faces.end(), [&](const CatalogFace& face) {
    return face.quality.width_px >= kBackgroundWidth * largest->quality.width_px;
  });
  if (foreground > 1) return std::nullopt;
  return static_cast<std::size_t>(largest - faces.begin());
}

}  // namespace

std::vector<CatalogFace> LeftToRight(std::vector<CatalogFace> faces) {
  std::sort(faces.begin(), faces.end(), [](const CatalogFace& a, const CatalogFace& b) {
    return a.detection.box.center().x < b.detection.box.center().x;
  });
  return faces;
}

Result<CatalogFace> ChooseReference(const std::vector<CatalogFace>& found, std::optional<int> number) {
  const std::vector<CatalogFace> faces = LeftToRight(found);
  if (faces.empty()) return Fail(ErrorCode::kInvalidArgument, "no face was found");
  if (number && (*number < 1 || static_cast<std::size_t>(*number) > faces.size())) {
    return Fail(ErrorCode::kInvalidArgument, "there is no face {}; found: {}", *number, List(faces));
  }
  const std::optional<std::size_t> index = number ? static_cast<std::size_t>(*number - 1) : OnlyForeground(faces);
  if (!index) {
    return Fail(ErrorCode::kInvalidArgument, "{} faces were found ({}); choose one with people add --face N",
                faces.size(), List(faces));
  }
  const CatalogFace& face = faces[*index];
  const std::vector<std::string> reasons = ReasonsAgainstReference(face.quality, face.detection.score);
  if (reasons.empty()) return face;
  return Fail(ErrorCode::kInvalidArgument, "the face can't serve as a reference: {}", fmt::join(reasons, "; "));
}

}  // namespace kinfolder
