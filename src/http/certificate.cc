#include "http/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/file.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostPemBytes = 1 << 20;
constexpr int kDaySeconds = 24 * 60 * 60;
constexpr long kValidDays = 825;  // as long as every browser takes
constexpr long kRenewDays = 30;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* value) const {
    kFree(value);
  }
};
using BioPointer = std::unique_ptr<BIO, Free<BIO_free_all>>;
using CertificatePointer = std::unique_ptr<X509, Free<X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using NamesPointer = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;
using ExtensionPointer = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

BioPointer Reading(const std::string& text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string Written(const BioPointer& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

// A passphrase is not asked for.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) { return 0; }

CertificatePointer ParseCertificate(const std::string& pem) {
  return CertificatePointer(PEM_read_bio_X509(Reading(pem).get(), nullptr, NoPassphrase, nullptr));
}

KeyPointer ParseKey(const std::string& pem) {
  return KeyPointer(PEM_read_bio_PrivateKey(Reading(pem).get(), nullptr, NoPassphrase, nullptr));
}

std::string FingerprintOf(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(&certificate, EVP_sha256(), digest.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return text;
}

Result<Certificate> Checked(std::string pem, std::string key_pem, const fs::path& file, const fs::path& key_file) {
  const CertificatePointer certificate = ParseCertificate(pem);
  const KeyPointer key = ParseKey(key_pem);
  ERR_clear_error();
  if (!certificate) return Fail(ErrorCode::kCorrupt, "{} is no certificate in PEM format", file.string());
  if (!key)
    return Fail(ErrorCode::kCorrupt, "{} is no private key in PEM format without a passphrase", key_file.string());
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    return Fail(ErrorCode::kCorrupt, "{} is not the private key of {}", key_file.string(), file.string());
  }
  return Certificate{std::move(pem), std::move(key_pem), FingerprintOf(*certificate)};
}

// Speaks of all the names for a while yet.
bool Suffices(const Certificate& kept, const std::vector<std::string>& names) {
  const CertificatePointer certificate = ParseCertificate(kept.pem);
  std::time_t soon = std::time(nullptr) + kRenewDays * kDaySeconds;
  return X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) > 0 &&
         std::all_of(names.begin(), names.end(), [&](const std::string& name) {
           return X509_check_host(certificate.get(), name.data(), name.size(), 0, nullptr) == 1;
         });
}

// Takes the value.
bool AddName(GENERAL_NAMES& all, int type, ASN1_STRING* value) {
  if (value == nullptr) return false;
  std::unique_ptr<GENERAL_NAME, Free<GENERAL_NAME_free>> name(GENERAL_NAME_new());
  GENERAL_NAME_set0_value(name.get(), type, value);
  if (sk_GENERAL_NAME_push(&all, name.get()) <= 0) return false;
  static_cast<void>(name.release());  // it is the list's
  return true;
}

bool AddAlternativeNames(X509& certificate, const std::vector<std::string>& names,
                         const std::vector<std::string>& addresses) {
  const NamesPointer all(GENERAL_NAMES_new());
  for (const std::string& name : names) {
    ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
    if (!AddName(*all, GEN_DNS, text)) return false;
  }
  for (const std::string& address : addresses) {
    if (!AddName(*all, GEN_IPADD, a2i_IPADDRESS(address.c_str()))) return false;
  }
  return X509_add1_ext_i2d(&certificate, NID_subject_alt_name, all.get(), 0, 0) == 1;
}

bool AddExtension(X509& certificate, int kind, const char* value) {
  const ExtensionPointer extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  return extension && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

bool SetRandomSerial(X509& certificate) {
  constexpr int kBits = 127;  // positive, in 16 bytes
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_new());
  return BN_rand(number.get(), kBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

// The certificate and its key, one PEM after the other; "" where the library refuses.
std::string MakeOwn(const std::vector<std::string>& names, const std::vector<std::string>& addresses) {
  const KeyPointer key(EVP_EC_gen("P-256"));
  const CertificatePointer certificate(X509_new());
  if (!key || !certificate || !SetRandomSerial(*certificate)) return "";
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDaySeconds);  // other machines' clocks may be late
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidDays * kDaySeconds);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  constexpr std::string_view kName = "Kinfolder";
  X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(kName.data()), static_cast<int>(kName.size()), -1,
                             0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_set_pubkey(certificate.get(), key.get());
  const BioPointer pem(BIO_new(BIO_s_mem()));
  const bool made = AddAlternativeNames(*certificate, names, addresses) &&
                    AddExtension(*certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                    AddExtension(*certificate, NID_key_usage, "critical,digitalSignature") &&
                    AddExtension(*certificate, NID_ext_key_usage, "serverAuth") &&
                    X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0 &&
                    PEM_write_bio_X509(pem.get(), certificate.get()) == 1 &&
                    PEM_write_bio_PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return made ? Written(pem) : "";
}

}  // namespace

Result<Certificate> ReadCertificate(const fs::path& file, const fs::path& key_file) {
  ASSIGN_OR_RETURN(std::string pem, ReadTextFile(file, kMostPemBytes));
  ASSIGN_OR_RETURN(std::string key_pem, ReadTextFile(key_file, kMostPemBytes));
  return Checked(std::move(pem), std::move(key_pem), file, key_file);
}

Result<Certificate> OwnCertificate(const fs::path& data, const std::vector<std::string>& names,
                                   const std::vector<std::string>& addresses) {
  const fs::path file = data / "certificate.pem";  // its key, too, so that both are always of one make
  if (Result<Certificate> kept = ReadCertificate(file, file); kept && Suffices(*kept, names)) return kept;
  const std::string pem = MakeOwn(names, addresses);
  ERR_clear_error();
  if (pem.empty()) return Fail(ErrorCode::kIo, "no certificate could be made for {}", fmt::join(names, ", "));
  RETURN_IF_ERROR(WriteSecretFile(file, pem));
  return Checked(pem, pem, file, file);
}

}  // namespace kinfolder
