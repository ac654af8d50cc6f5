# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
get_property(targets DIRECTORY "${hwnas_SOURCE_DIR}" PROPERTY BUILDSYSTEM_TARGETS)
foreach(target IN LISTS targets)
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    message(FATAL_ERROR "as a subdirectory hwnas must build nothing, but defines ${target}")
  endif()
endforeach()
get_property(folders DIRECTORY "${hwnas_SOURCE_DIR}" PROPERTY SUBDIRECTORIES)
if(folders)
  message(FATAL_ERROR "as a subdirectory hwnas must not enter ${folders}")
endif()
