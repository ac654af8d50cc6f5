# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Defines hwnas::torch from what find_package(Torch) gives, and nothing else: Torch's package writes global compiler
# flags, module paths and CMAKE_CUDA_ARCHITECTURES, which are put back here. Include at file scope, not from a
# function: a LibTorch with CUDA calls enable_language(). Leaves no target behind when there is no LibTorch.
if(NOT TARGET hwnas::torch)
  set(_hwnas_saved CMAKE_C_FLAGS CMAKE_CXX_FLAGS CMAKE_CUDA_FLAGS CMAKE_CUDA_ARCHITECTURES CMAKE_MODULE_PATH
      CMAKE_CXX_STANDARD CMAKE_CUDA_STANDARD CMAKE_MESSAGE_LOG_LEVEL CMAKE_FIND_PACKAGE_TARGETS_GLOBAL)
  foreach(_hwnas_variable IN LISTS _hwnas_saved)
    if(DEFINED ${_hwnas_variable})
      set(_hwnas_saved_${_hwnas_variable} "${${_hwnas_variable}}")
    endif()
  endforeach()

  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
  set(CMAKE_MESSAGE_LOG_LEVEL ERROR)   # it warns of libraries that only static builds have
  find_package(Torch QUIET)

  foreach(_hwnas_variable IN LISTS _hwnas_saved)
    unset(${_hwnas_variable})
    if(DEFINED _hwnas_saved_${_hwnas_variable})
      set(${_hwnas_variable} "${_hwnas_saved_${_hwnas_variable}}")
      unset(_hwnas_saved_${_hwnas_variable})
    endif()
  endforeach()

  if(Torch_FOUND AND Torch_VERSION AND Torch_VERSION VERSION_LESS 1.13)
    message(FATAL_ERROR "hwnas: LibTorch ${Torch_VERSION} in ${Torch_DIR} is too old; 1.13 or newer is needed")
  endif()
  if(Torch_FOUND)
    # Torch's package looks for its own libraries by bare name, so a system-wide LibTorch can slip into a newer one.
    file(REAL_PATH "${TORCH_INSTALL_PREFIX}" _hwnas_prefix)
    foreach(_hwnas_library IN ITEMS TORCH_LIBRARY c10_LIBRARY C10_CUDA_LIBRARY)
      if(NOT ${_hwnas_library})
        continue()
      endif()
      file(REAL_PATH "${${_hwnas_library}}" _hwnas_path)
      cmake_path(IS_PREFIX _hwnas_prefix "${_hwnas_path}" NORMALIZE _hwnas_inside)
      if(NOT _hwnas_inside)
        foreach(_hwnas_variable IN ITEMS TORCH_LIBRARY c10_LIBRARY C10_CUDA_LIBRARY)
          unset(${_hwnas_variable} CACHE)   # or the next run would find the wrong one again
        endforeach()
        message(FATAL_ERROR   # two spaces: CMake breaks no line
          "  hwnas: LibTorch is in ${TORCH_INSTALL_PREFIX}, but CMake picked up ${_hwnas_path} of another one; pass -DCMAKE_LIBRARY_PATH=${TORCH_INSTALL_PREFIX}/lib")
      endif()
    endforeach()

    hwnas_new_target(torch _hwnas_torch)
    target_link_libraries(${_hwnas_torch} INTERFACE torch_library c10)
    target_include_directories(${_hwnas_torch} SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
    separate_arguments(_hwnas_flags NATIVE_COMMAND "${TORCH_CXX_FLAGS}")   # -D_GLIBCXX_USE_CXX11_ABI=...
    target_compile_options(${_hwnas_torch} INTERFACE ${_hwnas_flags})
    foreach(_hwnas_folder IN LISTS TORCH_INCLUDE_DIRS)
      if(NOT _hwnas_folder STREQUAL "/usr/include" AND EXISTS "${_hwnas_folder}/fmt/format.h")
        # This LibTorch brings fmt headers of its own, which shadow the system's: no library would fit them.
        target_compile_definitions(${_hwnas_torch} INTERFACE FMT_HEADER_ONLY=1)
      endif()
    endforeach()
    message(STATUS "hwnas: LibTorch ${Torch_VERSION} in ${TORCH_INSTALL_PREFIX}")
  endif()
endif()
