# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Headers, the CMake package (find_package(hwnas CONFIG COMPONENTS core train json ...)) and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/hwnas")   # header-only: nothing here depends on the architecture
set(include_dir "${CMAKE_INSTALL_INCLUDEDIR}")
configure_package_config_file(cmake/hwnasConfig.cmake.in package/hwnasConfig.cmake
  INSTALL_DESTINATION "${package_dir}" PATH_VARS include_dir)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/hwnasConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
configure_file(cmake/hwnas.pc.in package/hwnas.pc @ONLY)

install(DIRECTORY include/hwnas DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT hwnas FILES_MATCHING PATTERN "*.hpp")
install(FILES "${PROJECT_BINARY_DIR}/package/hwnasConfig.cmake" "${PROJECT_BINARY_DIR}/package/hwnasConfigVersion.cmake"
              cmake/hwnas_components.cmake cmake/hwnas_torch.cmake DESTINATION "${package_dir}" COMPONENT hwnas)
install(FILES "${PROJECT_BINARY_DIR}/package/hwnas.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig" COMPONENT hwnas)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT hwnas)
