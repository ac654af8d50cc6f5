# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
if(NOT CMAKE_CXX_FLAGS STREQUAL flags OR NOT CMAKE_CUDA_ARCHITECTURES EQUAL 70 OR NOT "${CMAKE_MODULE_PATH}" STREQUAL "${module_path}")
  message(FATAL_ERROR "hwnas has changed this project's flags, CUDA architectures or module path")
endif()
get_directory_property(options COMPILE_OPTIONS)
if(options)
  message(FATAL_ERROR "hwnas has added compile options to this project: ${options}")
endif()
