# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Preprocesses SOURCE and refuses any file of LibTorch among those that were opened.
set(command "${COMPILER}" -std=c++20 -M)
string(REPLACE "|" ";" includes "${INCLUDES}")
foreach(dir IN LISTS includes)
  if(NOT dir STREQUAL "/usr/include")   # it is searched anyway, and -I would change the order
    list(APPEND command -I "${dir}")
  endif()
endforeach()
string(REPLACE "|" ";" definitions "${DEFINITIONS}")
foreach(definition IN LISTS definitions)
  list(APPEND command "-D${definition}")
endforeach()
execute_process(COMMAND ${command} "${SOURCE}" RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${errors}")
endif()
string(REGEX MATCHALL "[^ \n]*/(torch|ATen|c10|caffe2)/[^ \n]*" opened "${output}")
if(opened)
  list(GET opened 0 first)
  message(FATAL_ERROR "hwnas: the upper half opens ${first}")
endif()
