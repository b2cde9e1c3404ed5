// Kinfolder as a service on this machine: the guard, the API and the web app behind one server.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/settings.h"
#include "base/result.h"

namespace kinfolder {

struct ServiceOptions {
  std::map<std::string, std::string> flags;  // settings that the command line gave
  Environment environment;
  // Is told what was refused, a line at a time, from many threads; of very many only some.
  std::function<void(const std::string& line)> note;
};

class Service {
 public:
  // Where the setting `listen` says. kInvalidArgument where that is beyond this machine and no password is set.
  static Result<std::unique_ptr<Service>> Start(const ServiceOptions& options);
  virtual ~Service() = default;

  // "http://127.0.0.1:PORT/?key=KEY": lets a browser in.
  virtual const std::string& address() const = 0;

  // How other machines reach the window, with the password: nullopt where they can't.
  struct Reach {
    std::vector<std::string> addresses;  // "https://attic.local:8443"
    std::string fingerprint;             // of the certificate, as browsers show it
  };
  virtual const std::optional<Reach>& reach() const = 0;

  // The user said in the window that it should end.
  virtual bool quit() const = 0;
};

// The address of a service that is at work on this data folder already; nullopt where there is none.
std::optional<std::string> RunningService(const Settings& settings);

}  // namespace kinfolder
