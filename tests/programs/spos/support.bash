# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# What the tests of spos share.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

# A run that takes seconds.
tiny=(--data mnist:data --threads 1 --workers 0 --validation-images 40 --epochs 1 --batch-size 20 --population 3
      --generations 2 --parents 2 --retrain-epochs 1 --no-flip --latency-table table.csv)
