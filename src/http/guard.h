// Who may ask: the browser that was given the key or the password, at this machine's own name, from Kinfolder's own
// pages.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/login_limit.h"
#include "http/message.h"
#include "http/sessions.h"

namespace kinfolder {

// 32 random bytes in hexadecimal digits.
Result<std::string> MakeKey();

// What holds where other machines can reach the server, which then speaks TLS.
struct OpenDoor {
  std::vector<std::string> names;  // of this machine, in lower case
  std::filesystem::path data;      // where the password lies
};

// Safe to use from many threads at once.
class Guard {
 public:
  using Clock = std::function<LoginLimit::Time()>;

  // Without `open` the server is reached by this machine alone.
  Guard(std::string key, std::uint16_t port, std::optional<OpenDoor> open = std::nullopt,
        Clock clock = std::chrono::steady_clock::now);

  // The reply to a request that may not go on, or that is about coming in and leaving; nullopt for any other.
  //
  // Refused are: a Host other than this machine's (a foreign name that was bound to its address: DNS rebinding),
  // requests to change something that another site's page sent (Origin, Sec-Fetch-Site), and, below /api/, who is not
  // let in. `/?key=KEY` is answered with the key as a cookie (HttpOnly, SameSite=Strict) and sent on to /.
  //
  // With an open door, POST /api/login takes the password and gives the cookie of a session; tries are limited. POST
  // /api/logout ends it.
  std::optional<Reply> Answer(const Request& request);

  // Shows the key, in the cookie or as `Authorization: Bearer KEY`, or the cookie of a session.
  bool IsLetIn(const Request& request, Sessions::Use use = Sessions::Use::kCounts);

  // What every reply is to carry: a strict content security policy, no framing, no sniffing, no referrer.
  static void Harden(Reply& reply);

 private:
  bool IsOwnHost(std::string_view host) const;
  Reply WithCookie(Reply reply, std::string_view value, std::int64_t seconds) const;
  Reply LogIn(const Request& request);
  Reply LogOut(const Request& request);
  Reply NotLetIn() const;

  const std::string key_;
  const std::uint16_t port_;
  const std::optional<OpenDoor> open_;
  const std::string cookie_name_;  // with the port, because cookies do not tell ports apart
  const Clock clock_;
  LoginLimit limit_;
  Sessions sessions_;
};

}  // namespace kinfolder
