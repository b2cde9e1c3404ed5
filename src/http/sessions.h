// Browsers that were let in by the password, and for how long.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace kinfolder {

// Safe to use from many threads at once. Nothing outlives the program; a session ends with the password that began it.
class Sessions {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::hours kUnused{24};
  static constexpr std::chrono::hours kLongest{30 * 24};  // NIST SP 800-63B, section 4.1.3
  static constexpr std::size_t kMost = 256;               // of more, the one that was used longest ago ends

  // `token` is what the browser shows from now on: random, and long enough that nobody guesses it.
  void Begin(std::string_view token, const std::string& password_hash, Time now);
  enum class Use { kCounts, kDoesNot };
  bool IsOpen(std::string_view token, const std::string& password_hash, Time now, Use use = Use::kCounts);
  void End(std::string_view token);

 private:
  struct Session {
    std::string password_hash;
    Time began;
    Time used;
  };

  std::mutex mutex_;
  std::map<Sha256Digest, Session> sessions_;  // by the token's hash, so that how long a look-up takes tells nothing
};

}  // namespace kinfolder
