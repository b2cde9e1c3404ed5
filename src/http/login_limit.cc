#include "http/login_limit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cmath>

namespace kinfolder {
namespace {

constexpr char kThisMachine[] = "this machine";

std::string NetworkOf(const std::string& address) {
  in6_addr v6{};
  if (address.starts_with("127.") || address == "::1") return kThisMachine;
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
  constexpr int kNetworkBytes = 8;
  return {reinterpret_cast<const char*>(v6.s6_addr), kNetworkBytes};
}

// 0 where a try is left.
std::chrono::seconds WaitFor(double used, int tries, std::chrono::seconds wait) {
  const double missing = used + 1 - tries;
  if (missing <= 0) return {};
  return std::chrono::seconds(std::lround(std::ceil(missing * std::chrono::duration<double>(wait).count())));
}

}  // namespace

double LoginLimit::Bucket::UsedAt(Time now, std::chrono::seconds wait) const {
  return std::max(0.0, used - std::chrono::duration<double>(now - since) / std::chrono::duration<double>(wait));
}

std::optional<std::chrono::seconds> LoginLimit::Take(const std::string& address, Time now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(by_address_, [&](const auto& entry) { return entry.second.UsedAt(now, kWaitOfOne) == 0; });
  const std::string network = NetworkOf(address);
  const bool counts_for_all = network != kThisMachine;
  const auto known = by_address_.find(network);
  const double used = known == by_address_.end() ? 0 : known->second.UsedAt(now, kWaitOfOne);
  const double used_by_all = counts_for_all ? all_.UsedAt(now, kWaitOfAll) : 0;
  const auto wait = std::max(WaitFor(used, kTriesOfOne, kWaitOfOne), WaitFor(used_by_all, kTriesOfAll, kWaitOfAll));
  if (wait.count() > 0) return wait;
  by_address_[network] = {used + 1, now};
  if (counts_for_all) all_ = {used_by_all + 1, now};
  return std::nullopt;
}

void LoginLimit::GiveBack(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const std::string network = NetworkOf(address);
  by_address_.erase(network);
  if (network != kThisMachine) all_.used = std::max(0.0, all_.used - 1);
}

std::size_t LoginLimit::addresses() const {
  const std::lock_guard lock(mutex_);
  return by_address_.size();
}

}  // namespace kinfolder
