// Who may ask: the browser that was given the key, at this machine's own name, from Kinfolder's own pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace kinfolder {

// 32 random bytes in hexadecimal digits.
Result<std::string> MakeKey();

// Safe to use from many threads at once.
class Guard {
 public:
  Guard(std::string key, std::uint16_t port);

  // The reply to a request that may not go on; nullopt for one that may. Refused are: a Host other than this machine's
  // (a foreign name that was bound to its address: DNS rebinding), requests to change something that another site's
  // page sent (Origin, Sec-Fetch-Site), and, below /api/, who shows the key neither in the session cookie nor as
  // `Authorization: Bearer KEY`. `/?key=KEY` is answered with the cookie (HttpOnly, SameSite=Strict) and sent on to /.
  std::optional<Reply> Refusal(const Request& request) const;

  // What every reply is to carry: a strict content security policy, no framing, no sniffing, no referrer.
  static void Harden(Reply& reply);

 private:
  bool HasKey(const Request& request) const;

  std::string key_;
  std::string cookie_name_;  // with the port, because cookies do not tell ports apart
  std::uint16_t port_;
};

}  // namespace kinfolder
