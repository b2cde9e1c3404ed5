#include "http/guard.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kinfolder {
namespace {

bool Same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// The cookie's value among "a=1; b=2"; "" when it is not there.
std::string_view CookieValue(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::string_view cookie = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(cookies.size(), cookie.size() + 1));
    while (cookies.starts_with(' ')) cookies.remove_prefix(1);
    const std::size_t equals = cookie.find('=');
    if (equals != std::string_view::npos && cookie.substr(0, equals) == name) return cookie.substr(equals + 1);
  }
  return {};
}

bool ChangesSomething(const Request& request) { return request.method != "GET" && request.method != "HEAD"; }

}  // namespace

Result<std::string> MakeKey() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return Fail(ErrorCode::kIo, "this machine gives no random numbers");
  }
  std::string key;
  for (const unsigned char byte : bytes) key += fmt::format("{:02x}", byte);
  return key;
}

Guard::Guard(std::string key, std::uint16_t port)
    : key_(std::move(key)), cookie_name_(fmt::format("kinfolder-{}", port)), port_(port) {}

bool Guard::HasKey(const Request& request) const {
  constexpr std::string_view kBearer = "Bearer ";
  std::string_view authorization = request.Header("authorization");
  if (authorization.starts_with(kBearer)) {
    authorization.remove_prefix(kBearer.size());
    return Same(authorization, key_);
  }
  return Same(CookieValue(request.Header("cookie"), cookie_name_), key_);
}

std::optional<Reply> Guard::Refusal(const Request& request) const {
  const std::string_view host = request.Header("host");
  if (host != fmt::format("127.0.0.1:{}", port_) && host != fmt::format("localhost:{}", port_)) {
    return Reply::OfText(421, "This server answers at its own address alone.");
  }
  const std::string_view origin = request.Header("origin");
  const std::string_view site = request.Header("sec-fetch-site");
  const bool foreign = (!origin.empty() && origin != fmt::format("http://{}", host)) ||
                       (!site.empty() && site != "same-origin" && site != "none");
  if (foreign && ChangesSomething(request)) {
    return Reply::OfError({ErrorCode::kPermissionDenied, "another site's page may change nothing here"});
  }
  if (request.path == "/" && request.query.contains("key")) {
    if (!Same(*request.Query("key"), key_)) {
      return Reply::OfText(403, "This key is not the right one; start Kinfolder again to get the address.");
    }
    Reply reply{303, "", {{"Location", "/"}, {"Cache-Control", "no-store"}}, std::string()};
    reply.headers.emplace_back(
        "Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000", cookie_name_, key_));
    return reply;
  }
  if (request.path.starts_with("/api/") && !HasKey(request)) {
    return Reply::OfJson(Json::Object({{"error", Json::Object({{"code", "no-key"},
                                                               {"message",
                                                                "this browser was not let in yet; start "
                                                                "Kinfolder again to open its window"}})}}),
                         401);
  }
  return std::nullopt;
}

void Guard::Harden(Reply& reply) {
  reply.headers.emplace_back("Content-Security-Policy",
                             "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
                             "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
                             "form-action 'none'; frame-ancestors 'none'");
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  reply.headers.emplace_back("X-Frame-Options", "DENY");
  reply.headers.emplace_back("Referrer-Policy", "no-referrer");
  reply.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  reply.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace kinfolder
