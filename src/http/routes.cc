#include "http/routes.h"

namespace kinfolder {

std::vector<Route> AllRoutes() {
  std::vector<Route> all;
  for (const auto& routes :
       {SettingRoutes(), JobRoutes(), PeopleRoutes(), PhotoRoutes(), ReviewRoutes(), FilingRoutes()}) {
    all.insert(all.end(), routes.begin(), routes.end());
  }
  return all;
}

}  // namespace kinfolder
