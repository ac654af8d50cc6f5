# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# How hwnas's own tests, examples and benchmarks are built. What a program links follows from what its files include,
# so adding one is adding a file.
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(HWNAS_TORCH_ROOMS nn train oneshot export measure)

# ---- ccache ------------------------------------------------------------------------------------------------------
find_program(HWNAS_CCACHE ccache)
if(HWNAS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache's manual asks for with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${HWNAS_CCACHE}")
endif()

# ---- memory: torch/torch.h takes 1.3 GB a translation unit -------------------------------------------------------
cmake_host_system_information(RESULT memory_mib QUERY TOTAL_PHYSICAL_MEMORY)
math(EXPR torch_jobs "(${memory_mib} - 1500) / 2000")
math(EXPR core_jobs "(${memory_mib} - 500) / 800")
foreach(pool IN ITEMS torch core)
  if(${pool}_jobs LESS 1)
    set(${pool}_jobs 1)
  endif()
  set_property(GLOBAL APPEND PROPERTY JOB_POOLS hwnas_${pool}=${${pool}_jobs})
endforeach()

# ---- warnings, for hwnas's own code only: other people's headers are SYSTEM --------------------------------------
add_library(hwnas_strict INTERFACE)
target_compile_options(hwnas_strict INTERFACE
  -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>   # plain -Wshadow minds locals called like an option: same, none
  -Wno-missing-field-initializers   # {.max_trials = 100} leaves the rest to their defaults on purpose
  $<$<BOOL:${HWNAS_WERROR}>:-Werror -Wno-error=deprecated-declarations>
  # GCC 12 reports these falsely in optimised code.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-error=maybe-uninitialized -Wno-error=array-bounds -Wno-error=stringop-overflow
                           -Wno-error=stringop-overread -Wno-error=restrict -Wno-error=dangling-pointer>)

# ---- one precompiled torch/torch.h for all programs --------------------------------------------------------------
if(HWNAS_TRAIN)
  file(WRITE "${PROJECT_BINARY_DIR}/torch_header/empty.cpp.new" "// Only carries the precompiled header.\n")
  file(COPY_FILE "${PROJECT_BINARY_DIR}/torch_header/empty.cpp.new" "${PROJECT_BINARY_DIR}/torch_header/empty.cpp"
       ONLY_IF_DIFFERENT)
  add_library(torch_header OBJECT "${PROJECT_BINARY_DIR}/torch_header/empty.cpp")
  target_link_libraries(torch_header PRIVATE hwnas_strict hwnas::train)   # the flags have to be those of its users
  # Clang 14 needs ivalue.h first.
  target_precompile_headers(torch_header PRIVATE <ATen/core/ivalue.h> <torch/torch.h>)
  set_target_properties(torch_header PROPERTIES
    JOB_POOL_COMPILE hwnas_torch JOB_POOL_PRECOMPILE_HEADER hwnas_torch)
endif()

# ---- what files need, read from their #include lines -------------------------------------------------------------
# Sets <prefix>_torch (bool), <prefix>_link (libraries) and <prefix>_missing (words; "" when all is there).
function(hwnas_needs prefix)
  set(torch FALSE)
  set(link)
  set(missing)
  get_property(names GLOBAL PROPERTY hwnas_optional_names)
  list(JOIN HWNAS_TORCH_ROOMS "|" torch_rooms)
  set(includes)
  set(files ${ARGN})
  while(files)
    list(POP_FRONT files file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(STRINGS "${file}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^[^<\"]*[<\"]([^>\"]*)[>\"].*$" "\\1" header "${line}")
      list(APPEND includes "${header}")
      if(header MATCHES "^\\.\\./common/")   # what programs of one folder share
        cmake_path(GET file PARENT_PATH folder)
        cmake_path(ABSOLUTE_PATH header BASE_DIRECTORY "${folder}" NORMALIZE OUTPUT_VARIABLE shared)
        list(APPEND files "${shared}")
      endif()
    endforeach()
  endwhile()
  list(REMOVE_DUPLICATES includes)
  foreach(header IN LISTS includes)
    if(header MATCHES "^(hwnas/(train|hwnas)\\.hpp$|hwnas/(${torch_rooms})/|torch/|ATen/|c10/)")
      set(torch TRUE)
    elseif(header MATCHES "^(gtest|gmock)/")
      list(APPEND link GTest::gtest)
    elseif(header MATCHES "^rapidcheck")
      list(APPEND link rapidcheck rapidcheck_gtest)
    elseif(header MATCHES "^benchmark/")
      list(APPEND link benchmark::benchmark)
    endif()
  endforeach()
  foreach(name IN LISTS names)
    get_property(own GLOBAL PROPERTY hwnas_optional_${name}_INCLUDE)
    get_property(headers GLOBAL PROPERTY hwnas_optional_${name}_HEADERS)
    get_property(base GLOBAL PROPERTY hwnas_optional_${name}_BASE)
    list(TRANSFORM headers PREPEND hwnas/)
    foreach(header IN LISTS own headers)
      if(header IN_LIST includes)
        if(base STREQUAL "train")
          set(torch TRUE)
        endif()
        hwnas_component(${name} lacking)
        if(lacking)
          list(APPEND missing "${lacking}")
        else()
          list(APPEND link hwnas::${name})
        endif()
        break()
      endif()
    endforeach()
  endforeach()
  if(torch AND NOT HWNAS_TRAIN)
    list(APPEND missing "LibTorch (HWNAS_TRAIN is off)")
  endif()
  list(REMOVE_DUPLICATES link)
  list(JOIN missing ", " missing)
  set(${prefix}_torch ${torch} PARENT_SCOPE)
  set(${prefix}_link "${link}" PARENT_SCOPE)
  set(${prefix}_missing "${missing}" PARENT_SCOPE)
endfunction()

# Says that something is left out and, where there are tests, keeps it visible in ctest's summary.
function(hwnas_skipped name why)
  message(STATUS "hwnas: ${name} is left out: it needs ${why}")
  if(HWNAS_TESTS AND NOT why MATCHES "HWNAS_TRAIN is off")
    add_test(NAME "${HWNAS_TEST_PREFIX}${name}" COMMAND "${CMAKE_COMMAND}" -E echo "needs ${why}")
    set_tests_properties("${HWNAS_TEST_PREFIX}${name}" PROPERTIES DISABLED TRUE)
  endif()
endfunction()

# Common properties of a target of ours. TORCH: link LibTorch; ALONE: without the precompiled header.
function(hwnas_target name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TORCH;ALONE" "" "LINK")
  target_link_libraries(${name} PRIVATE hwnas_strict ${arg_LINK})
  if(arg_TORCH)
    target_link_libraries(${name} PRIVATE hwnas::hwnas)
    set_target_properties(${name} PROPERTIES JOB_POOL_COMPILE hwnas_torch)
    if(NOT arg_ALONE)
      target_precompile_headers(${name} REUSE_FROM torch_header)
      set_target_properties(${name} PROPERTIES JOB_POOL_PRECOMPILE_HEADER hwnas_torch)
    endif()
  else()
    target_link_libraries(${name} PRIVATE hwnas::core)
    set_target_properties(${name} PROPERTIES JOB_POOL_COMPILE hwnas_core)
  endif()
endfunction()

# A program of examples/ or benchmarks/. Sets <name>_missing ("" when it is built).
function(hwnas_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;LINK")
  hwnas_needs(use ${arg_SOURCES} ${arg_HEADERS})
  set(${name}_missing "${use_missing}" PARENT_SCOPE)
  if(use_missing)
    return()
  endif()
  if(TARGET ${name})
    message(FATAL_ERROR "hwnas: two programs are called ${name}; scripts/run finds them by name")
  endif()
  add_executable(${name} ${arg_SOURCES})
  set(options LINK ${use_link} ${arg_LINK})
  if(use_torch)
    list(PREPEND options TORCH)
  endif()
  hwnas_target(${name} ${options})
endfunction()

function(hwnas_has_main out)
  set(found FALSE)
  foreach(file IN LISTS ARGN)
    file(STRINGS "${file}" lines REGEX "^(auto|int) main\\(|BENCHMARK_MAIN\\(\\)" LIMIT_COUNT 1)
    if(lines)
      set(found TRUE)
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# Where there is material beside the checkout, tests find it in HWNAS_SHARED; the others skip themselves. (One variable:
# gtest_discover_tests of CMake 3.25 cannot pass a list.) Their working folder is the repository root.
set(HWNAS_TEST_ENVIRONMENT HWNAS_TESTING=1)
cmake_path(GET PROJECT_SOURCE_DIR PARENT_PATH beside)
if(IS_DIRECTORY "${beside}/shared")
  set(HWNAS_TEST_ENVIRONMENT "HWNAS_SHARED=${beside}/shared")
endif()

# Each folder of `files` is one program of its name.
function(hwnas_programs_by_folder what)
  set(names)
  foreach(file IN LISTS ARGN)
    cmake_path(GET file PARENT_PATH folder)
    cmake_path(GET folder FILENAME name)
    cmake_path(GET file EXTENSION LAST_ONLY extension)
    list(APPEND ${name}_files${extension} "${file}")
    list(APPEND names ${name})
  endforeach()
  list(REMOVE_DUPLICATES names)
  foreach(name IN LISTS names)
    if(NOT ${name}_files.cpp)
      continue()
    endif()
    set(main)
    hwnas_has_main(has_main ${${name}_files.cpp})
    hwnas_needs(use ${${name}_files.cpp})
    if(NOT has_main AND "benchmark::benchmark" IN_LIST use_link)
      set(main benchmark::benchmark_main)
    endif()
    if("benchmark::benchmark" IN_LIST use_link AND NOT TARGET benchmark::benchmark)
      hwnas_skipped("${what}/${name}" "Google Benchmark (libbenchmark-dev)")
      continue()
    endif()
    hwnas_program(${name} SOURCES ${${name}_files.cpp} HEADERS ${${name}_files.hpp} LINK ${main})
    if(${name}_missing)
      hwnas_skipped("${what}/${name}" "${${name}_missing}")
    endif()
  endforeach()
endfunction()
