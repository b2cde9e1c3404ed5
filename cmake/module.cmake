include(GoogleTest)

# One place for what every target is compiled with.
add_library(kinfolder_options INTERFACE)
target_compile_options(kinfolder_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                                   -Wnon-virtual-dtor -Woverloaded-virtual -Werror
                       -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)  # no folder of this machine in the program
target_include_directories(kinfolder_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
if(KINFOLDER_SANITIZE)
  target_compile_options(kinfolder_options INTERFACE -fsanitize=${KINFOLDER_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(kinfolder_options INTERFACE -fsanitize=${KINFOLDER_SANITIZE})
endif()

# kinfolder_module(NAME SOURCES x.cc... [TESTS x_test.cc...] [USES module-or-library...] [PRIVATE library...])
#
# One folder of src/ is one library, kinfolder_NAME, and one test program, NAME_test, from the tests that lie beside
# the code. USES are the modules and libraries that its headers speak of, PRIVATE those that only its sources do.
function(kinfolder_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;USES;PRIVATE" ${ARGN})
  add_library(kinfolder_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(kinfolder_${name} PUBLIC kinfolder_options ${ARG_USES} PRIVATE ${ARG_PRIVATE})
  if(ARG_TESTS)
    add_executable(${name}_test ${ARG_TESTS})
    target_link_libraries(${name}_test PRIVATE kinfolder_${name} GTest::gmock GTest::gtest_main ${ARG_PRIVATE})
    target_compile_definitions(${name}_test PRIVATE KINFOLDER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 900)
  endif()
endfunction()
