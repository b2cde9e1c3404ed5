// Where the window's server listens: an address of this machine, and a port.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kinfolder {

struct ListenAddress {
  std::string address = "127.0.0.1";  // in digits, IPv4 or IPv6
  std::uint16_t port = 0;             // 0: any that is free

  bool IsLoopback() const;  // no other machine reaches it
  bool IsAny() const;       // 0.0.0.0 or ::, all addresses of this machine
  bool IsV6() const;

  bool operator==(const ListenAddress&) const = default;
};

// "127.0.0.1", "0.0.0.0:8443", "::1", "[::1]:8443"; kInvalidArgument for anything else, names among it.
Result<ListenAddress> ParseListenAddress(std::string_view text);

// As ParseListenAddress takes it, without a port that is 0.
std::string ToString(const ListenAddress& listen);

// "127.0.0.1:80", "[::1]:80": as addresses of pages have it.
std::string HostAndPort(std::string_view host, std::uint16_t port);

}  // namespace kinfolder
