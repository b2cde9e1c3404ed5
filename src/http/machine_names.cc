#include "http/machine_names.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace kinfolder {
namespace {

std::size_t SizeOf(const sockaddr* address) {
  return address->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

bool IsOfOneLink(const sockaddr* address) {
  return address->sa_family == AF_INET6 &&
         IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

}  // namespace

std::vector<std::string> MachineNames() {
  constexpr std::size_t kLongestName = 256;
  std::array<char, kLongestName> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return {};
  const std::string host = name.data();
  if (host.find('.') != std::string::npos) return {host};
  return {host, host + ".local"};
}

std::vector<std::string> MachineAddresses() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, &::freeifaddrs);
  std::vector<std::string> addresses;
  for (const ifaddrs* one = all.get(); one != nullptr; one = one->ifa_next) {
    const sockaddr* const address = one->ifa_addr;
    const bool is_internet = address != nullptr && (address->sa_family == AF_INET || address->sa_family == AF_INET6);
    if (!is_internet || (one->ifa_flags & IFF_LOOPBACK) != 0 || IsOfOneLink(address)) continue;
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(address, static_cast<socklen_t>(SizeOf(address)), text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  return addresses;
}

}  // namespace kinfolder
