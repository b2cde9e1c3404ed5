// Kinfolder as a service on this machine: the guard, the API and the web app behind one server.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/settings.h"
#include "base/result.h"

namespace kinfolder {

struct ServiceOptions {
  std::map<std::string, std::string> flags;  // settings that the command line gave
  Environment environment;
  std::uint16_t port = 0;  // 0: any that is free
};

class Service {
 public:
  static Result<std::unique_ptr<Service>> Start(const ServiceOptions& options);
  virtual ~Service() = default;

  // "http://127.0.0.1:PORT/?key=KEY": lets a browser in.
  virtual const std::string& address() const = 0;
};

// The address of a service that is at work on this data folder already; nullopt where there is none.
std::optional<std::string> RunningService(const Settings& settings);

}  // namespace kinfolder
