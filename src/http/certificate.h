// The certificate that the server shows to browsers on other machines.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace kinfolder {

struct Certificate {
  std::string pem;          // of the certificate, and those that vouch for it
  std::string key_pem;      // of its private key
  std::string fingerprint;  // SHA-256 of the certificate: "AB:CD:..." as browsers show it
};

// The user's own. kCorrupt for what is no certificate, no key without a passphrase, or not the certificate's key.
Result<Certificate> ReadCertificate(const std::filesystem::path& file, const std::filesystem::path& key_file);

// The one in the data folder, which signs itself; made where there is none, where it is about to expire, or where it
// does not speak of one of the `names`. `addresses` (in digits) are written into a new one.
Result<Certificate> OwnCertificate(const std::filesystem::path& data, const std::vector<std::string>& names,
                                   const std::vector<std::string>& addresses);

}  // namespace kinfolder
