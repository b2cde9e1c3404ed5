// What other machines may call this one.
#pragma once

#include <string>
#include <vector>

namespace kinfolder {

// The host's name, and the one under which multicast DNS (RFC 6762) tells of it.
std::vector<std::string> MachineNames();

// Of all network interfaces but loopback, in digits. Those that are valid on one link only are left out.
std::vector<std::string> MachineAddresses();

}  // namespace kinfolder
