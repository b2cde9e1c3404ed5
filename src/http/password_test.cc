#include "http/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

TEST(Password, IsKnownByItsHashAlone) {
  const TemporaryFolder data;
  EXPECT_EQ(PasswordHash(data.path()), std::nullopt);
  ASSERT_TRUE(SetPassword(data.path(), "correct horse"));
  const std::optional<std::string> hash = PasswordHash(data.path());
  ASSERT_TRUE(hash);
  EXPECT_THAT(*hash, testing::StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_TRUE(IsPassword("correct horse", *hash));
  EXPECT_FALSE(IsPassword("correct horsE", *hash));
  EXPECT_FALSE(IsPassword("", *hash));
  EXPECT_FALSE(IsPassword("correct horse", "no hash"));
  EXPECT_FALSE(IsPassword("correct horse", ""));
  EXPECT_EQ(std::filesystem::status(data / "password").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

  ASSERT_TRUE(SetPassword(data.path(), "correct horse"));
  EXPECT_NE(PasswordHash(data.path()), hash) << "each time with a salt of its own";
  ASSERT_TRUE(RemovePassword(data.path()));
  EXPECT_EQ(PasswordHash(data.path()), std::nullopt);
  EXPECT_EQ(RemovePassword(data.path()).error().code, ErrorCode::kNotFound);
}

TEST(Password, MustBeLongEnough) {
  const TemporaryFolder data;
  EXPECT_EQ(SetPassword(data.path(), "1234567").error().message,
            "a password has 8 characters or more, and at most 1024 bytes");
  EXPECT_FALSE(SetPassword(data.path(), "密码密码密码密")) << "seven characters";
  EXPECT_FALSE(SetPassword(data.path(), std::string(1025, 'x')));
  EXPECT_EQ(PasswordHash(data.path()), std::nullopt);
}

}  // namespace
}  // namespace kinfolder
