// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Umbrella of everything that needs LibTorch: supernets, training, one-shot search, measuring.
///        #include <hwnas/train.hpp>
///        Not here: train/image_folder.hpp (stb).
#pragma once

#include "hwnas/core.hpp"

#include "hwnas/nn/load.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/nn/supernet.hpp"

#include "hwnas/train/distillation.hpp"
#include "hwnas/train/distributed.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/load_data.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/schedule.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "hwnas/train/trainer.hpp"

#include "hwnas/oneshot/budgets.hpp"
#include "hwnas/oneshot/concepts.hpp"
#include "hwnas/oneshot/darts.hpp"
#include "hwnas/oneshot/enas.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/fairnas.hpp"
#include "hwnas/oneshot/gumbel_darts.hpp"
#include "hwnas/oneshot/inherited_weights.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/policy_based_rl.hpp"
#include "hwnas/oneshot/progressive_shrinking.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "hwnas/oneshot/search_log.hpp"
#include "hwnas/oneshot/spos.hpp"

#include "hwnas/measure/device.hpp"
#include "hwnas/measure/libtorch_cpu.hpp"
#include "hwnas/measure/operator_table.hpp"
#include "hwnas/measure/measurement.hpp"
