#include "http/sessions.h"

#include <algorithm>

#include "base/file.h"

namespace kinfolder {

void Sessions::Begin(std::string_view token, const std::string& password_hash, Time now) {
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= kMost) {
    sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(),
                                     [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  sessions_[Sha256Of(AsBytes(token))] = {password_hash, now, now};
}

bool Sessions::IsOpen(std::string_view token, const std::string& password_hash, Time now, Use use) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(Sha256Of(AsBytes(token)));
  if (found == sessions_.end()) return false;
  Session& session = found->second;
  const bool is_over =
      now - session.used > kUnused || now - session.began > kLongest || session.password_hash != password_hash;
  if (is_over) {
    sessions_.erase(found);
    return false;
  }
  if (use == Use::kCounts) session.used = now;
  return true;
}

void Sessions::End(std::string_view token) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(Sha256Of(AsBytes(token)));
}

}  // namespace kinfolder
