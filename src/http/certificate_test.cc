#include "http/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/temporary_folder.h"

namespace kinfolder {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class CertificateTest : public testing::Test {
 protected:
  TemporaryFolder data_;
  std::filesystem::path file_ = data_ / "certificate.pem";
};

TEST_F(CertificateTest, OfItsOwnIsMadeOnce) {
  const Result<Certificate> first =
      OwnCertificate(data_.path(), {"attic", "attic.local"}, {"192.0.2.1", "2001:db8::1"});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_THAT(first->fingerprint, MatchesRegex("([0-9A-F]{2}:){31}[0-9A-F]{2}"));
  EXPECT_EQ(std::filesystem::status(file_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(OwnCertificate(data_.path(), {"attic"}, {"192.0.2.7"})->fingerprint, first->fingerprint);
  EXPECT_NE(OwnCertificate(data_.path(), {"attic", "cellar"}, {})->fingerprint, first->fingerprint)
      << "a new name needs a new one";
}

TEST_F(CertificateTest, OfItsOwnIsMadeAnewWhereItIsDamaged) {
  ASSERT_TRUE(WriteFileAtomically(file_, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n"));
  const Result<Certificate> made = OwnCertificate(data_.path(), {"attic"}, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(OwnCertificate(data_.path(), {"attic"}, {})->fingerprint, made->fingerprint);
}

TEST_F(CertificateTest, OfTheUserMustBeWholeAndBelongTogether) {
  ASSERT_TRUE(OwnCertificate(data_.path(), {"attic"}, {}));
  EXPECT_TRUE(ReadCertificate(file_, file_));
  const TemporaryFolder other;
  ASSERT_TRUE(OwnCertificate(other.path(), {"cellar"}, {}));
  EXPECT_THAT(ReadCertificate(file_, other / "certificate.pem").error().message,
              HasSubstr("is not the private key of"));
  ASSERT_TRUE(WriteFileAtomically(data_ / "text", "text"));
  EXPECT_THAT(ReadCertificate(data_ / "text", file_).error().message, HasSubstr("text is no certificate"));
  EXPECT_THAT(ReadCertificate(file_, data_ / "text").error().message, HasSubstr("text is no private key"));
  EXPECT_EQ(ReadCertificate(data_ / "none", file_).error().code, ErrorCode::kNotFound);
}

TEST_F(CertificateTest, WhatIsNoAddressIsRefused) {
  EXPECT_FALSE(OwnCertificate(data_.path(), {"attic"}, {"attic"}));
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace kinfolder
