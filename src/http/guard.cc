#include "http/guard.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "app/listen_address.h"
#include "base/number.h"
#include "http/json_body.h"
#include "http/password.h"

namespace kinfolder {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::int64_t kYearSeconds = std::int64_t{365} * 24 * 60 * 60;

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

std::string Lower(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

Reply Refused(int status, std::string_view code, std::string_view message) {
  return Reply::OfJson(Json::Object({{"error", Json::Object({{"code", code}, {"message", message}})}}), status);
}

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

Guard::Guard(std::string key, std::uint16_t port, std::optional<OpenDoor> open, Clock clock)
    : key_(std::move(key)),
      port_(port),
      open_(std::move(open)),
      cookie_name_(fmt::format("kinfolder-{}", port)),
      clock_(std::move(clock)) {}

bool Guard::IsLetIn(const Request& request, Sessions::Use use) {
  constexpr std::string_view kBearer = "Bearer ";
  std::string_view authorization = request.Header("authorization");
  if (authorization.starts_with(kBearer)) {
    authorization.remove_prefix(kBearer.size());
    return Same(authorization, key_);
  }
  const std::string_view cookie = CookieValue(request.Header("cookie"), cookie_name_);
  if (cookie.empty() || Same(cookie, key_)) return !cookie.empty();
  const std::optional<std::string> password = open_ ? PasswordHash(open_->data) : std::nullopt;
  return password && sessions_.IsOpen(cookie, *password, clock_(), use);
}

bool Guard::IsOwnHost(std::string_view host) const {
  const std::uint16_t usual = open_ ? kHttpsPort : kHttpPort;
  const auto is_port = [&](std::uint16_t port) { return port == port_ || (port == 0 && port_ == usual); };
  // An address is nothing that a foreign name could have been bound to.
  if (const Result<ListenAddress> address = ParseListenAddress(host)) {
    return is_port(address->port) && (open_ || address->IsLoopback());
  }
  const std::size_t colon = host.find(':');
  std::optional<std::uint16_t> port = 0;
  if (colon != std::string_view::npos) port = ParseNumber<std::uint16_t>(host.substr(colon + 1));
  const std::string name = Lower(host.substr(0, colon));
  const bool is_name =
      name == "localhost" || (open_ && std::find(open_->names.begin(), open_->names.end(), name) != open_->names.end());
  return is_name && port && is_port(*port);
}

Reply Guard::WithCookie(Reply reply, std::string_view value, std::int64_t seconds) const {
  reply.headers.emplace_back("Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}",
                                                       cookie_name_, value, seconds, open_ ? "; Secure" : ""));
  return reply;
}

Reply Guard::NotLetIn() const {
  if (open_) return Refused(401, "log-in", "log in with the password, or show the key");
  return Refused(401, "no-key", "this browser was not let in yet; start Kinfolder again to open its window");
}

Reply Guard::LogIn(const Request& request) {
  const Result<JsonBody> body = JsonBody::Of(request);
  if (!body) return Reply::OfError(body.error());
  const Result<std::string> password = body->Text("password");
  if (!password) return Reply::OfError(password.error());
  const LoginLimit::Time now = clock_();
  if (const auto wait = limit_.Take(request.peer, now)) {
    Reply reply = Refused(429, "too-many-tries", fmt::format("too many tries; wait {} seconds", wait->count()));
    reply.headers.emplace_back("Retry-After", fmt::format("{}", wait->count()));
    return reply;
  }
  const std::optional<std::string> hash = PasswordHash(open_->data);
  if (!hash || !IsPassword(*password, *hash)) return Refused(401, "wrong-password", "this is not the password");
  limit_.GiveBack(request.peer);
  const Result<std::string> token = MakeKey();
  if (!token) return Reply::OfError(token.error());
  sessions_.Begin(*token, *hash, now);
  return WithCookie(Reply::Nothing(), *token, std::chrono::seconds(Sessions::kLongest).count());
}

Reply Guard::LogOut(const Request& request) {
  sessions_.End(CookieValue(request.Header("cookie"), cookie_name_));
  return WithCookie(Reply::Nothing(), "", 0);
}

std::optional<Reply> Guard::Answer(const Request& request) {
  const std::string_view host = request.Header("host");
  if (!IsOwnHost(host)) return Reply::OfText(421, "This server answers at its own address alone.");
  const std::string_view origin = request.Header("origin");
  const std::string_view site = request.Header("sec-fetch-site");
  const bool foreign = (!origin.empty() && origin != fmt::format("{}://{}", open_ ? "https" : "http", host)) ||
                       (!site.empty() && site != "same-origin" && site != "none");
  if (foreign && ChangesSomething(request)) {
    return Reply::OfError({ErrorCode::kPermissionDenied, "another site's page may change nothing here"});
  }
  if (request.path == "/" && request.query.contains("key")) {
    if (!Same(*request.Query("key"), key_)) {
      return Reply::OfText(403, "This key is not the right one; start Kinfolder again to get the address.");
    }
    return WithCookie({303, "", {{"Location", "/"}, {"Cache-Control", "no-store"}}, std::string()}, key_, kYearSeconds);
  }
  if (open_ && request.method == "POST" && request.path == "/api/login") return LogIn(request);
  if (request.path.starts_with("/api/") && !IsLetIn(request)) return NotLetIn();
  if (request.method == "POST" && request.path == "/api/logout") return LogOut(request);
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
