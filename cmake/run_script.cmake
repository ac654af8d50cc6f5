# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Runs SCRIPT with PROGRAM as its argument in the fresh folder FOLDER; it finds the repository in HWNAS_SOURCE_DIR.
file(REMOVE_RECURSE "${FOLDER}")
set(ENV{HWNAS_SOURCE_DIR} "${SOURCE_DIR}")
file(MAKE_DIRECTORY "${FOLDER}")
execute_process(COMMAND "${BASH}" -eu -o pipefail "${SCRIPT}" "${PROGRAM}" WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${SCRIPT} ended with ${status}")
endif()
