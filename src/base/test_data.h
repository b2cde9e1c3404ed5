// Where tests find real photos and models, which are no part of the repository.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace kinfolder {

// The file or folder below $KINFOLDER_TEST_DATA (by default ../shared/data beside the repository); nullopt where it is
// missing. For test programs only: they define KINFOLDER_SOURCE_DIR.
#ifdef KINFOLDER_SOURCE_DIR
inline std::optional<std::filesystem::path> TestData(const std::filesystem::path& relative) {
  const char* folder = std::getenv("KINFOLDER_TEST_DATA");
  const std::filesystem::path root = folder != nullptr && *folder != '\0'
                                         ? std::filesystem::path(folder)
                                         : std::filesystem::path(KINFOLDER_SOURCE_DIR) / ".." / "shared" / "data";
  std::error_code error;
  if (!std::filesystem::exists(root / relative, error)) return std::nullopt;
  return std::filesystem::weakly_canonical(root / relative);
}
#endif

}  // namespace kinfolder

// Skips the test with the reason where the data is missing.
// NOLINTBEGIN(bugprone-macro-parentheses): `variable` is declared, and a declaration takes no parentheses.
#define SKIP_WITHOUT_TEST_DATA(variable, relative)                                                      \
  const auto variable##_found = ::kinfolder::TestData(relative);                                        \
  if (!variable##_found) GTEST_SKIP() << "needs test data: " << (relative) << " (KINFOLDER_TEST_DATA)"; \
  const std::filesystem::path& variable = *variable##_found
// NOLINTEND(bugprone-macro-parentheses)
