# Builds the web app (web/) and puts its files into the program: sets web_app_source. Without npm, or with
# -DKINFOLDER_WEB=OFF, the program has no window, and says so.
option(KINFOLDER_WEB "Build the web app into the program" ON)
find_program(NPM npm)
set(web_app_source ${CMAKE_CURRENT_BINARY_DIR}/web_app.cc)
set(web ${PROJECT_SOURCE_DIR}/web)

if(KINFOLDER_WEB AND NPM)
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/* ${web}/public/*)
  set(web_built ${CMAKE_CURRENT_BINARY_DIR}/web)
  add_custom_command(
    OUTPUT ${web_app_source}
    COMMAND ${web}/build ${NPM} ${web_built} ${web_app_source}
    DEPENDS ${web_sources} ${web}/build ${web}/embed.mjs ${web}/index.html ${web}/package-lock.json
            ${web}/vite.config.ts ${web}/tsconfig.json ${PROJECT_SOURCE_DIR}/docs/openapi.yaml
    COMMENT "Building the web app"
    VERBATIM)
else()
  if(KINFOLDER_WEB)
    message(WARNING "npm is not installed: the program is built without its window")
  endif()
  file(CONFIGURE OUTPUT ${web_app_source} CONTENT [[
#include "http/web_files.h"

namespace kinfolder {

const std::vector<WebFile>& WebFiles() {
  static const std::vector<WebFile> files;
  return files;
}

}  // namespace kinfolder
]])
endif()
