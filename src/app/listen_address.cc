#include "app/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/number.h"

namespace kinfolder {
namespace {

bool IsV4Address(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool IsV6Address(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

bool ListenAddress::IsV6() const { return IsV6Address(address); }

bool ListenAddress::IsLoopback() const {
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == IN_LOOPBACKNET;
  return ::inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool ListenAddress::IsAny() const {
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return v4.s_addr == htonl(INADDR_ANY);
  return ::inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6);
}

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto fail = [&] {
    return Fail(ErrorCode::kInvalidArgument,
                "'{}' is no address with or without a port, such as 127.0.0.1, 0.0.0.0:8443 or [::1]:8443", text);
  };
  ListenAddress listen;
  listen.address = text;
  if (listen.IsV6()) return listen;
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    const auto port = ParseNumber<std::uint16_t>(text.substr(colon + 1));
    if (!port) return fail();
    listen.port = *port;
  }
  std::string_view host = text.substr(0, colon);
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  if (in_brackets) host = host.substr(1, host.size() - 2);
  listen.address = host;
  if (in_brackets ? !listen.IsV6() : !IsV4Address(listen.address)) return fail();
  return listen;
}

std::string ToString(const ListenAddress& listen) {
  return listen.port == 0 ? listen.address : HostAndPort(listen.address, listen.port);
}

std::string HostAndPort(std::string_view host, std::uint16_t port) {
  return host.find(':') == std::string_view::npos ? fmt::format("{}:{}", host, port)
                                                  : fmt::format("[{}]:{}", host, port);
}

}  // namespace kinfolder
