// The routes of each resource, a file each. docs/openapi.yaml says what they take and give.
#pragma once

#include <vector>

#include "http/router.h"

namespace kinfolder {

std::vector<Route> SettingRoutes();  // settings, folders to choose from, the end
std::vector<Route> JobRoutes();
std::vector<Route> PeopleRoutes();
std::vector<Route> PhotoRoutes();   // photos, faces, pictures of both
std::vector<Route> ReviewRoutes();  // what the user says of faces, and takes back
std::vector<Route> FilingRoutes();  // the plan, runs, packs

std::vector<Route> AllRoutes();

}  // namespace kinfolder
